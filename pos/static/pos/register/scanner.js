// The one field: scanned codes wait in line, so that a fast scanner never loses one.

import { milli, pieces, quantityText, typedQuantity } from "./money.js";

const SURE = pieces(999);
const LIMIT = pieces(99_999);

export function scanner({ api, text }) {
  const queue = [];
  let isBusy = false;
  let work = null;
  let misses = 0;

  return {
    missed: "",
    waiting: 0,
    isNarrow: window.matchMedia("(max-width: 720px)").matches,

    // Enter in the field.
    submitField() {
      const words = this.field.value.trim();
      if (!words) {
        if (this.sale) this.newSale();
        return;
      }
      const tile = this.picked >= 0 ? this.tiles[this.picked] : null;
      const [, amount, rest] = /^([\d.,]+)\s*\*\s*(.*)$/.exec(words) || [null, null, words];
      const quantity = amount === null ? null : typedQuantity(amount, { weighed: true });
      if (amount !== null && (quantity === null || !rest.trim() || quantity > LIMIT)) {
        this.miss(text("quantityWrong"), words);
        return;
      }
      this.clearField();
      if (tile) {
        this.chooseTile(tile, quantity === null ? null : quantityText(quantity));
        return;
      }
      queue.push({ words, code: rest.trim(), quantity });
      this.waiting = queue.length;
      if (!isBusy) work = this.workOff();
    },

    // Paying and parking wait for what was scanned; false when one of the scans went wrong.
    async settled() {
      const before = misses;
      if (isBusy) await work;
      return misses === before && !this.openDialog;
    },

    async workOff() {
      isBusy = true;
      try {
        while (queue.length) {
          await this.lookUp(queue[0]);
          queue.shift();
          this.waiting = queue.length;
        }
      } finally {
        isBusy = false;
        queue.length = 0;
        this.waiting = 0;
      }
    },

    async lookUp({ words, code, quantity }) {
      let product = null;
      try {
        product = await api.get("scan", { code, register: this.register.id });
      } catch (error) {
        if (error.code !== "not_found") {
          this.miss(error.isLost ? text("scanLost", { code }) : error.message, words);
          this.troubled(error);
          return;
        }
      }
      if (product) await this.found(product, quantity);
      else await this.searchInstead({ words, code, quantity });
    },

    async found(product, quantity) {
      if (quantity !== null && !(await this.isSensible(product, quantity))) return;
      this.chooseProduct(product, quantity === null ? null : quantityText(quantity));
      if (!this.query && this.shownQuery) this.clearSearch();
    },

    // No such code: a name, perhaps. The only match is taken, several are shown.
    async searchInstead({ words, code, quantity }) {
      let answer = { results: [] };
      if (/\p{L}/u.test(code) && code.length >= 2) {
        try {
          answer = await api.get("products", { q: code, register: this.register.id, group: 1, page: 1 });
        } catch (error) {
          this.miss(error.message, words);
          return;
        }
      }
      const amount = quantity === null ? null : quantityText(quantity);
      if (answer.results.length === 1) {
        this.chooseTile(answer.results[0], amount);
      } else if (answer.results.length > 1 && !this.field.value) {
        this.field.value = words;
        this.query = words;
        Object.assign(this, { tiles: answer.results, nextPage: answer.next, shownQuery: code, isLoadingTiles: false });
        this.openResults();
        this.picked = 0;
        this.refocus();
      } else {
        this.miss(text("miss", { code }), words);
      }
    },

    // A barcode typed where a quantity belongs must not sell a million shirts.
    async isSensible(product, quantity) {
      if (product.sold_by === "unit" && quantity % pieces(1) !== 0) {
        this.miss(text("wholePieces", { name: product.name }), "");
        return false;
      }
      if (quantity > LIMIT) {
        this.miss(text("quantityWrong"), "");
        return false;
      }
      if (quantity <= SURE) return true;
      const message = text("reallyMany", { count: quantityText(quantity), name: product.name });
      return this.ask(text("checkQuantity"), message, text("yesAdd"));
    },

    // The text comes back selected, so that the next scan replaces it, unless one is under way.
    miss(message, words) {
      misses += 1;
      this.missed = message;
      this.warn(message);
      this.play("miss");
      this.refocus();
      if (!words || this.field.value) return;
      this.field.value = words;
      this.query = words;
      this.field.select();
    },

    // Quantities of a line -----------------------------------------------------------------

    async typedLineQuantity(line, typed) {
      const value = typedQuantity(typed, { weighed: line.product.sold_by === "weight" });
      this.editing = null;
      this.refocus();
      if (value === null) {
        if (milli(typed.replace(",", ".")) === 0) this.remove(line);
        else this.miss(text("quantityWrong"), "");
      } else if (await this.isSensible(line.product, value)) {
        this.setQuantity(line, value);
      }
    },
  };
}
