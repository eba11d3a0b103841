// What the customer sees on the second screen. Never in the way of a sale: every failure is silent.

import { milli } from "./money.js";

const WAIT = 100;
const ALIVE = 20_000;
const MOST_LINES = 100;

export function display({ api, text, money }) {
  let timer = null;
  let channel = null;
  let sent = "";
  let isSending = false;

  return {
    // Called once; from then on every change of what is shown is told.
    watchDisplay() {
      window.Alpine.effect(() => {
        const picture = this.register?.display_url && this.view === "sell" ? this.displayPicture() : null;
        if (picture) this.tellDisplay(picture);
      });
      // A customer who thinks keeps the cart on the screen.
      setInterval(() => {
        if (this.register?.display_url && this.view === "sell" && !this.isEmpty) this.sendDisplay(true);
      }, ALIVE);
    },

    displayPicture() {
      if (this.isEmpty) return this.sale ? this.donePicture() : { kind: "idle", lines: [] };
      const paid = this.pay.payments.length ? this.payPaid : 0;
      const total = this.hasFigures ? (paid ? money().text(this.payTotal) : this.price.total) : null;
      const hasTax = this.hasFigures && !this.price.prices_include_tax && money().minor(this.price.tax) > 0;
      const lines = this.lines.map((line) => ({
        name: this.lineName(line),
        quantity: line.quantity,
        amount: this.figures(line)?.total ?? this.roughTotal(line),
      }));
      if (this.delivery && money().minor(this.delivery.fee)) {
        lines.push({ name: text("deliveryLine"), quantity: "1", amount: this.delivery.fee });
      }
      return {
        kind: "cart",
        lines: lines.slice(-MOST_LINES),
        more: Math.max(lines.length - MOST_LINES, 0),
        ...(total === null ? {} : { total }),
        ...(this.hasDiscounts ? { discount: this.price.discount } : {}),
        ...(hasTax ? { tax: this.price.tax } : {}),
        ...(paid ? { paid: money().text(paid), due: money().text(Math.max(this.payDue, 0)) } : {}),
      };
    },

    // Until the server has priced a new line.
    roughTotal(line) {
      const one = money().minor(line.unitPrice ?? line.product.price);
      return money().text(Math.round((one * milli(line.quantity)) / 1000));
    },

    donePicture() {
      const { id, total, paid, due, change } = this.sale;
      return { kind: "done", lines: [], order: id, total, paid, due, change };
    },

    tellDisplay(picture) {
      const told = JSON.stringify(picture);
      this.displayChannel()?.postMessage(JSON.parse(told));
      clearTimeout(timer);
      timer = setTimeout(() => this.sendDisplay(), WAIT);
    },

    displayChannel() {
      const token = this.register.display_url.split("/").filter(Boolean).pop();
      const name = `tilldesk-display-${token}`;
      if (channel?.name !== name) {
        channel?.close();
        channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
      }
      return channel;
    },

    // One at a time, always the newest; `again` says that the till is still there.
    async sendDisplay(again = false) {
      if (isSending) {
        clearTimeout(timer);
        timer = setTimeout(() => this.sendDisplay(), WAIT);
        return;
      }
      const body = JSON.stringify({ register: this.register.id, ...this.displayPicture() });
      if (body === sent && !again) return;
      isSending = true;
      try {
        const answer = await api.post("display", body);
        sent = answer.shown ? body : "";
        if (!answer.shown) timer = setTimeout(() => this.sendDisplay(), 10 * WAIT);
      } catch {
        sent = ""; // The next change, or the next sign of life, is sent again.
      } finally {
        isSending = false;
      }
    },

    async openDisplay() {
      this.isMenuOpen = false;
      try {
        const body = { register: this.register.id };
        this.register.display_url = (await api.post("display_address", body)).url;
      } catch (error) {
        this.miss(error.message, "");
        this.troubled(error);
        return;
      }
      sent = "";
      const opened = window.open(this.register.display_url, `tilldesk-display-${this.register.id}`, "popup,width=1024,height=600");
      if (!opened) this.say(text("displayBlocked"));
      this.sendDisplay(true);
      this.refocus();
    },
  };
}
