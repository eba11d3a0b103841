// What Unfold and select2 leave out for people who use the keyboard, or hear the page.

// Menus and the filters open by links without an address, which no key reaches.
document.addEventListener("DOMContentLoaded", () => {
  for (const opener of document.querySelectorAll("a[x-on\\:click]:not([href])")) {
    opener.setAttribute("role", "button");
    opener.tabIndex = 0;
  }
});

// What they open stands elsewhere on the page: the key that opens it leads there, Escape leads back.
function menuOf(opener) {
  if (opener.getAttribute("x-on:click").includes("filterOpen")) return document.querySelector("#changelist-filter");
  return opener.parentElement.querySelector("template[x-teleport]")?._x_teleport;
}

document.addEventListener("keydown", (event) => {
  if (!["Enter", " "].includes(event.key) || !event.target.matches?.('a[role="button"]:not([href])')) return;
  event.preventDefault();
  event.target.click();
  const menu = menuOf(event.target);
  if (menu) setTimeout(() => menu.querySelector("a, input, select")?.focus(), 50);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest?.("body > nav, #changelist-filter")) return;
  const openers = [...document.querySelectorAll('a[role="button"]:not([href])')];
  const opener = openers.find((each) => menuOf(each)?.contains(event.target));
  if (event.target.closest("nav")) opener?.click(); // the filters close by themselves
  opener?.focus();
});

// Names the search boxes that select2 draws.

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
