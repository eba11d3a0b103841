// Every key of the register. Keys never act on the page behind an open dialog.

const ACTIONS = {
  F2: (till) => till.goToField(),
  "Shift+F2": (till) => till.openDelivery(),
  F3: (till) => till.openCustomers(),
  "Shift+F3": (till) => till.openAccount(),
  F4: (till) => till.openPark(),
  "Shift+F4": (till) => till.openParked(),
  F6: (till) => till.openDiscount(),
  "Shift+F6": (till) => till.discountSelected(),
  F7: (till) => till.openPrice(till.selectedLine),
  F8: (till) => till.openPay(),
  "Shift+F8": (till) => till.openReturns(),
  F9: (till) => till.exactCash(),
  "Shift+F9": (till) => till.openDrawer(),
  F10: (till) => till.changeSeller(),
};
// In an empty field these act on the cart instead of being typed.
const EMPTY_FIELD = {
  "+": (till) => till.step(till.selectedLine, 1),
  "-": (till) => till.step(till.selectedLine, -1),
  "*": (till) => till.editQuantity(till.selectedLine),
  "?": (till) => till.show("help"),
  Delete: (till) => till.remove(till.selectedLine),
  ArrowUp: (till) => till.moveSelection(-1),
  ArrowDown: (till) => till.moveSelection(1),
};
const MOVES = (till) => ({
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: till.columns(),
  ArrowUp: -till.columns(),
});
// A scanner's next character follows within this time; a person's does not.
const SCANNER_GAP = 60;

const isPrintable = (event) => event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
const isTyping = (target) => target.matches?.("input, textarea, select, [contenteditable]");

export function keyboard({ root }) {
  let held = null;

  return {
    listen() {
      // Captured before Unfold's own shortcuts, which would act on "/", "[" and "?".
      window.addEventListener("keydown", (event) => this.onKey(event), true);
    },

    take(event) {
      event.preventDefault();
      event.stopImmediatePropagation();
    },

    onKey(event) {
      if (this.view !== "sell" || event.isComposing) return;
      const dialog = this.openDialog;
      if (dialog) {
        this.dialogKey(event, dialog.dataset.dialog);
        return;
      }
      if (!root().contains(event.target) && event.target !== document.body) return;
      const name = (event.shiftKey && event.key.startsWith("F") ? "Shift+" : "") + event.key;
      if (ACTIONS[name] && !event.repeat) {
        this.take(event);
        ACTIONS[name](this);
        return;
      }
      if (event.ctrlKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
        this.take(event);
        this.moveSelection(event.key === "ArrowUp" ? -1 : 1);
        return;
      }
      if (event.target === this.field) {
        this.holdCaret();
        this.fieldKey(event);
      } else if (!isTyping(event.target)) this.pageKey(event);
    },

    // Where a dialog closes under the mouse, Chromium leaves the caret in what shows there instead, and
    // the focused field takes no text.
    holdCaret() {
      const place = document.getSelection().anchorNode;
      if (!place || this.field.parentNode.contains(place)) return;
      this.field.blur();
      this.field.focus({ preventScroll: true });
    },

    fieldKey(event) {
      if (event.key === "Enter") {
        this.take(event);
        this.letGo();
        this.submitField();
      } else if (event.key === "Escape") {
        this.take(event);
        this.escape();
      } else if (!this.field.value && this.sale && isPrintable(event) && event.key.toLowerCase() === "p") {
        this.holdPrint(event);
      } else if (!this.field.value && !held && EMPTY_FIELD[event.key] && !event.ctrlKey && !event.altKey) {
        this.take(event);
        EMPTY_FIELD[event.key](this);
      } else if (this.field.value && this.tiles.length && ["ArrowUp", "ArrowDown"].includes(event.key)) {
        this.take(event);
        this.pick(MOVES(this)[event.key]);
      } else if (this.picked >= 0 && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
        this.take(event);
        this.pick(MOVES(this)[event.key]);
      } else if (isPrintable(event)) {
        this.letGo();
      }
    },

    // P prints the receipt, unless it is the first character of a scanned code.
    holdPrint(event) {
      this.take(event);
      const { key } = event;
      held = {
        key,
        timer: setTimeout(() => {
          held = null;
          this.printReceipt();
        }, SCANNER_GAP),
      };
    },

    letGo() {
      if (!held) return;
      clearTimeout(held.timer);
      this.field.value += held.key;
      held = null;
      this.typed();
    },

    escape() {
      if (this.isMenuOpen) this.isMenuOpen = false;
      else if (this.query || this.missed || this.shownQuery) this.clearSearch();
      else if (this.isSheetOpen) this.isSheetOpen = false;
      else if (this.opened) this.opened = null;
    },

    // Focus on a button or nowhere: typing and scanning still reach the field.
    pageKey(event) {
      const isTile = event.target.matches("[data-tile]");
      if (isTile && MOVES(this)[event.key]) {
        this.take(event);
        this.picked = Number(event.target.dataset.tile);
        this.pick(MOVES(this)[event.key]);
        this.$nextTick(() => this.find(`[data-tile="${this.picked}"]`)?.focus());
      } else if (event.key === "Escape") {
        this.take(event);
        this.escape();
        this.refocus();
      } else if (isPrintable(event) && event.key !== " ") {
        this.refocus();
        this.fieldKey(event);
      } else if (["Delete", "ArrowUp", "ArrowDown"].includes(event.key) && event.target === document.body) {
        this.take(event);
        EMPTY_FIELD[event.key](this);
        this.refocus();
      }
    },

    goToField() {
      this.refocus();
      this.field.select();
    },

    // In dialogs ---------------------------------------------------------------------------

    dialogKey(event, name) {
      const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
      if (name === "pay") this.payKey(event, digit);
      else if (name === "sizes" && digit && this.sizing?.sizes[digit - 1]) {
        this.take(event);
        this.chooseSize(this.sizing.sizes[digit - 1]);
      } else if (name === "pending" && event.key === "Escape") {
        this.take(event);
        this.askToCancel();
      } else if (/^F\d+$/.test(event.key)) this.take(event);
      else if (!isTyping(event.target) && ["?", "/", "["].includes(event.key)) this.take(event);
    },

    payKey(event, digit) {
      const isMethod = event.target.matches("[data-pay-method]");
      const isReference = event.target.matches("[data-pay-reference]");
      const letter = isPrintable(event) && !isReference ? this.methodKeys.indexOf(event.key.toUpperCase()) : -1;
      if (letter >= 0) {
        this.take(event);
        this.chooseMethod(this.methods[letter].code);
      } else if (digit && !isTyping(event.target)) {
        // Focused at once, so that this very digit is typed there.
        this.focusOn(this.dialog("pay").querySelector("[data-pay-amount]"));
      } else if (isMethod && ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].includes(event.key)) {
        this.take(event);
        const all = [...this.dialog("pay").querySelectorAll("[data-pay-method]")];
        const step = ["ArrowRight", "ArrowDown"].includes(event.key) ? 1 : -1;
        all[(all.indexOf(event.target) + step + all.length) % all.length].focus();
      } else if (event.key === "Enter" && (isTyping(event.target) || event.target.matches("[data-pay-method-chosen]"))) {
        this.take(event);
        if (!event.repeat) this.takePayment();
      } else if (/^F\d+$/.test(event.key)) {
        this.take(event);
      }
    },
  };
}
