// Names the search boxes that select2 draws, for people who hear the page.

function nameSearchBoxes(root) {
  for (const box of root.querySelectorAll(".select2-selection--multiple .select2-search__field")) {
    const select = box.closest(".select2")?.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${select.id}"]`);
    if (label && !box.hasAttribute("aria-label")) box.setAttribute("aria-label", label.textContent.trim());
    const list = box.closest(".select2-selection")?.querySelector("ul.select2-selection__rendered");
    if (!list) continue;
    list.setAttribute("role", "group");
    for (const choice of list.querySelectorAll(":scope > li")) choice.setAttribute("role", "presentation");
  }
}

// select2 draws them late and anew after every choice.
document.addEventListener("DOMContentLoaded", () => {
  if (!document.querySelector("select.admin-autocomplete[multiple]")) return;
  const form = document.querySelector("#content-main");
  new MutationObserver(() => nameSearchBoxes(form)).observe(form, { childList: true, subtree: true });
  nameSearchBoxes(form);
});
