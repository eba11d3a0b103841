// What a customer owes and pays, gift cards and store credit: money without goods.
// A request keeps its key until its answer is certain, so that nothing is taken twice.

import { newKey } from "./remembered.js";

export function accounts({ api, text, money }) {
  let attempt = null;

  const empty = () => ({
    mode: "dues",
    customer: null,
    orders: [],
    ticked: [],
    amount: "",
    isTyped: false,
    method: "",
    reference: "",
    surplus: "change",
    kind: "gift_card",
    code: "",
    card: null,
    error: "",
    isLoading: false,
    isSaving: false,
    isStuck: false,
    done: null,
  });

  return {
    account: empty(),

    async openAccount(mode = "dues") {
      this.isMenuOpen = false;
      const { receive_payment: mayReceive, load_balance: mayLoad } = this.shop.user.rights;
      if (this.isLocked || !(mayReceive || mayLoad)) return;
      attempt = null;
      this.account = { ...empty(), mode: mayReceive && (mode === "dues" || !mayLoad) ? "dues" : "load" };
      this.account.method = this.accountMethods[0]?.code ?? "";
      this.show("account");
      if (this.customer) await this.setAccountCustomer(this.customer);
    },

    // The customer who pays need not be the one of the cart.
    chooseAccountCustomer() {
      this.hide("account");
      this.openCustomers();
      this.finding.then = async (customer) => {
        this.show("account");
        await this.setAccountCustomer(customer);
      };
    },

    async setAccountCustomer(customer) {
      Object.assign(this.account, { customer, orders: [], ticked: [], error: "", done: null });
      if (this.account.mode === "dues") await this.fetchDues();
      else this.focusAccount("amount");
    },

    async fetchDues() {
      const { account } = this;
      if (!account.customer) return;
      account.isLoading = true;
      try {
        const answer = await api.get("dues", { customer: account.customer.id, register: this.register.id });
        if (account !== this.account) return;
        Object.assign(account, { customer: answer.customer, orders: answer.orders, ticked: [] });
        this.account.isTyped = false;
        this.prefillAccount();
        this.focusAccount("amount");
      } catch (error) {
        account.error = error.message;
        this.troubled(error);
      }
      account.isLoading = false;
    },

    switchAccount(mode) {
      const { customer, method } = this.account;
      attempt = null;
      this.account = { ...empty(), mode, customer, method };
      if (!this.accountMethods.some((each) => each.code === method)) {
        this.account.method = this.accountMethods[0]?.code ?? "";
      }
      if (mode === "dues") this.fetchDues();
      else this.focusAccount("amount");
    },

    // A balance pays what is owed, never for another balance.
    get accountMethods() {
      const balances = ["gift_card", "store_credit"];
      return (this.shop?.payment_methods ?? []).filter(
        ({ kind }) => kind !== "on_account" && (this.account.mode === "dues" || !balances.includes(kind)),
      );
    },

    get accountMethod() {
      return this.methodOf(this.account.method);
    },

    // In minor units: of the ticked orders, of all where none is ticked.
    get accountDue() {
      const { orders, ticked } = this.account;
      const chosen = ticked.length ? orders.filter(({ id }) => ticked.includes(id)) : orders;
      return chosen.reduce((sum, { due }) => sum + money().minor(due), 0);
    },

    get accountEntry() {
      return this.shop && this.account.amount.trim() ? money().typed(this.account.amount) : null;
    },

    get accountSurplus() {
      return this.account.mode === "dues" ? Math.max((this.accountEntry ?? 0) - this.accountDue, 0) : 0;
    },

    get isSurplusCredit() {
      return this.account.surplus === "store_credit" || !this.accountMethod?.allows_change;
    },

    get isAccountSurplusChoice() {
      return this.accountSurplus > 0 && Boolean(this.accountMethod?.allows_change);
    },

    prefillAccount() {
      if (!this.account.isTyped) this.account.amount = this.accountDue ? money().text(this.accountDue) : "";
    },

    tickOrder(order) {
      const { ticked } = this.account;
      this.account.ticked = ticked.includes(order.id)
        ? ticked.filter((id) => id !== order.id)
        : [...ticked, order.id];
      this.account.error = "";
      this.prefillAccount();
    },

    chooseAccountMethod(code) {
      Object.assign(this.account, { method: code, reference: "", error: "" });
      const needsReference = this.accountMethod?.needs_reference;
      this.focusAccount(needsReference ? "reference" : "amount");
    },

    focusAccount(name) {
      this.soon(() => {
        const target = this.dialog("account").querySelector(`[data-account-${name}]:not([disabled])`);
        if (target && this.dialog("account").open) this.focusOn(target);
      });
    },

    orderAge(order) {
      return text(order.age === 1 ? "dayOld" : "daysOld", { count: order.age });
    },

    async lookUpCard() {
      const { account } = this;
      account.card = null;
      account.error = "";
      if (!account.code.trim()) return;
      try {
        account.card = await api.get("gift_card", { code: account.code.trim(), register: this.register.id });
      } catch (error) {
        if (error.status === 404) account.card = { isNew: true };
        else account.error = error.message;
        this.troubled(error);
      }
    },

    cardLine(card) {
      if (!card) return "";
      if (card.isNew) return text("cardNew");
      const parts = [text("onCard", { amount: money().amount(card.balance) }), card.state];
      if (card.expires_on) parts.push(text("goodUntil", { day: card.expires_on }));
      return parts.filter(Boolean).join(" · ");
    },

    accountBody() {
      const { account } = this;
      const body = {
        register: this.register.id,
        customer: account.customer?.id ?? null,
        method: account.method,
        tendered: money().text(this.accountEntry),
        reference: account.reference.trim(),
      };
      if (account.mode === "load") return { ...body, kind: account.kind, code: account.code.trim() };
      const surplus = this.isSurplusCredit ? "store_credit" : "change";
      return { ...body, orders: account.ticked, surplus };
    },

    accountProblem() {
      const { account } = this;
      const isLoad = account.mode === "load";
      if (!account.customer && (!isLoad || account.kind === "store_credit")) return [text("whoseAccount"), "customer"];
      if (this.accountEntry === null || this.accountEntry <= 0) return [text("amountWrong"), "amount"];
      if (!isLoad && !account.orders.length) return [text("nothingOwed"), "amount"];
      if (this.accountMethod?.needs_reference && !account.reference.trim()) {
        return [text("referenceNeeded", { method: this.accountMethod.name }), "reference"];
      }
      return null;
    },

    async takeAccount() {
      const { account } = this;
      if (account.isSaving || account.done || this.isLocked) return;
      const problem = this.accountProblem();
      if (problem && !account.isStuck) {
        account.error = problem[0];
        this.focusAccount(problem[1]);
        return;
      }
      attempt ??= JSON.stringify({ key: newKey(), ...this.accountBody() });
      account.isSaving = true;
      account.error = "";
      try {
        const name = account.mode === "load" ? "gift_card" : "dues";
        const answer = await api.post(name, attempt);
        this.accountSaved(account, answer);
      } catch (error) {
        // Nobody knows whether it was saved: the very same is sent again, nothing else.
        account.isStuck = error.isLost || error.isSignedOut || error.isLocked;
        if (!account.isStuck) attempt = null;
        account.error = error.isLost ? text("accountLost") : error.message;
        this.troubled(error);
      }
      account.isSaving = false;
    },

    accountSaved(account, answer) {
      attempt = null;
      Object.assign(account, { isStuck: false, done: { ...answer.account_payment, receiptUrl: answer.receipt_url } });
      this.play("done");
      this.announce(text("accountSaved", { number: account.done.number, change: money().amount(account.done.change) }));
      this.printing = null;
      if (this.register.has_printer) this.printReceived();
      this.focusAccount(this.register.has_printer ? "close" : "print");
      this.refreshCustomer();
    },

    // What the cart's customer owes is another amount by now.
    async refreshCustomer() {
      if (!this.customer) return;
      try {
        const { results } = await api.get("customers", { id: this.customer.id });
        if (results[0]?.id === this.customer?.id) this.customer = results[0];
      } catch {
        // The next search shows it.
      }
    },

    printReceived() {
      const { id, number } = this.account.done;
      return this.printOf("account_payment", { payment: id }, number);
    },

    printAccount() {
      if (this.register.has_printer) {
        this.printReceived();
        return;
      }
      const url = new URL(this.account.done.receiptUrl, location.href);
      url.searchParams.set("print", "1");
      if (!window.open(url, "tilldesk-receipt", "popup,width=460,height=720")) this.say(text("popupBlocked"));
      this.hide("account");
      this.refocus();
    },
  };
}
