// The server's figures for the cart, always those of its newest state, and the discounts asked for.

import { typedPercent } from "./money.js";

const WAIT = 40;
const AGAIN = 2000;

export function pricing({ api, text, money }) {
  let timer = null;
  let request = null;

  return {
    revision: 0,
    price: null,
    priceError: "",
    discounting: { uid: null, kind: "percent", text: "", error: "" },
    repricing: { uid: null, text: "", error: "" },

    get isFresh() {
      return this.price !== null && this.price.revision === this.revision;
    },

    get hasFigures() {
      return this.price !== null && !this.isEmpty;
    },

    cartBody() {
      return {
        register: this.register.id,
        customer: this.customer?.id ?? null,
        lines: this.lines.map((line) => ({
          product: line.product.id,
          quantity: line.quantity,
          discount: line.discount,
          note: line.note,
          ...(line.unitPrice === null ? {} : { unit_price: line.unitPrice }),
        })),
        order_discount: this.orderDiscount,
        delivery: this.delivery,
        note: this.note,
        approvals: this.approvals,
      };
    },

    reprice(wait = WAIT) {
      clearTimeout(timer);
      request?.abort();
      this.priceError = "";
      this.isDeliveryOver = false;
      if (this.isEmpty) {
        this.price = null;
        return;
      }
      timer = setTimeout(() => this.fetchPrice(), wait);
    },

    async fetchPrice() {
      clearTimeout(timer);
      request?.abort();
      const mine = (request = new AbortController());
      const revision = this.revision;
      const uids = this.lines.map((line) => line.uid);
      try {
        const answer = await api.post("price", this.cartBody(), { signal: mine.signal });
        if (revision === this.revision) this.takePrice(answer, revision, uids);
      } catch (error) {
        if (error.code === "aborted" || revision !== this.revision) return;
        this.priceFailed(error);
      }
    },

    takePrice(answer, revision, uids) {
      const needs = answer.problems.filter((problem) => problem.code === "approval_needed");
      const others = answer.problems.filter((problem) => problem.code !== "approval_needed");
      const problems = new Map(others.map((problem) => [uids[problem.line], problem]));
      const lines = new Map(answer.lines.map((line, at) => [uids[at], line]));
      this.price = { ...answer, revision, lines, problems, needs };
      this.priceError = "";
    },

    priceFailed(error) {
      this.troubled(error);
      if (error.isLost || error.isSignedOut) {
        timer = setTimeout(() => this.fetchPrice(), AGAIN);
        return;
      }
      this.priceError = error.message;
      this.isDeliveryOver = error.code === "delivery_past";
      this.warn(error.message);
      if (error.code === "customer_unavailable") this.setCustomer(null);
    },

    // Waits for the total of what is in the cart now; false when there is none.
    async fresh() {
      if (!this.isFresh && !this.isEmpty) await this.fetchPrice();
      return this.isFresh;
    },

    get blockingProblem() {
      if (!this.isFresh) return null;
      for (const [uid, problem] of this.price.problems) if (problem.blocks) return { uid, ...problem };
      return null;
    },

    problemOf(line) {
      return this.isFresh ? this.price.problems.get(line.uid) || null : null;
    },

    // How figures read ---------------------------------------------------------------------

    figures(line) {
      return this.price?.lines.get(line.uid) || null;
    },

    // Until the server has answered, a new line shows the product's price, dimmed.
    lineTotal(line) {
      return money().number(this.figures(line)?.total ?? line.product.price);
    },

    lineDetail(line) {
      const { product } = line;
      const price = money().number(this.figures(line)?.unit_price ?? product.price);
      if (product.sold_by === "weight") return text("weightTimes", { quantity: line.quantity, price });
      const code = product.barcode || product.code;
      return [product.size, code].filter(Boolean).join(" · ");
    },

    lineReduction(line) {
      const price = line.unitPrice === null ? "" : text("insteadOf", { price: money().number(line.product.price) });
      return [price, this.lineDiscount(line)].filter(Boolean).join(" · ");
    },

    lineDiscount(line) {
      if (line.discount) return this.discountText(line.discount);
      const level = this.figures(line)?.level_percent;
      return level ? text("levelDiscount", { percent: level }) : "";
    },

    discountText(discount) {
      if (!discount) return "";
      if (discount.percent) return `−${money().quantity(discount.percent)} %`;
      return `−${money().number(discount.amount)}`;
    },

    get hasDiscounts() {
      return this.hasFigures && money().minor(this.price.discount) > 0;
    },

    taxText(tax) {
      const name = text(this.price.prices_include_tax ? "taxIncluded" : "taxAdded");
      return `${name} ${money().quantity(tax.percent)} %`;
    },

    get cartTotal() {
      return this.hasFigures ? this.price.total : "0";
    },

    showNumber(amount) {
      return this.shop ? money().number(amount) : amount;
    },

    showAmount(amount) {
      return this.shop ? money().amount(amount) : amount;
    },

    typedAmount(typed) {
      return money().typed(typed);
    },

    amountText(minor) {
      return money().text(minor);
    },

    // Discounts ----------------------------------------------------------------------------

    // Of one line, or of the whole order when `line` is null.
    async openDiscount(line = null) {
      if (!(await this.settled())) return;
      if (this.isEmpty || this.isLocked) return;
      const now = line ? line.discount : this.orderDiscount;
      this.discounting = {
        uid: line?.uid ?? null,
        kind: now?.amount ? "amount" : "percent",
        text: now?.percent || now?.amount || "",
        error: "",
      };
      this.show("discount");
    },

    async discountSelected() {
      if ((await this.settled()) && this.selectedLine) await this.openDiscount(this.selectedLine);
    },

    get discountedName() {
      const line = this.lineOf(this.discounting.uid);
      return line ? this.lineName(line) : text("wholeOrder");
    },

    saveDiscount() {
      const { kind, text: typed } = this.discounting;
      if (!typed.trim()) {
        this.setDiscount(null);
        return;
      }
      const percent = kind === "percent" ? typedPercent(typed) : null;
      const amount = kind === "amount" ? money().typed(typed) : null;
      if (percent === null && amount === null) {
        this.discounting.error = text(kind === "percent" ? "percentWrong" : "amountWrong");
        this.focusIn(this.dialog("discount"));
        return;
      }
      const isNothing = percent === "0" || amount === 0;
      this.setDiscount(isNothing ? null : percent !== null ? { percent } : { amount: money().text(amount) });
    },

    setDiscount(discount) {
      const line = this.lineOf(this.discounting.uid);
      if (this.discounting.uid === null) this.orderDiscount = discount;
      else if (line) line.discount = discount;
      this.hide("discount");
      this.changed();
    },

    // Another price for one line ---------------------------------------------------------------

    async openPrice(line) {
      if (!(await this.settled()) || !line || this.isLocked) return;
      this.selectLine(line);
      this.repricing = { uid: line.uid, text: line.unitPrice ?? line.product.price, error: "" };
      this.show("price");
    },

    savePrice() {
      const typed = money().typed(this.repricing.text);
      if (typed === null) {
        this.repricing.error = text("amountWrong");
        this.focusIn(this.dialog("price"));
        return;
      }
      const line = this.lineOf(this.repricing.uid);
      const isCatalogues = line && typed === money().minor(line.product.price);
      this.setPrice(isCatalogues ? null : money().text(typed));
    },

    setPrice(unitPrice) {
      const line = this.lineOf(this.repricing.uid);
      if (line) line.unitPrice = unitPrice;
      this.hide("price");
      this.changed();
    },

    takeOrderDiscountOff() {
      this.orderDiscount = null;
      this.changed();
      this.refocus();
    },
  };
}
