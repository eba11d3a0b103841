// The payment dialog: one or several ways of paying, what is still due, the change.

export function payment({ api, text, money }) {
  const empty = () => ({ method: "", amount: "", reference: "", payments: [], error: "", isTyped: false, hint: "", card: "" });

  return {
    pay: empty(),

    get methods() {
      return this.shop.payment_methods;
    },

    // A letter of each name chooses it: letters are free while an amount is typed.
    get methodKeys() {
      const taken = new Set();
      return this.methods.map(({ name }) => {
        const isFree = (sign) => /\p{L}/u.test(sign) && !taken.has(sign);
        const key = [...name.toUpperCase()].find(isFree) ?? "";
        taken.add(key);
        return key;
      });
    },

    methodOf(code) {
      return this.shop?.payment_methods.find((each) => each.code === code) || null;
    },

    get payMethod() {
      return this.methodOf(this.pay.method);
    },

    async openPay(notice = "") {
      if (!(await this.settled()) || this.isEmpty || this.isLocked) return;
      if (!(await this.isReadyToPay())) return;
      // What was taken already stays, also when the dialog was closed in between.
      this.pay = { ...empty(), payments: this.pay.payments, error: notice };
      this.pay.method = (this.methods.find((each) => each.kind === "cash") || this.methods[0])?.code || "";
      this.prefill();
      this.show("pay");
      this.soon(() => this.focusPay(this.payStart));
    },

    // The amount comes first: most people hand over notes. By touch the quick amounts do.
    get payStart() {
      return this.isTouched || this.payDue <= 0 ? "method-chosen" : "amount";
    },

    // Money taken must not be forgotten with the cart it was taken for.
    refusesMoneyTaken() {
      if (this.exchange) {
        this.miss(text("exchangeFirst"), "");
        return true;
      }
      if (!this.pay.payments.length) return false;
      this.miss(text("paymentsFirst"), "");
      return true;
    },

    dropPayments() {
      this.pay = empty();
    },

    // The total of now, and nothing on the lines that would refuse the sale.
    async isReadyToPay() {
      if (!(await this.hasDeliveryAddress())) return false;
      if (!(await this.fresh())) {
        if (this.isDeliveryOver) await this.openDelivery(this.priceError);
        else this.miss(this.priceError || text("totalMissing"), "");
        return false;
      }
      const problem = this.blockingProblem;
      if (!problem) return (await this.priceExchange()) && this.cartIsApproved();
      const line = this.lineOf(problem.uid);
      this.selectLine(line);
      this.miss(`${this.lineName(line)}: ${problem.message}`, "");
      return false;
    },

    // Sums, in minor units -----------------------------------------------------------------

    // Coins may be too coarse for the exact total, but only when everything is paid in cash.
    totalFor(codes) {
      const isCash = codes.length > 0 && codes.every((code) => this.methodOf(code)?.kind === "cash");
      const rounding = this.exchange?.sale ?? this.price;
      const rounded = isCash ? rounding.cash_totals[codes[codes.length - 1]] : undefined;
      return money().minor(rounded ?? this.price.total);
    },

    get payTotal() {
      if (!this.hasFigures) return 0;
      return this.totalFor([...this.pay.payments.map((each) => each.method), this.pay.method]);
    },

    get payPaid() {
      return this.pay.payments.reduce((sum, each) => sum + each.amount, 0);
    },

    get payDue() {
      return this.payTotal - this.payCredit - this.payPaid;
    },

    // What is in the amount field; null when it is no amount.
    get payEntry() {
      return this.pay.amount.trim() === "" ? 0 : money().typed(this.pay.amount);
    },

    get payRest() {
      return this.payDue - (this.payEntry ?? 0);
    },

    get payChange() {
      return this.payRest < 0 && this.payMethod?.allows_change ? -this.payRest : 0;
    },

    // Nobody pays with so much too much: an article was scanned into the amount.
    get mostChange() {
      return 10 * money().minor(this.shop.notes[this.shop.notes.length - 1]);
    },

    get isPaymentEnough() {
      return this.payEntry !== null && this.payRest <= 0;
    },

    get paySuggestions() {
      if (!this.hasFigures || this.payDue <= 0) return [];
      const isCash = this.payMethod?.kind === "cash";
      return money().suggestions(this.payDue, isCash ? this.shop.notes : []);
    },

    showMinor(minor) {
      return this.shop ? money().amount(money().text(minor)) : "";
    },

    showPlain(minor) {
      return this.shop ? money().number(money().text(minor)) : "";
    },

    // Typing -------------------------------------------------------------------------------

    prefill() {
      this.pay.amount = this.payDue > 0 ? money().text(this.payDue) : "";
      this.pay.isTyped = false;
    },

    chooseMethod(code) {
      const method = this.methodOf(code);
      if (!method) return;
      if (method.needs_customer && !this.customer) {
        this.pay.error = text("customerFirst", { method: method.name });
        return;
      }
      this.pay.error = "";
      this.pay.method = code;
      Object.assign(this.pay, { reference: "", hint: "", card: "" });
      if (!this.pay.isTyped) this.prefill();
      if (method.kind === "store_credit") this.offer(this.customer.store_credit, text("noCredit", { name: this.customer.name }));
      this.focusPay(method.kind === "gift_card" ? "reference" : "amount");
    },

    // A balance pays no more than is on it.
    offer(balance, none) {
      const left = money().minor(balance);
      if (left <= 0) this.pay.error = none;
      else this.pay.hint = text("cardSpends", { amount: money().amount(balance) });
      this.pay.amount = money().text(Math.max(Math.min(left, this.payDue), 0));
      this.pay.isTyped = false;
    },

    async askCard() {
      const number = this.pay.reference.trim();
      this.pay.error = "";
      try {
        const card = await api.get("gift_card", { code: number, register: this.register.id });
        if (this.pay.reference.trim() !== number) return;
        this.pay.card = number;
        if (card.is_usable) this.offer(card.balance, text("cardSpends", { amount: money().amount(card.balance) }));
        else this.pay.error = card.state;
        this.focusPay("amount");
      } catch (error) {
        this.pay.error = error.message;
        this.focusPay("reference");
        this.troubled(error);
      }
    },

    chooseAmount(minor) {
      this.pay.amount = money().text(minor);
      this.pay.isTyped = true;
      this.pay.error = "";
      this.focusPay("amount");
    },

    focusPay(name) {
      this.soon(() => this.focusOn(this.dialog("pay").querySelector(`[data-pay-${name}]`)));
    },

    takePaymentOff(at) {
      this.pay.payments.splice(at, 1);
      this.keepCart();
      this.prefill();
      this.focusPay("amount");
    },

    // Enter: this payment is taken; when it covers the rest, the sale is completed.
    takePayment() {
      if (this.isLocked) return;
      const number = this.pay.reference.trim();
      if (this.payMethod?.kind === "gift_card" && number && this.pay.card !== number && this.payDue > 0) {
        this.askCard();
        return;
      }
      const entry = this.checkedEntry();
      if (entry === null) return;
      if (entry > 0) {
        this.pay.payments.push({
          method: this.pay.method,
          name: this.payMethod.name,
          amount: entry,
          reference: this.pay.reference.trim(),
        });
      }
      if (this.payDue <= 0) {
        this.submitSale(this.pay.payments, this.payTotal);
        return;
      }
      this.keepCart();
      Object.assign(this.pay, { reference: "", hint: "", card: "" });
      this.prefill();
      this.focusPay(this.payStart);
      this.announce(text("stillDue", { amount: this.showMinor(this.payDue) }));
    },

    // The amount of the field, or null with a message when it cannot be taken.
    checkedEntry() {
      const entry = this.payEntry;
      const method = this.payMethod;
      const refuse = (message, field) => {
        this.pay.error = message;
        this.focusPay(field);
        return null;
      };
      if (this.payDue <= 0) return 0;
      if (entry === null || entry <= 0) return refuse(text("amountWrong"), "amount");
      if (entry - this.payDue > this.mostChange) {
        return refuse(text("changeWrong", { change: this.showMinor(entry - this.payDue) }), "amount");
      }
      if (method.needs_customer && !this.customer) {
        return refuse(text("customerFirst", { method: method.name }), "amount");
      }
      if (entry > this.payDue && !method.allows_change) {
        return refuse(text("noChange", { method: method.name, due: this.showMinor(this.payDue) }), "amount");
      }
      if (method.needs_reference && !this.pay.reference.trim()) {
        return refuse(text("referenceNeeded", { method: method.name }), "reference");
      }
      this.pay.error = "";
      return entry;
    },

    // The quickest sale: exactly the total, in cash, one key.
    async exactCash() {
      if (!(await this.settled())) return;
      if (this.isEmpty || this.isLocked) return;
      const method = this.methods.find((each) => each.kind === "cash" && !each.needs_reference);
      if (!method || this.pay.payments.length) {
        await this.openPay();
        return;
      }
      if (!(await this.isReadyToPay()) || this.isLocked) return;
      const total = this.totalFor([method.code]);
      const due = total - this.payCredit;
      const payments = due > 0 ? [{ method: method.code, amount: due, reference: "" }] : [];
      this.submitSale(payments, total);
    },
  };
}
