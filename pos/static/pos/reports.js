// The reports: find one by its words, print one.

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("pos-reports-print")?.addEventListener("click", () => window.print());

  for (const each of document.querySelectorAll("[data-height]")) {
    each.style.height = `${each.dataset.height}px`;
  }

  // Select2, which may come later than we do, gives its inner field no name.
  for (const label of document.querySelectorAll(".pos-reports-found")) {
    const title = label.firstChild.textContent.trim();
    const name = () => {
      label.querySelector(".select2-selection__rendered")?.setAttribute("aria-label", title);
    };
    new MutationObserver(name).observe(label, { childList: true, subtree: true });
    name();
  }

  const search = document.getElementById("pos-reports-search");
  if (!search) return;
  const none = document.getElementById("pos-reports-none");
  const cards = [...document.querySelectorAll("[data-words]")];

  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) {
      card.hidden = !words.every((word) => card.dataset.words.includes(word));
    }
    for (const group of document.querySelectorAll(".pos-reports section")) {
      group.hidden = !group.querySelector("[data-words]:not([hidden])");
    }
    none.textContent = cards.every((card) => card.hidden) ? none.dataset.text : "";
  });
});
