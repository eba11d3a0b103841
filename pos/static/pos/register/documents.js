// What leaves the till: paper from the register's network printer, and a sale's receipt by email.

const PRINTING = 15_000;
const MAILING = 30_000;

export function documents({ api, text }) {
  const noMail = () => ({ order: null, number: "", address: "", error: "", isSending: false, sentTo: "" });

  return {
    // { state: sending, done, waiting or failed; message; job; kind; of; number }
    printing: null,
    mailing: noMail(),

    // Called once per sale, while its customer is still known.
    handOver(email) {
      this.mailing = { ...noMail(), order: this.sale.id, number: this.sale.number, address: email };
      if (this.printing?.state !== "waiting") this.printing = null;
      if (this.register.has_printer) this.printSale();
    },

    // An exchange has two receipts; the second waits for the first, which opens the drawer.
    async printSale() {
      const { refund } = this.sale;
      await this.printHere("receipt");
      if (refund && this.printing?.state === "done") this.printOf("refund", { refund: refund.id }, refund.number);
    },

    // On paper ---------------------------------------------------------------------------

    printHere(kind) {
      if (!this.sale) return Promise.resolve();
      return this.printOf(kind, { order: this.sale.id }, this.sale.number);
    },

    // `of`: what the document is of, as the door calls it: { refund: 7 }
    printOf(kind, of, number) {
      return this.sendPrint({ kind, of, number, job: null });
    },

    async sendPrint(wanted) {
      if (this.printing?.state === "sending") return;
      const { kind, of, job } = wanted;
      const body = job ? { register: this.register.id, job } : { register: this.register.id, kind, ...of };
      this.printing = { ...wanted, state: "sending", message: "" };
      try {
        const answer = await api.post("print", body, { timeout: PRINTING });
        this.printing = { ...wanted, state: answer.status, message: answer.message, job: answer.job };
      } catch (error) {
        this.printing = { ...wanted, state: "failed", message: error.message };
        this.troubled(error);
      }
      if (this.printing.state !== "done") this.announce(this.printingText);
    },

    tryPrintAgain() {
      this.refocus();
      return this.sendPrint(this.printing);
    },

    forgetPrint() {
      this.printing = null;
      this.refocus();
    },

    get printingText() {
      if (!this.printing) return "";
      const { state, message, number } = this.printing;
      if (state === "sending") return text("printSending", { number });
      if (state === "done") return text("printDone", { number });
      return text("printWaits", { number, message });
    },

    // What went well need not be read once the next sale has begun.
    get isPrintingShown() {
      if (!this.printing) return false;
      return ["waiting", "failed"].includes(this.printing.state) || (this.sale !== null && this.isEmpty);
    },

    printGift() {
      if (!this.sale) return;
      if (this.register.has_printer) this.printHere("gift_receipt");
      else this.openReceipt({ gift: "1" });
      this.refocus();
    },

    // By email ---------------------------------------------------------------------------

    openMail() {
      if (!this.sale || !this.shop.user.rights.send_receipt) return;
      this.mailing.error = "";
      this.show("mail");
    },

    async sendMail() {
      if (this.mailing.isSending) return;
      this.mailing.isSending = true;
      this.mailing.error = "";
      try {
        const { order, address } = this.mailing;
        const sent = await api.post("mail", { order, address: address.trim() }, { timeout: MAILING });
        this.mailing.sentTo = sent.address;
        this.hide("mail");
        this.say(text("mailSent", { address: sent.address }));
      } catch (error) {
        this.mailing.error = error.message;
        this.troubled(error);
        this.focusIn(this.dialog("mail"));
      } finally {
        this.mailing.isSending = false;
      }
    },
  };
}
