// Keeps the list of what waits as it is now, without taking away what somebody is typing.

const EVERY = 3000;

document.addEventListener("DOMContentLoaded", () => {
  const page = document.getElementById("pos-approvals");
  const spoken = document.getElementById("pos-approvals-spoken");
  if (!page) return;

  // Cards keep their place and their half-written notes: new ones come, answered ones go.
  function takeCards(name, fresh) {
    const list = page.querySelector(`[data-cards="${name}"]`);
    const now = new Map([...fresh.querySelectorAll(`[data-cards="${name}"] > li`)].map((card) => [card.dataset.id, card]));
    let isFocusLost = false;
    for (const card of [...list.children]) {
      if (now.has(card.dataset.id)) {
        now.delete(card.dataset.id);
        continue;
      }
      isFocusLost ||= card.contains(document.activeElement);
      card.remove();
    }
    for (const card of now.values()) list.append(document.adoptNode(card));
    if (isFocusLost) page.querySelector("h2").focus();
    return now.size;
  }

  function take(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    if (!fresh.querySelector("[data-cards]")) {
      location.reload(); // Signed out, or something else that needs a look.
      return;
    }
    const added = takeCards("mine", fresh);
    takeCards("others", fresh);
    const replaced = ["[data-count]", "[data-recent]"];
    for (const selector of replaced) {
      const [old, now] = [page.querySelector(selector), fresh.querySelector(selector)];
      if (old.textContent !== now.textContent && !old.contains(document.activeElement)) old.replaceWith(now);
    }
    for (const selector of ['[data-empty="mine"]', "[data-others]"]) {
      page.querySelector(selector).hidden = fresh.querySelector(selector).hidden;
    }
    if (added) spoken.textContent = page.dataset.new;
    else spoken.textContent = "";
  }

  async function look() {
    try {
      const answer = await fetch(page.dataset.url, { credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) location.reload();
      else if (answer.ok) take(await answer.text());
    } catch {
      // No connection: the next look may have one.
    }
    setTimeout(look, EVERY);
  }

  setTimeout(look, EVERY);
});
