// The customer's screen. It asks for the picture twice a second; a register in the same browser
// tells it at once. Everything is put on the page as text.

const EVERY = 500;
const LOST_AFTER = 3; // questions without an answer
const STALE = 60_000;

const page = document.body.dataset;
const amounts = new Intl.NumberFormat(page.locale, {
  style: "currency",
  currency: page.currency,
  minimumFractionDigits: Number(page.decimals),
  maximumFractionDigits: Number(page.decimals),
});
const quantities = new Intl.NumberFormat(page.locale, { maximumFractionDigits: 3 });
let version = null;
let missed = 0;
let heardAt = 0; // when the register in this browser last spoke

const find = (selector) => document.querySelector(selector);

function lineOf({ name, quantity, amount }) {
  const line = document.createElement("li");
  for (const [kind, text] of [
    ["quantity", `${quantities.format(quantity)} ×`],
    ["name", name],
    ["amount", amounts.format(amount)],
  ]) {
    const part = document.createElement(kind === "name" ? "bdi" : "span");
    part.className = kind;
    part.textContent = text;
    line.append(part);
  }
  return line;
}

function showSums(section, state) {
  section.querySelector("[data-total]").textContent = amounts.format(state.total ?? 0);
  for (const row of section.querySelectorAll("[data-sum]")) {
    const figure = state[row.dataset.sum];
    row.hidden = figure === undefined || figure === null || Number(figure) === 0;
    if (row.dataset.sum === "change") row.hidden = figure === undefined || figure === null;
    if (!row.hidden) {
      const sign = row.dataset.sum === "discount" ? "−" : "";
      row.querySelector("dd").textContent = sign + amounts.format(figure);
    }
  }
}

function showLines(state) {
  const list = find(".cart ul");
  list.replaceChildren(...state.lines.map(lineOf));
  list.lastElementChild?.classList.add("newest");
  const more = find(".more");
  more.hidden = !state.more;
  more.textContent = more.dataset.more.replace("{count}", state.more);
  const box = find(".lines");
  box.scrollTop = box.scrollHeight;
}

function showCode(code) {
  const figure = find("figure");
  figure.hidden = !code?.path;
  if (figure.hidden) return;
  figure.querySelector("svg").setAttribute("viewBox", `0 0 ${code.size} ${code.size}`);
  figure.querySelector("path").setAttribute("d", code.path);
}

function show(state) {
  const kind = state?.kind ?? "idle";
  if (kind === "cart") {
    showSums(find(".cart"), state);
    showLines(state);
  } else if (kind === "done") {
    showSums(find(".done"), state);
    showCode(state.code);
  }
  page.kind = kind;
}

function answered(isThere) {
  missed = isThere ? 0 : missed + 1;
  find(".lost").hidden = missed < LOST_AFTER;
}

async function ask() {
  try {
    const query = version === null ? "" : `?since=${version}`;
    const stop = AbortSignal.timeout(5_000);
    const options = { credentials: "omit", cache: "no-store", signal: stop };
    const response = await fetch(page.stateUrl + query, options);
    if (response.status === 404) {
      // Its address was renewed: nothing of the shop stays on a screen that has no register.
      show(null);
      version = null;
    }
    if (!response.ok) throw new Error(String(response.status));
    if (response.status === 200) {
      const answer = await response.json();
      // What the register in this browser has just told is newer than what the shop knows.
      if (Date.now() - heardAt > 1.5 * EVERY) {
        version = answer.version;
        show(answer.state);
      }
    }
    answered(true);
  } catch {
    answered(false);
  }
  setTimeout(ask, EVERY);
}

if ("BroadcastChannel" in window) {
  new BroadcastChannel(page.channel).addEventListener("message", ({ data }) => {
    heardAt = Date.now();
    version = null; // the next answer is looked at, whatever its version
    show(data.kind === "idle" ? null : data);
  });
  // A register that went away without a word.
  setInterval(() => {
    if (heardAt && missed >= LOST_AFTER && Date.now() - heardAt > STALE) show(null);
  }, 5_000);
}
ask();
