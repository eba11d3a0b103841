// Where the goods go and when, what it costs, and the notes of the order.

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayAfter(day) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

export function delivery({ api, text, money }) {
  const blank = () => ({
    kind: "pickup",
    address: "",
    when: "today",
    on: "",
    fee: "",
    deliveryNote: "",
    orderNote: "",
    error: "",
    field: "",
  });

  return {
    delivering: blank(),
    isDeliveryOver: false,
    keptTerms: null,

    // The store's business day; a page that was left open over night asks again.
    get today() {
      return this.register?.today ?? "";
    },

    // What is nobody's own affair, and so is kept over a reload.
    get deliveryTerms() {
      return this.delivery ? { on: this.delivery.on, fee: this.delivery.fee } : this.keptTerms;
    },

    async openDelivery(message = "") {
      if (!(await this.settled()) || this.isEmpty || this.isLocked) return;
      this.refreshToday();
      const now = this.delivery ?? (this.isDeliveryMissing ? { address: "", note: "", ...this.keptTerms } : null);
      const typed = this.isDeliveryMissing ? text("deliveryAgain") : "";
      this.delivering = {
        ...blank(),
        kind: now ? "delivery" : "pickup",
        address: now?.address || "",
        ...this.dayChoice(now ? now.on : this.today),
        fee: now && money().minor(now.fee) ? now.fee : "",
        deliveryNote: now?.note || "",
        orderNote: this.note,
        error: message || typed,
      };
      this.show("delivery");
      this.soon(() => this.startDelivery());
    },

    startDelivery() {
      const name = this.delivering.kind === "pickup" ? "kind" : this.delivering.error && this.isDeliveryOver ? "when" : "address";
      this.focusDelivery(name);
      if (this.delivering.kind === "delivery") this.prefillAddress();
    },

    // "today", "tomorrow", "other" with its day, or "open": any day.
    dayChoice(on) {
      if (!on) return { when: "open", on: "" };
      if (on === this.today) return { when: "today", on };
      if (on === dayAfter(this.today)) return { when: "tomorrow", on };
      return { when: "other", on };
    },

    async refreshToday() {
      const before = this.shop;
      await this.refreshRegisters();
      if (this.shop === before) return;
      this.register = this.shop.registers.find((each) => each.id === this.register.id) || this.register;
    },

    chooseDelivered() {
      this.delivering.error = "";
      if (this.delivering.kind !== "delivery") return;
      this.prefillAddress();
    },

    chooseWhen() {
      this.delivering.error = "";
      if (this.delivering.when === "other" && this.delivering.on <= this.today) this.delivering.on = dayAfter(this.today);
    },

    // The chosen customer's address, unless one is typed by then.
    async prefillAddress() {
      const { customer } = this;
      if (!customer || this.delivering.address) return;
      try {
        const found = (await api.get("customers", { id: customer.id })).results[0];
        if (this.customer?.id !== customer.id || this.delivering.address || !found?.address) return;
        this.delivering.address = found.address;
      } catch (error) {
        this.troubled(error);
      }
    },

    focusDelivery(name) {
      const names = { kind: "[data-delivery-kind]:checked", when: "[data-delivery-when]:checked" };
      const target = this.dialog("delivery").querySelector(names[name] ?? `[data-delivery-${name}]`);
      if (target) this.focusOn(target);
    },

    saveDelivery() {
      const wanted = this.delivering.kind === "pickup" ? null : this.typedDelivery();
      if (wanted === undefined) return;
      this.delivery = wanted;
      this.isDeliveryMissing = false;
      this.keptTerms = null;
      this.note = this.delivering.orderNote.trim();
      this.hide("delivery");
      if (wanted) this.announce(text("deliveryKept", { address: this.oneLine(wanted.address) }));
      this.changed();
    },

    // What was typed; undefined with a message where something is missing.
    typedDelivery() {
      const { address, when, on, fee, deliveryNote } = this.delivering;
      const refuse = (message, field) => {
        Object.assign(this.delivering, { error: message, field });
        this.focusDelivery(field);
      };
      const days = { today: this.today, tomorrow: dayAfter(this.today), other: on, open: null };
      const minor = fee.trim() ? money().typed(fee) : 0;
      if (!address.trim()) return refuse(text("deliveryWhere"), "address");
      const isDay = when === "open" || (DAY.test(days[when]) && days[when] >= this.today);
      if (!isDay) return refuse(text("deliveryDay"), "on");
      if (minor === null) return refuse(text("amountWrong"), "fee");
      return { address: address.trim(), on: days[when], fee: money().text(minor), note: deliveryNote.trim() };
    },

    // Before money is taken or the cart is put aside.
    async hasDeliveryAddress() {
      if (!this.isDeliveryMissing) return true;
      if (this.parked) await this.fetchDelivery();
      else {
        this.hide("park");
        await this.openDelivery();
      }
      return !this.isDeliveryMissing;
    },

    // How it reads ---------------------------------------------------------------------------

    oneLine(address) {
      return address.replace(/\s*\n\s*/g, ", ");
    },

    get deliveryText() {
      if (!this.delivery) return this.isDeliveryMissing ? text("deliveryLost") : "";
      return text("deliveryTo", { address: this.oneLine(this.delivery.address) });
    },

    get deliveryDetail() {
      if (!this.delivery) return "";
      const { on, fee, note } = this.delivery;
      const price = money().minor(fee) ? money().amount(fee) : text("deliveryFree");
      return [this.dayText(on), price, note].filter(Boolean).join(" · ");
    },

    dayText(on) {
      if (!on) return "";
      const { when } = this.dayChoice(on);
      if (when === "today") return text("deliveryToday");
      if (when === "tomorrow") return text("deliveryTomorrow");
      const options = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
      return new Intl.DateTimeFormat(this.shop.locale, options).format(new Date(`${on}T12:00:00Z`));
    },
  };
}
