// Saving a sale exactly once. The key and the very text that was sent are kept, also over a reload,
// until the server has answered; till then they are sent again, and no other payment can start.

import { newKey } from "./remembered.js";

const PAUSES = [1, 2, 4, 8, 15];
const OTHER_TAB = 12_000;
const PING = 4_000;

export function checkout({ api, text, money, remembered }) {
  let timer = null;
  let pingTimer = null;
  let isSending = false;
  let attempted = null;

  return {
    pending: null,
    sale: null,
    isOnline: true,
    trouble: "",

    get pendingKey() {
      return `tilldesk:pending:${this.shop.user.id}:${this.register.id}`;
    },

    get isSending() {
      return this.pending?.state === "sending";
    },

    get stateName() {
      if (this.pending) return "unsaved";
      return this.isOnline ? "saved" : "offline";
    },

    submitSale(payments, total) {
      if (this.pending) return;
      const key = newKey();
      const content = {
        ...this.cartBody(),
        expected_total: money().text(total),
        payments: payments.map(({ method, amount, reference }) => ({
          method,
          tendered: money().text(amount),
          reference,
        })),
        parked: this.parked?.id ?? null,
      };
      attempted = { payments, total, content };
      const body = JSON.stringify({ key, ...content });
      this.keep({ key, body, total: money().text(total) });
      this.attempt();
    },

    keep({ key, body, total }) {
      remembered.write(this.pendingKey, { key, body, total });
      this.pending = { key, body, total, tries: 0, state: "sending", seconds: 0, isCancelAsked: false };
    },

    forget() {
      clearTimeout(timer);
      this.pending = null;
      remembered.write(this.pendingKey, null);
    },

    async attempt() {
      clearTimeout(timer);
      if (!this.pending || isSending) return;
      const { key, body } = this.pending;
      isSending = true;
      this.pending.tries += 1;
      this.pending.state = "sending";
      try {
        const answer = await api.post("checkout", body);
        if (this.pending?.key === key) this.saved(answer);
      } catch (error) {
        if (this.pending?.key === key) this.notSaved(error);
      } finally {
        isSending = false;
      }
    },

    saved(answer) {
      const wasParked = this.parked !== null;
      this.forget();
      ["pay", "pending"].forEach((name) => this.hide(name));
      const email = this.customer?.email ?? "";
      this.sale = { ...answer.order, receiptUrl: answer.receipt_url };
      this.isSheetOpen = false;
      this.toast = null;
      this.emptyCart();
      this.clearSearch();
      this.play("done");
      this.announce(
        text("saleDone", { number: this.sale.number, change: money().amount(this.sale.change) }),
      );
      this.handOver(email);
      this.refreshTiles();
      if (wasParked) this.refreshParked();
      this.refocus();
    },

    // The server's refusal is certain: nothing was sold. Anything else is not, so it is asked again.
    notSaved(error) {
      if (error.isLocked) {
        this.pending.state = "locked";
        this.cover();
      } else if (error.isStale) {
        location.reload();
      } else if (error.isSignedOut || error.isForgery) {
        this.pending.state = error.isSignedOut ? "signedOut" : "forgery";
        this.showPending();
      } else if (error.isLost) {
        this.pending.state = "lost";
        this.showPending();
        this.waitAndRetry();
      } else {
        this.refused(error);
      }
    },

    showPending() {
      this.hide("pay");
      this.show("pending");
      this.warn(text("notSavedYet"));
    },

    waitAndRetry() {
      this.pending.seconds = PAUSES[Math.min(this.pending.tries, PAUSES.length) - 1];
      const tick = () => {
        if (!this.pending || isSending) return;
        this.pending.seconds -= 1;
        if (this.pending.seconds <= 0) this.attempt();
        else timer = setTimeout(tick, 1000);
      };
      clearTimeout(timer);
      timer = setTimeout(tick, 1000);
    },

    retryNow() {
      this.attempt();
    },

    // It may have been saved: the only honest way to find out is to ask again with the same key.
    askToCancel() {
      this.pending.isCancelAsked = true;
      this.attempt();
    },

    async refused(error) {
      this.forget();
      this.hide("pending");
      this.play("miss");
      this.warn(error.message);
      if (["session_closed", "other_session"].includes(error.code)) {
        this.hide("pay");
        await this.sessionLost(error.message);
        return;
      }
      if (error.code === "approval_needed" && attempted) {
        await this.saleNeedsApproval(error);
        return;
      }
      this.price = null;
      const lines = error.lines.map((at) => this.lines[at]).filter(Boolean);
      if (lines.length) {
        this.hide("pay");
        this.selectLine(lines[0]);
        this.missed = error.message;
        this.reprice(0);
        this.refocus();
        return;
      }
      // The last payment is typed anew: it was meant for another total.
      this.pay.payments = this.pay.payments.slice(0, -1);
      this.keepCart();
      this.hide("pay");
      await this.openPay(error.message);
    },

    // With the yes the very same sale is sent again, as another attempt.
    async saleNeedsApproval(error) {
      const { payments, total, content } = attempted;
      this.hide("pay");
      if (await this.askApproval(error.data.needs, content)) {
        this.submitSale(payments, total);
        return;
      }
      this.pay.payments = this.pay.payments.slice(0, -1);
      this.keepCart();
      await this.openPay(error.message);
    },

    async sessionLost(message) {
      await this.refreshRegisters();
      const now = this.shop.registers.find((each) => each.id === this.register.id);
      if (now) this.chooseRegister(now);
      else this.view = "choose";
      if (this.view === "open") this.openingError = message;
      else this.missed = message;
    },

    // After a reload: the sale whose answer never came is asked for again at once.
    resumeCheckout() {
      const kept = remembered.read(this.pendingKey);
      if (!kept?.key || typeof kept.body !== "string") return;
      this.keep(kept);
      this.showPending();
      this.attempt();
    },

    // Another tab is paying for this cart: wait for it; ask ourselves only if it went silent.
    pendingElsewhere() {
      const kept = remembered.read(this.pendingKey);
      if (kept && !this.pending) {
        this.hide("pay");
        this.pending = { ...kept, tries: 0, state: "elsewhere", seconds: 0, isCancelAsked: false };
        timer = setTimeout(() => {
          this.showPending();
          this.attempt();
        }, OTHER_TAB);
      } else if (!kept && this.pending && !isSending) {
        clearTimeout(timer);
        this.pending = null;
        this.hide("pending");
        this.restoreCart();
        this.refocus();
      }
    },

    // Connection and sign-in ---------------------------------------------------------------

    heard(isOnline) {
      const isBack = isOnline && !this.isOnline;
      this.isOnline = isOnline;
      clearTimeout(pingTimer);
      if (!isOnline) pingTimer = setTimeout(() => this.ping(), PING);
      if (isBack && !this.isEmpty && !this.isFresh) this.reprice(0);
    },

    ping() {
      if (this.view === "sell") this.refreshParked();
    },

    // What any request may run into.
    troubled(error) {
      if (error.isLocked) {
        if (!this.isScreenLocked) this.cover();
        return;
      }
      if (error.isStale) location.reload();
      if (this.pending || !(error.isSignedOut || error.isForgery)) return;
      this.trouble = error.isSignedOut ? "signedOut" : "forgery";
      this.show("trouble");
    },

    async triedAgain() {
      if (this.pending) {
        this.attempt();
        return;
      }
      try {
        await api.get("bootstrap");
      } catch (error) {
        if (error.isSignedOut) return;
      }
      this.hide("trouble");
      this.trouble = "";
      this.reprice(0);
    },

    cameBack() {
      const isStuck = this.pending && ["signedOut", "lost"].includes(this.pending.state);
      if (isStuck || this.trouble === "signedOut") this.triedAgain();
    },

    reload() {
      location.reload();
    },

    // After the sale -----------------------------------------------------------------------

    printReceipt() {
      if (!this.sale) return;
      if (this.register.has_printer) this.printHere("receipt");
      else this.openReceipt();
      this.refocus();
    },

    openReceipt(more = {}) {
      const url = new URL(this.sale.receiptUrl, location.href);
      for (const [name, value] of Object.entries({ ...more, print: "1" })) url.searchParams.set(name, value);
      const opened = window.open(url, "tilldesk-receipt", "popup,width=460,height=720");
      if (!opened) this.say(text("popupBlocked"));
    },
  };
}
