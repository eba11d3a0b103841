// Adds up notes and coins in whole smallest units: no cent is lost to floating point.

document.addEventListener("DOMContentLoaded", () => {
  const printer = document.getElementById("pos-print");
  if (printer) printer.addEventListener("click", () => window.print());

  const form = document.getElementById("pos-count");
  if (!form) return;
  const decimals = Number(form.dataset.decimals);
  const total = form.querySelector("[name=counted_cash]");
  const difference = document.getElementById("pos-difference");
  const counts = [...form.querySelectorAll("[data-value]")];

  function units(text) {
    const [, minus, whole, part] = /^\s*(-?)(\d*)(?:\.(\d*))?\s*$/.exec(text) || [];
    if (whole === undefined || (!whole && !part) || (part || "").length > decimals) return null;
    const sum = BigInt((whole || "0") + (part || "").padEnd(decimals, "0"));
    return minus ? -sum : sum;
  }

  function plain(sum) {
    const digits = (sum < 0n ? -sum : sum).toString().padStart(decimals + 1, "0");
    const text = decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
    return sum < 0n ? `-${text}` : text;
  }

  function compare() {
    if (!difference) return;
    const counted = units(total.value);
    const expected = units(form.dataset.expected);
    difference.className = "pos-difference";
    difference.textContent = "";
    if (counted === null || expected === null) return;
    const off = counted - expected;
    const kind = off === 0n ? "exact" : off < 0n ? "short" : "over";
    difference.classList.add(`pos-difference--${kind}`);
    const words = form.dataset[kind];
    difference.textContent = off === 0n ? words : `${plain(off < 0n ? -off : off)} ${words}`;
  }

  function addUp(event) {
    let sum = 0n;
    let isUsed = false;
    for (const input of counts) {
      input.value = input.value.replace(/\D/g, "");
      const number = BigInt(input.value || "0");
      const worth = number * units(input.dataset.value);
      input.nextElementSibling.textContent = number ? plain(worth) : "";
      isUsed ||= input.value !== "";
      sum += worth;
    }
    if (isUsed && event) total.value = plain(sum); // A refused form comes back as it was typed.
    compare();
  }

  counts.forEach((input, place) => {
    input.addEventListener("input", addUp);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // Enter counts on; it must not close the session by accident.
      (counts[place + 1] || total).focus();
    });
  });
  total.addEventListener("input", compare);
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
  // A count that waits for a yes: the PIN comes next; another count is asked about anew.
  const pin = document.getElementById("pos-pin");
  if (pin) {
    const chosen = form.querySelector("[name=approver]:checked");
    (chosen ? pin : form.querySelector("[name=approver]")).focus();
  } else document.getElementById("pos-approval")?.scrollIntoView({ block: "center" });
  const wrong = document.getElementById("pos-counted-error");
  if (wrong) {
    total.setAttribute("aria-invalid", "true");
    total.setAttribute("aria-describedby", wrong.id);
    total.focus();
  }
  addUp();
});
