// Amounts and quantities as whole numbers: minor units of the currency, thousandths of a piece.
// The server prices everything; here they are only shown, typed and subtracted.

const SCALE = 1000;

function scaled(text, digits) {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(text));
  if (!match) return null;
  const rest = (match[3] || "").replace(/0+$/, "");
  if (rest.length > digits) return null;
  const value = Number(match[2] + rest.padEnd(digits, "0"));
  if (!Number.isSafeInteger(value)) return null;
  return match[1] ? -value : value;
}

function unscaled(value, digits) {
  const sign = value < 0 ? "-" : "";
  const text = String(Math.abs(value)).padStart(digits + 1, "0");
  return digits ? `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}` : sign + text;
}

// "1,234.50", "1 234,5", "12,5": the last separator is the decimal one, unless it groups thousands.
function plainNumber(text, digits) {
  const clean = String(text).trim().replace(/[\s'’\u00a0\u202f]/g, "");
  if (!/^\d*(?:[.,]\d*)*$/.test(clean) || !/\d/.test(clean)) return null;
  const place = Math.max(clean.lastIndexOf("."), clean.lastIndexOf(","));
  if (place < 0) return clean;
  const tail = clean.slice(place + 1);
  const head = clean.slice(0, place).replace(/[.,]/g, "");
  const groups = tail.length === 3 && digits < 3 && head !== "" && head !== "0";
  return groups ? head + tail : `${head || "0"}.${tail}`;
}

// Quantities -----------------------------------------------------------------------------------

export const milli = (text) => scaled(text, 3);

export function quantityText(value) {
  return unscaled(value, 3).replace(/\.?0+$/, "");
}

// What a person typed, in thousandths; null when it is no quantity above zero.
export function typedQuantity(text, { weighed }) {
  const number = plainNumber(text, 3);
  const value = number === null ? null : scaled(number, 3);
  if (value === null || value <= 0) return null;
  return weighed || value % SCALE === 0 ? value : null;
}

export const pieces = (count) => count * SCALE;

// Money ----------------------------------------------------------------------------------------

export class Money {
  constructor({ currency, decimals, locale }) {
    this.decimals = decimals;
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    this.numbers = new Intl.NumberFormat(locale, digits);
    this.amounts = new Intl.NumberFormat(locale, { style: "currency", currency, ...digits });
    this.plainQuantity = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  }

  // "10.50" (the server's) -> 1050
  minor(text) {
    return scaled(text, this.decimals) ?? 0;
  }

  // 1050 -> "10.50"
  text(minor) {
    return unscaled(minor, this.decimals);
  }

  // What a person typed -> 1050, or null
  typed(text) {
    const number = plainNumber(text, this.decimals);
    return number === null ? null : scaled(number, this.decimals);
  }

  number(text) {
    return this.numbers.format(text);
  }

  amount(text) {
    return this.amounts.format(text);
  }

  quantity(text) {
    return this.plainQuantity.format(text);
  }

  // Amounts a customer is likely to hand over for `due`: exactly, and the next round sums.
  suggestions(due, notes) {
    const round = notes
      .map((note) => this.minor(note))
      .filter((note) => note > 0)
      .map((note) => Math.ceil(due / note) * note)
      .filter((sum) => sum > due);
    return [due, ...[...new Set(round)].sort((a, b) => a - b).slice(0, 4)];
  }
}

// A typed percentage as the server takes it ("12.5"), or null.
export function typedPercent(text) {
  const number = plainNumber(String(text).replace("%", ""), 3);
  const value = number === null ? null : scaled(number, 3);
  return value === null || value > 100 * SCALE ? null : quantityText(value);
}
