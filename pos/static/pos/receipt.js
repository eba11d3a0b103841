// The receipt page: every print is counted before the paper moves, so copies say that they are.

(() => {
  // Before the first paint: the theme chosen in the admin, which Alpine keeps there.
  const chosen = (localStorage.getItem("adminTheme") || "").replaceAll('"', "");
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = chosen === "dark" || (chosen !== "light" && prefersDark);
  document.documentElement.classList.toggle("dark", isDark);
})();

document.addEventListener("DOMContentLoaded", () => {
  const page = document.body.dataset;
  const slip = document.getElementById("pos-slip");
  const notice = document.getElementById("pos-notice");
  const button = document.getElementById("pos-print");
  const back = document.getElementById("pos-back");
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const paper = getComputedStyle(document.documentElement).getPropertyValue("--pos-paper").trim();
  const pageSize = document.head.appendChild(document.createElement("style"));
  let next = Number(page.nextPrint);
  let isCounted = false;

  function mark(number) {
    next = number + 1;
    if (number < 2) return;
    let marker = slip.querySelector(".pos-slip-marker");
    if (!marker) {
      marker = document.createElement("p");
      marker.className = "pos-slip-marker";
      slip.querySelector(".pos-slip-header").after(marker);
    }
    marker.textContent = page.copyText.replace("{n}", number);
  }

  function fitPaper() {
    const height = Math.ceil((slip.getBoundingClientRect().height / 96) * 25.4) + 2;
    pageSize.textContent = `@page { size: ${paper} ${height}mm; margin: 0; }`;
  }

  function settle(status, answer) {
    const isRefused = status >= 400 && status < 500;
    isCounted = !isRefused;
    if (status === 200) {
      notice.textContent = "";
      mark(answer.print);
      return true;
    }
    notice.textContent = isRefused ? page.refused : page.notCounted;
    if (!isRefused) mark(next); // The customer waits: print, marked as well as we know.
    return !isRefused;
  }

  async function countAndPrint() {
    if (!page.printedUrl) {
      // A gift receipt proves no payment: it is not counted.
      back.focus();
      window.print();
      return;
    }
    button.disabled = true;
    let status = 0;
    let answer = null;
    try {
      const response = await fetch(page.printedUrl, { method: "POST", headers: { "X-CSRFToken": token } });
      status = response.status;
      answer = status === 200 ? await response.json() : null;
    } catch {
      // No network: settle() prints all the same.
    }
    button.disabled = false;
    // Enter printed; the next Enter starts the next sale. Some browsers print later than this line.
    (settle(status, answer) ? back : button).focus();
    if (isCounted) window.print();
    window.setTimeout(() => (isCounted = false), 1000); // Where afterprint never comes.
  }

  // Ctrl+P passes by the button; only a request that waits is counted before the page is laid out.
  function countNow() {
    const request = new XMLHttpRequest();
    try {
      request.open("POST", page.printedUrl, false);
      request.setRequestHeader("X-CSRFToken", token);
      request.send();
      settle(request.status, request.status === 200 ? JSON.parse(request.responseText) : null);
    } catch {
      settle(0, null);
    }
  }

  window.addEventListener("beforeprint", () => {
    if (!isCounted && page.printedUrl) countNow();
    isCounted = true;
    fitPaper();
  });
  window.addEventListener("afterprint", () => {
    isCounted = false;
  });
  button.addEventListener("click", countAndPrint);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) back.click();
  });
  button.focus();
  fitPaper();

  if (page.printAtOnce === "1") {
    const address = new URL(window.location.href);
    address.searchParams.delete("print"); // A reload must not print again.
    window.history.replaceState(null, "", address);
    if (document.readyState === "complete") countAndPrint();
    else window.addEventListener("load", countAndPrint);
  }
});
