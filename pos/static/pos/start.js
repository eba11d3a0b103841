// Keeps the start page up to date while somebody looks at it, without moving anything under their hands.

document.addEventListener("DOMContentLoaded", () => {
  const EVERY = 60000;
  const page = document.getElementById("pos-start");
  const spoken = page?.querySelector("[data-spoken]");
  if (!page) return;
  let looked = Date.now();
  let isLooking = false;

  // Unfold's chart has no word for it.
  window.addEventListener("load", () => setTimeout(() => {
    for (const canvas of page.querySelectorAll("canvas.chart")) {
      const chart = window.Chart?.getChart(canvas);
      if (!chart) continue;
      chart.options.scales.y.beginAtZero = true;
      chart.update();
    }
  }));

  const store = page.querySelector(".pos-start-store select");
  store?.addEventListener("change", () => store.form.submit());

  // The drawn chart stays and takes the new figures: another canvas would flicker.
  function takeChart(card, fresh) {
    const [old, now] = [card.querySelector("canvas.chart"), fresh.querySelector("canvas.chart")];
    const chart = old && window.Chart?.getChart(old);
    if (!chart || !now) return;
    if (old.dataset.value !== now.dataset.value) {
      const data = JSON.parse(now.dataset.value);
      chart.data.labels = data.labels;
      chart.data.datasets.forEach((set, place) => (set.data = data.datasets[place]?.data ?? []));
      old.dataset.value = now.dataset.value;
      chart.update();
    }
    now.replaceWith(old);
  }

  function addressOfFocus() {
    const link = document.activeElement?.closest?.("[data-start] a");
    return link && { card: link.closest("section")?.id, href: link.getAttribute("href") };
  }

  function take(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-start]");
    if (!fresh) {
      location.reload(); // Signed out, or something else that needs a look.
      return;
    }
    const focus = addressOfFocus();
    const [top, left] = [window.scrollY, window.scrollX];
    const charts = [...page.querySelectorAll("canvas.chart")];
    for (const card of page.querySelectorAll("[data-start] section")) {
      const now = card.id && fresh.querySelector(`#${card.id}`);
      if (now) takeChart(card, now);
    }
    const isDrawn = [...fresh.querySelectorAll("canvas.chart")].every((canvas) => charts.includes(canvas));
    const told = page.querySelector("span[data-updated]");
    // A chart that was not there before, or figures where the guide was until now.
    if (!isDrawn || Boolean(told) !== Boolean(fresh.dataset.updated)) {
      location.reload();
      return;
    }
    if (told) {
      told.textContent = fresh.dataset.updated;
      page.querySelector("span[data-days]").textContent = fresh.dataset.days;
    }
    page.querySelector("[data-start]").replaceWith(document.adoptNode(fresh));
    for (const canvas of charts.filter((each) => each.isConnected)) window.Chart?.getChart(canvas)?.resize();
    window.scrollTo(left, top);
    if (!focus) return;
    const links = [...page.querySelectorAll(`${focus.card ? `#${focus.card} ` : ""}a`)];
    links.find((link) => link.getAttribute("href") === focus.href)?.focus({ preventScroll: true });
  }

  async function look() {
    if (isLooking) return;
    isLooking = true;
    try {
      const answer = await fetch(page.dataset.url, { credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) location.reload();
      else if (answer.ok) {
        take(await answer.text());
        looked = Date.now();
        spoken.textContent = "";
      }
    } catch {
      spoken.textContent = spoken.dataset.lost; // The next look may have a connection.
    }
    isLooking = false;
  }

  function lookWhenDue() {
    if (document.visibilityState === "visible" && Date.now() - looked >= EVERY) look();
  }

  page.querySelector("[data-refresh]")?.addEventListener("click", async () => {
    await look();
    if (!spoken.textContent) spoken.textContent = spoken.dataset.done;
  });
  document.addEventListener("visibilitychange", lookWhenDue);
  setInterval(lookWhenDue, EVERY);
});
