// Adds up notes and coins in whole smallest units: no cent is lost to floating point.

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("#pos-count, #pos-close")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
    window.addEventListener("pageshow", () => delete form.dataset.sent);
  }
  markWrong();
  const counting = document.getElementById("pos-count");
  if (counting) addUpPieces(counting);
  showApproval();
});

function addUpPieces(form) {
  const decimals = Number(form.dataset.decimals);
  const total = form.querySelector("[name=counted_cash]");
  const counts = [...form.querySelectorAll("[data-value]")];

  function units(text) {
    const [whole, part = ""] = text.split(".");
    return BigInt(whole + part.padEnd(decimals, "0"));
  }

  function plain(sum) {
    const digits = sum.toString().padStart(decimals + 1, "0");
    return decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
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
    if (event) total.value = isUsed ? plain(sum) : ""; // A refused form comes back as it was typed.
  }

  counts.forEach((input, place) => {
    input.addEventListener("input", addUp);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // Enter counts on; it must not send the count by accident.
      (counts[place + 1] || total).focus();
    });
  });
  addUp();
}

function markWrong() {
  const errors = [...document.querySelectorAll(".pos-field .pos-error[id]")];
  for (const wrong of errors) {
    const field = document.getElementById(wrong.id.replace(/_error$/, ""));
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", wrong.id);
    if (wrong === errors[0]) field.focus();
  }
}

// A count that waits for a yes: the PIN comes next.
function showApproval() {
  const pin = document.getElementById("pos-pin");
  if (pin) {
    const chosen = document.querySelector("[name=approver]:checked");
    (chosen ? pin : document.querySelector("[name=approver]")).focus();
  } else document.getElementById("pos-approval")?.scrollIntoView({ block: "center" });
}
