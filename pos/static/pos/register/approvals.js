// Somebody else's yes to what this person may not do alone: by PIN on the spot, or from another device.

const POLL = 2_000;
const PIN = /^\d{4,8}$/;

export function approvals({ api, text, money }) {
  let answer = null;
  let timer = null;
  let context = {};
  const none = () => ({
    state: "choose",
    needs: [],
    rows: [],
    people: [],
    person: null,
    pin: "",
    reason: "",
    error: "",
    isLoading: false,
    isSending: false,
  });

  return {
    approvals: [],
    approval: none(),

    // Opens the dialog for `needs` of a request `body`; true when every one of them has its yes.
    askApproval(needs, body) {
      clearTimeout(timer);
      answer?.(false);
      context = body;
      this.approval = { ...none(), needs, isLoading: true, reason: body.reason ?? "" };
      this.show("approval");
      this.loadApprovers();
      return new Promise((resolve) => (answer = resolve));
    },

    finishApproval(isGiven) {
      clearTimeout(timer);
      const resolve = answer;
      answer = null;
      this.hide("approval");
      resolve?.(isGiven);
    },

    // Escape, or the browser: whoever waits is told no. A yes that comes later is found by asking again.
    approvalClosed() {
      this.finishApproval(false);
      this.refocus();
    },

    async loadApprovers() {
      const kinds = this.approval.needs.map((need) => need.kind).join(",");
      try {
        const found = await api.get("approvals", { register: this.register.id, kinds });
        this.approval.people = found.approvers;
        this.approval.person = found.approvers.length === 1 ? found.approvers[0].id : null;
      } catch (error) {
        this.approval.error = error.message;
        this.troubled(error);
      }
      this.approval.isLoading = false;
      this.focusApproval();
    },

    // Where the next thing is done: the PIN, the person, or the button that is left. What was just
    // shown takes the focus one frame later, on a slow till a few.
    focusApproval(frames = 20) {
      const { state, person, people } = this.approval;
      const choose = person !== null ? "pin" : people.length ? "person" : "elsewhere";
      const name = { choose, waiting: "back" }[state] ?? "again";
      const dialog = this.dialog("approval");
      const target = dialog.querySelector(`[data-approval="${name}"]`);
      if (!dialog.open) return;
      target?.focus();
      const isThere = target && document.activeElement === target;
      if (!isThere && frames) requestAnimationFrame(() => this.focusApproval(frames - 1));
    },

    needTitle(need) {
      return text(`need_${need.kind}`);
    },

    needAmount(need) {
      return money()?.minor(need.amount) ? money().amount(need.amount) : "";
    },

    chooseApprover(id) {
      Object.assign(this.approval, { person: id, pin: "", error: "" });
      this.focusApproval();
    },

    typeApprovalDigit(digit) {
      if (this.approval.pin.length < 8) this.approval.pin += digit;
    },

    // What is asked for and how much it is, the server works out of the same body again.
    async sendRequests() {
      const rows = [];
      for (const { kind } of this.approval.needs) {
        try {
          rows.push(await api.post("approvals", { ...context, kind, reason: this.approval.reason.trim() }));
        } catch (error) {
          if (error.code !== "not_needed") throw error;
        }
      }
      this.approval.rows = rows;
    },

    async approveByPin() {
      const { person, pin } = this.approval;
      if (this.approval.isSending || person === null) return;
      if (!PIN.test(pin)) {
        this.refuseApproval(text("pinWrong"));
        return;
      }
      this.approval.isSending = true;
      this.approval.error = "";
      try {
        await this.sendRequests();
        for (const row of this.approval.rows) {
          if (row.status !== "approved") {
            Object.assign(row, await api.post("approvals", { approver: person, pin }, { path: `${row.id}/pin/` }));
          }
        }
        this.approved();
      } catch (error) {
        this.refuseApproval(error.message);
        this.troubled(error);
      }
      this.approval.isSending = false;
    },

    refuseApproval(message) {
      Object.assign(this.approval, { error: message, pin: "" });
      this.play("miss");
      this.focusApproval();
    },

    async askElsewhere() {
      if (this.approval.isSending) return;
      Object.assign(this.approval, { isSending: true, error: "", pin: "" });
      try {
        await this.sendRequests();
        this.approval.state = "waiting";
        this.announce(text("approvalWaits"));
        this.judge();
        this.focusApproval();
      } catch (error) {
        this.refuseApproval(error.message);
        this.troubled(error);
      }
      this.approval.isSending = false;
    },

    async poll() {
      try {
        const asked = this.approval.rows.map((row) => api.get("approvals", {}, { path: `${row.id}/` }));
        const rows = await Promise.all(asked);
        if (!answer || this.approval.state !== "waiting") return;
        this.approval.rows = rows;
        this.approval.error = "";
      } catch (error) {
        if (!answer || this.approval.state !== "waiting") return;
        this.approval.error = error.message;
        this.troubled(error);
      }
      this.judge();
    },

    judge() {
      clearTimeout(timer);
      const { rows } = this.approval;
      const refused = rows.find((row) => !["pending", "approved"].includes(row.status));
      if (refused) {
        this.approval.state = refused.status === "denied" ? "denied" : "expired";
        this.play("miss");
        this.warn(this.approvalText);
        this.focusApproval();
      } else if (rows.every((row) => row.status === "approved")) {
        this.approved();
      } else {
        timer = setTimeout(() => this.poll(), POLL);
      }
    },

    approved() {
      const ids = this.approval.rows.map((row) => row.id);
      this.approvals = [...new Set([...this.approvals, ...ids])].slice(-20);
      this.keepCart();
      const name = this.approval.rows.map((row) => row.decided_by).find(Boolean);
      this.play("hit");
      this.say(text(name ? "approvedBy" : "approved", { name }));
      this.finishApproval(true);
    },

    get approvalText() {
      const { state, rows } = this.approval;
      const name = rows.map((row) => row.decided_by).find(Boolean) ?? "";
      return text({ waiting: "approvalWaits", denied: "approvalDenied", expired: "approvalExpired" }[state] ?? "", {
        name,
      });
    },

    askAgain() {
      Object.assign(this.approval, { state: "choose", rows: [], error: "", pin: "" });
      this.focusApproval();
    },

    // Of the cart, before paying --------------------------------------------------------------

    get cartNeeds() {
      return this.isFresh ? this.price.needs : [];
    },

    // True when nothing of the cart needs a yes any more.
    async cartIsApproved() {
      if (!this.cartNeeds.length) return true;
      if (!(await this.askApproval(this.cartNeeds, this.cartBody()))) return false;
      await this.fetchPrice();
      return this.isFresh && !this.cartNeeds.length;
    },

    async askForCart() {
      if ((await this.settled()) && !this.isLocked) await this.cartIsApproved();
      this.refocus();
    },

    // What leaves a cart is told to the shop; nobody waits for it.
    reportRemoved(kind, lines) {
      const told = lines.map(({ product, quantity }) => ({ product: product.id, quantity }));
      const body = { register: this.register.id, kind, lines: told };
      api.post("removed", body, { keepalive: true }).catch(() => {});
    },
  };
}
