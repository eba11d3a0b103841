// Dialogs, messages and where the focus goes. Real <dialog> elements: the browser traps the focus.

const TOAST_SECONDS = 6;

export function dialogs({ root, text }) {
  let answer = null;
  let toastTimer = null;
  let lastPointer = "mouse";

  return {
    question: { title: "", message: "", yes: "", no: "" },
    toast: null,
    spoken: "",
    warned: "",

    watchPointers() {
      window.addEventListener("pointerdown", (event) => (lastPointer = event.pointerType), true);
    },

    // Where a focused field would bring up the screen keyboard.
    get isTouched() {
      return lastPointer !== "mouse";
    },

    // Not $root: Alpine finds it from the clicked element, which may be gone by then.
    find(selector) {
      return root().querySelector(selector);
    },

    findAll(selector) {
      return [...root().querySelectorAll(selector)];
    },

    get field() {
      return this.find("[data-scan-field]");
    },

    dialog(name) {
      return this.find(`[data-dialog="${name}"]`);
    },

    get openDialog() {
      return this.find("dialog[open]");
    },

    show(name) {
      const dialog = this.dialog(name);
      if (!dialog.open) dialog.showModal();
      this.soon(() => this.focusIn(dialog));
    },

    // After Alpine's next rendering, yet before the next key: Alpine's $nextTick is later than that.
    soon(action) {
      queueMicrotask(() => queueMicrotask(action));
    },

    focusIn(dialog) {
      const target = dialog.querySelector("[data-focus]:not([disabled])");
      if (target && dialog.open) this.focusOn(target);
    },

    // What x-show is about to show takes the focus a moment later; text typed meanwhile stays.
    focusOn(target) {
      const focus = () => {
        if (document.activeElement === target) return;
        target.focus();
        target.select?.();
      };
      focus();
      if (document.activeElement === target) target.select?.();
      else this.$nextTick(focus);
    },

    hide(name) {
      const dialog = this.dialog(name);
      if (dialog?.open) dialog.close();
    },

    // The scan field always gets the focus back; by touch without opening the screen keyboard.
    refocus() {
      if (this.view !== "sell" || this.openDialog) return;
      const field = this.field;
      if (!field) return;
      field.inputMode = this.isTouched ? "none" : "text";
      field.focus({ preventScroll: true });
    },

    // Asks and waits; true for yes. Escape is no.
    ask(title, message, yes, no = text("cancel")) {
      this.question = { title, message, yes, no };
      this.show("question");
      return new Promise((resolve) => (answer = resolve));
    },

    answerQuestion(value) {
      const resolve = answer;
      answer = null;
      this.hide("question");
      resolve?.(value);
    },

    say(message, undo = null) {
      clearTimeout(toastTimer);
      this.toast = { message, undo };
      this.announce(message);
      toastTimer = setTimeout(() => (this.toast = null), TOAST_SECONDS * 1000);
    },

    undoToast() {
      const undo = this.toast?.undo;
      this.toast = null;
      undo?.();
      this.refocus();
    },

    // The same words twice in a row are read twice only when the region was emptied between.
    announce(message) {
      this.spoken = "";
      this.$nextTick(() => (this.spoken = message));
    },

    warn(message) {
      this.warned = "";
      this.$nextTick(() => (this.warned = message));
    },
  };
}
