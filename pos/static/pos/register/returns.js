// Goods that come back: find the sale, choose what of it, then refund, exchange or void. The server
// says what all of it is worth; nothing here is more than asked for.

import { milli, quantityText, typedQuantity } from "./money.js";
import { newKey } from "./remembered.js";

const WAIT = 150;

export function returns({ api, text, money }) {
  let timer = null;
  let request = null;
  let attempted = null;
  const none = () => ({
    step: "find",
    text: "",
    results: [],
    order: null,
    lines: [],
    reason: "",
    back: "original",
    quote: null,
    error: "",
    done: null,
    isLoading: false,
    isSending: false,
    isVoiding: false,
  });

  return {
    returning: none(),
    // Goods that pay for what is in the cart.
    exchange: null,

    // Finding the sale ---------------------------------------------------------------------

    openReturns(orderId = null) {
      if (this.isLocked) return;
      this.isMenuOpen = false;
      attempted = null;
      this.returning = none();
      this.show("returns");
      if (orderId) this.openReturn(orderId);
      else this.findReturns();
    },

    // From an order's page in the admin: ?refund=12, once.
    openAskedReturn() {
      const address = new URL(location.href);
      const asked = Number(address.searchParams.get("refund"));
      if (!asked) return;
      address.searchParams.delete("refund");
      history.replaceState(null, "", address);
      this.openReturns(asked);
    },

    returnTyped() {
      clearTimeout(timer);
      timer = setTimeout(() => this.findReturns(), WAIT);
    },

    async findReturns() {
      clearTimeout(timer);
      request?.abort();
      const mine = (request = new AbortController());
      this.returning.isLoading = true;
      try {
        const query = { q: this.returning.text.trim(), register: this.register.id };
        const answer = await api.get("returns", query, { signal: mine.signal });
        if (mine !== request) return false;
        this.returning.results = answer.results;
        this.returning.error = "";
      } catch (error) {
        if (error.code === "aborted" || mine !== request) return false;
        this.returnFailed(error);
      }
      this.returning.isLoading = false;
      return true;
    },

    // Enter, and every scanned receipt: the only one found is it.
    async takeReturn() {
      if (!(await this.findReturns())) return;
      const { results } = this.returning;
      if (results.length === 1) await this.openReturn(results[0].id);
      else this.dialog("returns").querySelector("[data-return-found]")?.focus();
    },

    async openReturn(id) {
      this.returning.error = "";
      try {
        const order = await api.get("returns", { register: this.register.id }, { path: `${id}/` });
        // A search that was still to come would call off the question what it is worth.
        clearTimeout(timer);
        const lines = order.lines.map((line) => ({ ...line, count: "0", restock: true }));
        Object.assign(this.returning, { step: "lines", order, lines, quote: null });
        const open = lines.filter((line) => milli(line.left) > 0);
        if (open.length === 1 && milli(open[0].left) === 1000) this.setReturn(open[0], "1");
        this.soon(() => this.focusIn(this.dialog("returns")));
        this.$nextTick(() => this.focusReturn());
      } catch (error) {
        this.returnFailed(error);
      }
    },

    focusReturn() {
      this.dialog("returns").querySelector("[data-return-more]:not([disabled])")?.focus();
    },

    backToFinding() {
      Object.assign(this.returning, { step: "find", order: null, lines: [], quote: null, error: "" });
      this.findReturns();
      this.$nextTick(() => this.focusIn(this.dialog("returns")));
    },

    foundDetail(order) {
      const day = new Date(order.sold_at).toLocaleDateString(this.shop.locale, { dateStyle: "medium" });
      return [`${day}, ${this.clock(order.sold_at)}`, order.customer, order.seller].filter(Boolean).join(" · ");
    },

    // Choosing what comes back -------------------------------------------------------------

    get isLooseReturn() {
      return this.returning.step === "lines" && this.returning.order === null;
    },

    // Without a receipt: what lies in the cart comes back, at today's prices.
    startLoose() {
      const lines = this.lines.map((line) => ({
        id: line.product.id,
        name: this.lineName(line),
        kind: "product",
        sold_by: line.product.sold_by,
        left: line.quantity,
        quantity: line.quantity,
        unit_price: line.product.price,
        count: line.quantity,
        restock: true,
      }));
      Object.assign(this.returning, { step: "lines", order: null, lines, back: "cash", error: "" });
      this.priceReturn();
      this.$nextTick(() => this.focusReturn());
    },

    stepReturn(line, direction) {
      const step = line.sold_by === "weight" ? 100 : 1000;
      const value = Math.min(Math.max(milli(line.count) + direction * step, 0), milli(line.left));
      this.setReturn(line, quantityText(value));
    },

    typedReturn(line, typed) {
      const value = typed.trim() === "0" ? 0 : typedQuantity(typed, { weighed: line.sold_by === "weight" });
      if (value === null || value > milli(line.left)) {
        this.returning.error = text("returnQuantity", { name: line.name, left: line.left });
        return;
      }
      this.setReturn(line, quantityText(value));
    },

    setReturn(line, count) {
      line.count = count;
      this.returning.error = "";
      this.priceReturn();
    },

    returnAll() {
      for (const line of this.returning.lines) line.count = line.left;
      this.priceReturn();
    },

    chooseBack(back) {
      this.returning.back = back;
      this.returning.error = "";
      this.priceReturn();
    },

    get returnedLines() {
      return this.returning.lines.filter((line) => milli(line.count) > 0);
    },

    // Store credit belongs to somebody: the sale's customer, else the one at the register.
    get creditCustomer() {
      const { order } = this.returning;
      if (order?.customer) return { id: order.customer_id, name: order.customer };
      return this.customer;
    },

    returnBody() {
      const { order, back } = this.returning;
      const name = order ? "line" : "product";
      return {
        register: this.register.id,
        order: order?.id ?? null,
        lines: this.returnedLines.map((line) => ({
          [name]: line.id,
          quantity: line.count,
          restock: line.restock,
        })),
        back,
        customer: back === "store_credit" ? (this.creditCustomer?.id ?? null) : null,
        approvals: this.approvals,
      };
    },

    async priceReturn() {
      request?.abort();
      const mine = (request = new AbortController());
      this.returning.quote = null;
      if (!this.returnedLines.length) return;
      try {
        const quote = await api.post("returns", this.returnBody(), { path: "price/", signal: mine.signal });
        if (mine === request) this.returning.quote = quote;
      } catch (error) {
        if (error.code !== "aborted" && mine === request) this.returnFailed(error);
      }
    },

    returnLineTotal(line) {
      const found = this.returning.quote?.lines.find((each) => each.line === line.id);
      return found ? money().number(found.total) : "";
    },

    returnMoneyText() {
      const { quote } = this.returning;
      if (!quote) return text("chooseReturned");
      const parts = quote.money.map((each) => `${each.name} ${money().amount(each.amount)}`);
      if (money().minor(quote.cancelled)) {
        parts.unshift(text("noLongerDue", { amount: money().amount(quote.cancelled) }));
      }
      return parts.join(" · ");
    },

    // Doing it -----------------------------------------------------------------------------

    // The same content has the same key, so a second try after no answer refunds once.
    keyFor(content) {
      const sent = JSON.stringify(content);
      if (attempted?.sent !== sent) attempted = { sent, key: newKey() };
      return attempted.key;
    },

    async confirmReturn() {
      if (this.returning.isSending || !this.isReturnReady()) return;
      const content = {
        ...this.returnBody(),
        reason: this.returning.reason.trim(),
        expected_total: this.returning.quote.total,
      };
      await this.sendReturn("", content, () => this.confirmReturn());
    },

    async confirmVoid() {
      const { order, reason, isSending } = this.returning;
      if (isSending || !this.hasReturnReason()) return;
      const content = {
        register: this.register.id,
        order: order.id,
        reason: reason.trim(),
        approvals: this.approvals,
      };
      await this.sendReturn("void/", content, () => this.confirmVoid());
    },

    async sendReturn(path, content, again) {
      this.returning.isSending = true;
      this.returning.error = "";
      const isLoose = this.isLooseReturn;
      let needs = null;
      try {
        const body = { key: this.keyFor(content), ...content };
        this.returned(await api.post("returns", body, { path }), isLoose);
      } catch (error) {
        if (error.code === "approval_needed") needs = error.data.needs;
        else this.returnFailed(error);
        if (["total_changed", "too_much_back"].includes(error.code)) this.priceReturn();
      }
      this.returning.isSending = false;
      if (needs && (await this.askApproval(needs, content))) await again();
    },

    returned(answer, isLoose) {
      attempted = null;
      if (isLoose) this.emptyCart();
      this.returning.step = "done";
      this.returning.done = { ...answer.refund, receiptUrl: answer.refund_receipt_url };
      this.approvals = [];
      this.keepCart();
      this.play("done");
      this.announce(text("refundDone", { number: answer.refund.number }));
      this.printing = null;
      if (this.register.has_printer) this.printRefund();
      this.refreshTiles();
      this.$nextTick(() => this.focusIn(this.dialog("returns")));
    },

    isReturnReady() {
      if (!this.returning.quote) {
        this.returning.error = this.returning.error || text("chooseReturned");
        return false;
      }
      if (this.returning.back === "store_credit" && !this.creditCustomer) {
        this.returning.error = text("creditCustomer");
        return false;
      }
      return this.hasReturnReason();
    },

    hasReturnReason() {
      if (this.returning.reason.trim()) return true;
      this.returning.error = text("returnReason");
      this.dialog("returns").querySelector("[data-return-reason]")?.focus();
      return false;
    },

    returnFailed(error) {
      this.returning.error = error.message;
      this.warn(error.message);
      this.troubled(error);
    },

    printRefund(refund = this.returning.done, url = refund?.receiptUrl) {
      if (!refund) return;
      if (this.register.has_printer) {
        this.printOf("refund", { refund: refund.id }, refund.number);
        return;
      }
      const address = new URL(url, location.href);
      address.searchParams.set("print", "1");
      if (!window.open(address, "tilldesk-receipt", "popup,width=460,height=720")) this.say(text("popupBlocked"));
    },

    // Exchange -----------------------------------------------------------------------------

    startExchange() {
      if (!this.isReturnReady()) return;
      const { order, quote, reason } = this.returning;
      this.exchange = {
        ...this.returnBody(),
        number: order.number,
        reason: reason.trim(),
        total: quote.total,
        credit: quote.money.reduce((sum, each) => sum + money().minor(each.amount), 0),
        sale: null,
      };
      this.sale = null;
      this.hide("returns");
      if (!this.customer && order.customer_id) this.fetchCustomer(order.customer_id);
      this.changed();
      this.say(text("exchangeStarted"));
      this.refocus();
    },

    dropExchange() {
      this.exchange = null;
      this.changed();
      this.refocus();
    },

    get cartToPay() {
      if (!this.exchange || !this.hasFigures) return this.cartTotal;
      return money().text(Math.max(money().minor(this.cartTotal) - this.exchange.credit, 0));
    },

    // What both sides of the ticket come to now; false with a message when they do not.
    async priceExchange() {
      if (!this.exchange) return true;
      try {
        const body = { ...this.exchangeBody(), sale: this.cartBody() };
        const answer = await api.post("returns", body, { path: "price/" });
        this.exchange.sale = answer.sale;
        this.exchange.total = answer.total;
        return true;
      } catch (error) {
        this.miss(error.message, "");
        this.troubled(error);
        return false;
      }
    },

    exchangeBody() {
      const { register, order, lines, back, customer, reason } = this.exchange;
      return { register, order, lines, back, customer, reason, approvals: this.approvals };
    },

    get payCredit() {
      return this.exchange?.sale ? money().minor(this.exchange.sale.credit) : 0;
    },

    get payOver() {
      const over = this.exchange?.sale?.over ?? [];
      return over.map((each) => `${each.name} ${money().amount(each.amount)}`).join(" · ");
    },
  };
}
