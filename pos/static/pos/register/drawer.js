// The drawer without a sale: opened with a reason, cash put in, taken out or dropped to the safe.

export function drawer({ api, text, money }) {
  const none = () => ({ kind: "no_sale", amount: "", reason: "", error: "", isSending: false });

  return {
    drawer: none(),

    async openDrawer() {
      this.isMenuOpen = false;
      if (!(await this.settled()) || this.isLocked) return;
      this.drawer = none();
      this.show("drawer");
    },

    get drawerKinds() {
      const kinds = this.shop?.user.rights.move_cash ? ["no_sale", "pay_in", "pay_out", "drop"] : ["no_sale"];
      return kinds.map((kind) => ({ kind, name: text(`drawer_${kind}`) }));
    },

    chooseDrawer(kind) {
      Object.assign(this.drawer, { kind, error: "" });
      this.soon(() => this.focusIn(this.dialog("drawer")));
    },

    async sendDrawer(given = []) {
      const reason = this.drawer.reason.trim();
      const isMoving = this.drawer.kind !== "no_sale";
      const amount = isMoving ? this.typedAmount(this.drawer.amount) : null;
      if (isMoving && amount === null) return this.refuseDrawer(text("amountWrong"));
      if (!reason) return this.refuseDrawer(text(isMoving ? "drawerMoveReason" : "drawerReason"));
      if (this.drawer.isSending) return;
      Object.assign(this.drawer, { isSending: true, error: "" });
      try {
        if (isMoving) await this.moveCash(amount, reason);
        else await this.openWithoutSale(reason, given);
      } catch (error) {
        this.drawer.isSending = false;
        if (error.code === "approval_needed" && !given.length) {
          const body = { register: this.register.id, reason };
          if (await this.askApproval(error.data.needs, body)) await this.sendDrawer(this.approvals);
          return;
        }
        this.drawer.error = error.message;
        this.troubled(error);
      }
      this.drawer.isSending = false;
    },

    async openWithoutSale(reason, given) {
      const { count } = await api.post("no_sale", { register: this.register.id, reason, approvals: given });
      this.drawerDone(text("drawerOpened", { count }));
    },

    async moveCash(minor, reason) {
      const { kind } = this.drawer;
      const amount = this.amountText(minor);
      await api.post("cash", { register: this.register.id, kind, amount, reason });
      this.drawerDone(text(`drawerDone_${kind}`, { amount: money().amount(amount) }));
    },

    drawerDone(message) {
      this.hide("drawer");
      this.say(message);
      this.refocus();
    },

    refuseDrawer(message) {
      this.drawer.error = message;
      this.focusIn(this.dialog("drawer"));
    },
  };
}
