// The cart: what is in it, and keeping it over a reload. No customer's data is stored, only the id.

import { milli, pieces, quantityText } from "./money.js";

const LIMIT = pieces(99_999);
const STEP = { unit: pieces(1), weight: 100 };
let lastUid = 0;

const newLine = (product, quantity) => ({
  uid: ++lastUid,
  product,
  quantity,
  discount: null,
  unitPrice: null,
  note: "",
});

export function cart({ api, text, remembered }) {
  return {
    lines: [],
    selected: null,
    opened: null,
    editing: null,
    customer: null,
    orderDiscount: null,
    note: "",
    parked: null,
    delivery: null,
    isDeliveryMissing: false,
    noting: { uid: null, text: "" },

    get cartKey() {
      return `tilldesk:cart:${this.shop.user.id}:${this.register.id}`;
    },

    get isEmpty() {
      return this.lines.length === 0;
    },

    lineOf(uid) {
      return this.lines.find((line) => line.uid === uid) || null;
    },

    get selectedLine() {
      return this.lineOf(this.selected);
    },

    get itemCount() {
      const units = this.lines.filter((line) => line.product.sold_by === "unit");
      const whole = units.reduce((sum, line) => sum + milli(line.quantity), 0);
      return whole / 1000 + this.lines.length - units.length;
    },

    // While a payment is being saved, the cart must stay what was paid for.
    get isLocked() {
      return this.pending !== null;
    },

    add(product, quantity = null) {
      if (this.isLocked) {
        this.miss(text("waitForSale"), "");
        return;
      }
      this.sale = null;
      this.warned = "";
      const more = quantity === null ? pieces(1) : milli(quantity);
      const same = this.lines.find((line) => this.takesMore(line, product));
      if (same && milli(same.quantity) + more > LIMIT) {
        this.miss(text("quantityWrong"), "");
        return;
      }
      if (same) same.quantity = quantityText(milli(same.quantity) + more);
      else this.lines.push(newLine(product, quantityText(more)));
      const line = same || this.lines[this.lines.length - 1];
      this.selectLine(line);
      this.play("hit");
      this.announce(text("added", { name: this.lineName(line), quantity: line.quantity }));
      this.changed();
    },

    // The same article joins its line, unless that line has a discount, price or note of its own.
    takesMore(line, product) {
      const isPlain = !line.discount && !line.note && line.unitPrice === null;
      return line.product.id === product.id && product.sold_by === "unit" && isPlain;
    },

    lineName(line) {
      return [line.product.name, line.product.size].filter(Boolean).join(" ");
    },

    selectLine(line) {
      if (this.opened !== line.uid) this.opened = null;
      this.selected = line.uid;
      this.$nextTick(() => {
        this.find(`[data-line="${line.uid}"]`)?.scrollIntoView({ block: "nearest" });
      });
    },

    toggleLine(line) {
      const isOpen = this.opened === line.uid;
      this.selectLine(line);
      this.opened = isOpen ? null : line.uid;
      this.refocus();
    },

    moveSelection(step) {
      if (this.isEmpty) return;
      const at = this.lines.findIndex((line) => line.uid === this.selected);
      const to = at < 0 ? this.lines.length - 1 : Math.min(Math.max(at + step, 0), this.lines.length - 1);
      this.selectLine(this.lines[to]);
      this.announce(`${this.lines[to].quantity} × ${this.lineName(this.lines[to])}`);
    },

    step(line, direction) {
      if (!line || this.isLocked) return;
      const value = milli(line.quantity) + direction * STEP[line.product.sold_by];
      if (value <= 0) this.remove(line);
      else if (value > LIMIT) this.miss(text("quantityWrong"), "");
      else this.setQuantity(line, value);
    },

    setQuantity(line, value) {
      if (!line || this.isLocked) return;
      const less = milli(line.quantity) - value;
      if (less > 0) this.reportRemoved("line_removed", [{ ...line, quantity: quantityText(less) }]);
      line.quantity = quantityText(value);
      this.selectLine(line);
      this.announce(text("added", { name: this.lineName(line), quantity: line.quantity }));
      this.changed();
    },

    editQuantity(line) {
      if (!line || this.isLocked) return;
      this.selectLine(line);
      if (line.product.sold_by === "weight") {
        this.weigh({ product: line.product, line });
        return;
      }
      this.editing = line.uid;
      this.soon(() => this.focusOn(this.find(`[data-quantity="${line.uid}"]`)));
    },

    stopEditing() {
      this.editing = null;
      this.refocus();
    },

    remove(line) {
      if (!line || this.isLocked) return;
      const at = this.lines.indexOf(line);
      this.reportRemoved("line_removed", [line]);
      this.lines.splice(at, 1);
      const next = this.lines[Math.min(at, this.lines.length - 1)];
      this.selected = next?.uid ?? null;
      this.opened = null;
      this.changed();
      this.say(text("removed", { name: this.lineName(line) }), () => {
        this.lines.splice(Math.min(at, this.lines.length), 0, line);
        this.selectLine(line);
        this.changed();
      });
      this.refocus();
    },

    openNote(line) {
      if (!line || this.isLocked) return;
      this.selectLine(line);
      this.noting = { uid: line.uid, text: line.note };
      this.show("note");
    },

    saveNote() {
      const line = this.lineOf(this.noting.uid);
      if (line) line.note = this.noting.text.trim();
      this.hide("note");
      this.changed();
    },

    // Give the whole cart up. A resumed order stays in the books, so it needs a reason.
    async clearCart() {
      if (this.isEmpty || this.isLocked || this.refusesMoneyTaken()) return;
      if (this.parked) {
        this.openDiscard({ id: this.parked.id, label: this.parked.label });
        return;
      }
      const before = { ...this.snapshot(), delivery: this.delivery };
      this.reportRemoved("cart_cleared", this.lines);
      this.emptyCart();
      this.say(text("cleared"), () => this.takeSnapshot(before));
      this.refocus();
    },

    emptyCart() {
      Object.assign(this, {
        lines: [],
        selected: null,
        opened: null,
        editing: null,
        customer: null,
        orderDiscount: null,
        note: "",
        parked: null,
        delivery: null,
        isDeliveryMissing: false,
        keptTerms: null,
        approvals: [],
        exchange: null,
      });
      this.dropPayments();
      this.changed();
    },

    newSale() {
      this.sale = null;
      this.isSheetOpen = false;
      this.refocus();
    },

    // Storage ------------------------------------------------------------------------------

    // After every change: keep it, and ask the server for the new total.
    changed() {
      this.revision += 1;
      this.keepCart();
      this.reprice();
    },

    keepCart() {
      const isNothing = this.isEmpty && !this.parked && !this.customer && !this.exchange;
      remembered.write(this.cartKey, isNothing ? null : this.snapshot());
    },

    snapshot() {
      return {
        lines: this.lines.map(({ product, quantity, discount, unitPrice, note }) => ({
          product,
          quantity,
          discount,
          unitPrice,
          note,
        })),
        approvals: this.approvals,
        customer: this.customer?.id ?? null,
        orderDiscount: this.orderDiscount,
        note: this.note,
        parked: this.parked,
        exchange: this.exchange,
        payments: this.pay.payments,
        // The address is the customer's own affair: after a reload it is fetched again.
        isDelivered: this.delivery !== null || this.isDeliveryMissing,
        deliveryTerms: this.deliveryTerms,
      };
    },

    restoreCart() {
      this.applySnapshot(remembered.read(this.cartKey));
    },

    takeSnapshot(kept) {
      this.applySnapshot(kept);
      this.changed();
    },

    // What another program, or an older version, left in the storage must not stop the till.
    applySnapshot(kept) {
      const lines = Array.isArray(kept?.lines) ? kept.lines : [];
      this.lines = lines
        .filter((line) => line?.product?.id && milli(line.quantity) > 0)
        .map((line) => ({
          ...newLine(line.product, line.quantity),
          discount: line.discount || null,
          unitPrice: line.unitPrice ?? line.unit_price ?? null,
          note: line.note || "",
        }));
      this.selected = this.lines[this.lines.length - 1]?.uid ?? null;
      this.opened = this.editing = null;
      this.orderDiscount = kept?.orderDiscount || null;
      this.note = kept?.note || "";
      this.approvals = Array.isArray(kept?.approvals) ? kept.approvals : [];
      this.parked = kept?.parked || null;
      this.exchange = kept?.exchange?.lines ? kept.exchange : null;
      this.dropPayments();
      this.pay.payments = Array.isArray(kept?.payments) ? kept.payments : [];
      this.delivery = kept?.delivery || null;
      this.isDeliveryMissing = Boolean(kept?.isDelivered && !this.delivery);
      this.keptTerms = kept?.deliveryTerms || null;
      if (this.isDeliveryMissing && this.parked) this.fetchDelivery();
      this.revision += 1;
      this.fetchCustomer(kept?.customer ?? null);
      this.reprice();
    },

    async fetchCustomer(id) {
      if (this.customer?.id === id) return;
      this.customer = id === null ? null : { id, name: "…", initials: "", level: null, due: "0" };
      if (id === null) return;
      try {
        const found = (await api.get("customers", { id })).results.find((each) => each.id === id);
        if (this.customer?.id !== id) return;
        if (found) this.customer = found;
        else this.setCustomer(null);
      } catch (error) {
        this.troubled(error);
      }
    },

    // A resumed order's delivery; resuming what one holds already changes nothing.
    async fetchDelivery() {
      const { id } = this.parked;
      try {
        const body = { register: this.register.id, take_over: false };
        const found = await api.post("parked", body, { path: `${id}/resume/` });
        if (this.parked?.id !== id) return;
        this.delivery = found.delivery;
        this.isDeliveryMissing = false;
        this.changed();
      } catch (error) {
        this.missed = error.message;
        this.troubled(error);
      }
    },

    // Another tab of this browser changed the same cart, or is paying for it.
    heardFromOtherTab(event) {
      if (this.view !== "sell") return;
      if (event.key === this.cartKey && !this.pending) {
        if (this.openDialog) this.hide("pay");
        this.restoreCart();
      } else if (event.key === this.pendingKey) {
        this.pendingElsewhere();
      }
    },
  };
}
