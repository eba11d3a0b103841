// From a blank page to an open register: which one, and its cash session.

const CHOSEN = "tilldesk:register";

export function session({ api, text, remembered, ready }) {
  return {
    view: "loading",
    failure: "",
    shop: null,
    register: null,
    openingFloat: "",
    openingError: "",
    isOpening: false,

    async start() {
      this.view = "loading";
      await this.tellLock();
      try {
        this.shop = await api.get("bootstrap");
      } catch (error) {
        if (error.isLocked) {
          this.view = "locked";
          this.soon(() => this.cover());
          return;
        }
        if (error.isStale) location.reload();
        this.failure = error.message;
        this.view = "failed";
        return;
      }
      ready(this.shop);
      const wanted = this.shop.registers.length === 1 ? this.shop.registers[0].id : remembered.read(CHOSEN);
      const found = this.shop.registers.find((each) => each.id === wanted);
      if (found) this.chooseRegister(found);
      else this.view = "choose";
    },

    get rememberedRegister() {
      return remembered.read(CHOSEN);
    },

    get stores() {
      const stores = new Map();
      for (const each of this.shop?.registers || []) {
        if (!stores.has(each.store_id)) stores.set(each.store_id, { id: each.store_id, name: each.store, registers: [] });
        stores.get(each.store_id).registers.push(each);
      }
      return [...stores.values()];
    },

    registerState(register) {
      if (!register.session) return text("registerClosed");
      return text("registerOpenBy", { name: register.session_by, time: this.clock(register.session_since) });
    },

    chooseRegister(register) {
      remembered.write(CHOSEN, register.id);
      this.register = register;
      if (!register.session) this.askForFloat();
      else if (!register.is_usable) this.view = "taken";
      else this.startSelling();
    },

    changeRegister() {
      this.isMenuOpen = false;
      if (this.isLocked) return;
      this.view = "choose";
      this.refreshRegisters();
    },

    async refreshRegisters() {
      try {
        this.shop = await api.get("bootstrap");
      } catch {
        // The list stays as it was; opening the register will say what is wrong.
      }
    },

    // Another register that this person has open: they close it before they open this one.
    get openElsewhere() {
      const other = this.shop?.user.open_register;
      return other && other.id !== this.register?.id ? other : null;
    },

    get registerOpenElsewhere() {
      return this.shop?.registers.find((each) => each.id === this.openElsewhere?.id);
    },

    askForFloat() {
      this.openingFloat = this.register.suggested_float || "";
      this.openingError = "";
      this.view = "open";
      this.$nextTick(() => {
        const input = this.find("[data-opening-float]");
        if (input) this.focusOn(input);
      });
    },

    async openSession() {
      const float = this.typedAmount(this.openingFloat);
      if (float === null) {
        this.openingError = text("amountWrong");
        return;
      }
      this.isOpening = true;
      this.openingError = "";
      try {
        const body = { register: this.register.id, opening_float: this.amountText(float) };
        const opened = await api.post("session", body);
        Object.assign(this.register, {
          session: opened.id,
          session_since: opened.since,
          session_by: this.shop.user.name,
          is_usable: true,
        });
        await this.refreshRegisters();
        this.register = this.shop.registers.find((each) => each.id === this.register.id) || this.register;
        this.startSelling();
      } catch (error) {
        this.openingError = error.message;
        if (error.status === 409) await this.reopenChosen();
      } finally {
        this.isOpening = false;
      }
    },

    // Somebody else was quicker: show the register as it is now.
    async reopenChosen() {
      await this.refreshRegisters();
      const now = this.shop.registers.find((each) => each.id === this.register.id);
      if (now?.session) this.chooseRegister(now);
    },

    startSelling() {
      this.view = "sell";
      this.restoreCart();
      this.loadTiles({ fresh: true });
      this.refreshParked();
      this.soon(() => {
        this.watchEnd();
        this.resumeCheckout();
        this.openAskedReturn();
        this.refocus();
      });
    },

    clock(iso) {
      if (!iso) return "";
      return new Intl.DateTimeFormat(this.shop.locale, { hour: "numeric", minute: "2-digit" }).format(
        new Date(iso),
      );
    },
  };
}
