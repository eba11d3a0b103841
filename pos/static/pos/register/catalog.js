// The products: categories, tiles, searching, sizes and weights.

import { quantityText, typedQuantity } from "./money.js";

const WAIT = 120;
const FRESH = 60_000;

// A tile's colour, darkened until white lettering on it can be read (3:1 for large type).
const shades = new Map();

function luminance([red, green, blue]) {
  const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function readable(colour) {
  if (!/^#[0-9a-f]{6}$/i.test(colour || "")) return "#64748b";
  let parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  while (1.05 / (luminance(parts) + 0.05) < 3.1) parts = parts.map((part) => part * 0.94);
  const hex = parts.map((part) => Math.round(part * 255).toString(16).padStart(2, "0"));
  return `#${hex.join("")}`;
}

export function catalog({ api, text, money }) {
  let timer = null;
  let request = null;
  let observer = null;
  const seen = new Map();

  return {
    category: "",
    query: "",
    tiles: [],
    nextPage: null,
    isLoadingTiles: false,
    tilesError: "",
    shownQuery: "",
    picked: -1,
    isSheetOpen: false,
    isSheetForSearch: false,
    sizing: null,
    sizingQuantity: null,
    weighing: { product: null, line: null, text: "", error: "" },

    get categories() {
      return [
        { id: "", name: text("all") },
        { id: "favourites", name: text("favourites") },
        ...(this.shop?.categories || []),
      ];
    },

    chooseCategory(id) {
      this.category = id;
      this.clearField();
      this.loadTiles({ fresh: true });
      this.refocus();
    },

    // Called for every key in the field.
    typed() {
      this.query = this.field.value;
      this.picked = -1;
      this.missed = this.warned = "";
      clearTimeout(timer);
      if (this.searchText) timer = setTimeout(() => this.loadTiles(), WAIT);
      else if (this.shownQuery) this.loadTiles();
    },

    // What to search for: the field without a quantity in front; one sign is too little.
    get searchText() {
      const words = this.query.replace(/^\s*[\d.,]+\s*\*\s*/, "").trim();
      return words.length >= 2 ? words : "";
    },

    clearField() {
      clearTimeout(timer);
      if (this.field) this.field.value = "";
      this.query = "";
      this.picked = -1;
      this.missed = "";
    },

    // On a telephone the results cover the cart; it comes back with the end of the search.
    clearSearch() {
      this.clearField();
      if (this.isSheetForSearch) this.isSheetOpen = this.isSheetForSearch = false;
      if (this.shownQuery) this.loadTiles();
    },

    async loadTiles({ fresh = false, page = 1 } = {}) {
      const words = this.searchText;
      const place = words ? null : `${this.register.id}/${this.category}`;
      const known = place && page === 1 && !fresh ? seen.get(place) : null;
      request?.abort();
      if (known && Date.now() - known.at < FRESH) {
        Object.assign(this, { tiles: known.tiles, nextPage: known.next, shownQuery: "", isLoadingTiles: false });
        return;
      }
      const mine = (request = new AbortController());
      this.isLoadingTiles = true;
      this.tilesError = "";
      if (page === 1 && !words && this.shownQuery === "") this.tiles = fresh && !seen.has(place) ? [] : this.tiles;
      try {
        const answer = await api.get("products", this.tileParameters(words, page), { signal: mine.signal });
        if (mine !== request) return;
        this.tiles = page === 1 ? answer.results : [...this.tiles, ...answer.results];
        this.nextPage = answer.next;
        this.shownQuery = words;
        if (words && page === 1) this.openResults();
        if (place) seen.set(place, { tiles: this.tiles, next: this.nextPage, at: Date.now() });
      } catch (error) {
        if (error.code === "aborted" || mine !== request) return;
        this.tilesError = error.message;
      }
      this.isLoadingTiles = false;
    },

    tileParameters(words, page) {
      const filter = words
        ? { q: words }
        : this.category === "favourites"
          ? { favourites: 1 }
          : { category: this.category };
      return { ...filter, register: this.register.id, group: 1, page };
    },

    openResults() {
      this.picked = -1;
      this.isSheetForSearch ||= !this.isSheetOpen;
      this.isSheetOpen = true;
      this.announce(text(this.tiles.length === 1 ? "oneFound" : "manyFound", { count: this.tiles.length }));
    },

    refreshTiles() {
      seen.clear();
      this.loadTiles({ fresh: true });
    },

    watchEnd() {
      const end = this.find("[data-end-of-tiles]");
      observer?.disconnect();
      observer = new IntersectionObserver(
        ([entry]) => {
          if (entry.isIntersecting && this.nextPage && !this.isLoadingTiles) {
            this.loadTiles({ page: this.nextPage });
          }
        },
        { root: end.closest("[data-tiles-scroll]"), rootMargin: "400px" },
      );
      observer.observe(end);
    },

    // How a tile reads ---------------------------------------------------------------------

    sizesOf(tile) {
      return tile.sizes?.length > 1 ? tile.sizes : [];
    },

    sizeText(tile) {
      const sizes = this.sizesOf(tile).map((each) => each.size);
      if (!sizes.length) return tile.sold_by === "weight" ? text("byWeight") : tile.size;
      const between = sizes.some((size) => size.includes(" ")) ? ", " : " ";
      return sizes.length <= 5 ? sizes.join(between) : `${sizes[0]} – ${sizes[sizes.length - 1]}`;
    },

    priceText(tile) {
      const prices = [...new Set(this.sizesOf(tile).map((each) => each.price))];
      if (prices.length > 1) {
        const lowest = prices.reduce((low, each) => (money().minor(each) < money().minor(low) ? each : low));
        return text("from", { price: money().number(lowest) });
      }
      const price = money().number(prices[0] ?? tile.price);
      return tile.sold_by === "weight" ? text("perKilogram", { price }) : price;
    },

    stockState(tile) {
      const all = this.sizesOf(tile);
      if (!all.length) return tile.stock_state;
      if (all.every((each) => each.stock_state === "out")) return "out";
      return all.every((each) => each.stock_state !== "ok") ? "low" : "ok";
    },

    stockText(tile) {
      const state = this.stockState(tile);
      if (state === "out") return text("out");
      if (state !== "low") return "";
      const left = this.sizesOf(tile).length ? null : tile.stock;
      return left === null ? text("few") : text("left", { count: money().quantity(left) });
    },

    tileColour(tile) {
      if (!shades.has(tile.colour)) shades.set(tile.colour, readable(tile.colour));
      return shades.get(tile.colour);
    },

    // Choosing -----------------------------------------------------------------------------

    columns() {
      const tiles = this.findAll("[data-tile]");
      const top = tiles[0]?.offsetTop;
      return Math.max(1, tiles.filter((each) => each.offsetTop === top).length);
    },

    pick(step) {
      if (!this.tiles.length) return;
      const wanted = this.picked < 0 ? (step > 0 ? 0 : this.tiles.length - 1) : this.picked + step;
      this.picked = Math.min(Math.max(wanted, 0), this.tiles.length - 1);
      this.$nextTick(() => {
        this.find(`[data-tile="${this.picked}"]`)?.scrollIntoView({ block: "nearest" });
        this.announce(`${this.tiles[this.picked].name}, ${this.priceText(this.tiles[this.picked])}`);
      });
    },

    // One article: into the cart. Several sizes: ask which. By weight: ask how much.
    chooseTile(tile, quantity = null) {
      if (this.query === this.shownQuery || !this.query) this.clearSearch();
      if (this.sizesOf(tile).length) {
        this.sizing = tile;
        this.sizingQuantity = quantity;
        this.show("sizes");
      } else {
        this.chooseProduct(tile, quantity);
      }
    },

    chooseSize(product) {
      this.hide("sizes");
      this.chooseProduct(product, this.sizingQuantity);
    },

    // Never touches the field while it holds something: the next scan may be half typed.
    chooseProduct(product, quantity = null) {
      if (product.sold_by === "weight" && quantity === null) {
        this.weigh({ product });
        return;
      }
      this.add(product, quantity);
      this.refocus();
    },

    weigh({ product, line = null }) {
      this.weighing = { product, line: line?.uid ?? null, text: line ? line.quantity : "", error: "" };
      this.show("weight");
    },

    takeWeight() {
      const value = typedQuantity(this.weighing.text, { weighed: true });
      if (value === null || value > 999_999) {
        this.weighing.error = text("weightWrong");
        this.focusIn(this.dialog("weight"));
        return;
      }
      const { product, line } = this.weighing;
      this.hide("weight");
      if (line) this.setQuantity(this.lineOf(line), value);
      else this.chooseProduct(product, quantityText(value));
    },
  };
}
