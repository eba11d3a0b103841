// The deliveries' page: one dialog per step, and choosing several to send out at once.

document.addEventListener("DOMContentLoaded", () => {
  const page = document.querySelector("[data-deliveries]");
  if (!page) return;
  const dialogOf = (name) => page.querySelector(`[data-dialog="${name}"]`);
  const picks = [...page.querySelectorAll("[data-pick]")];
  const all = page.querySelector("[data-all]");
  const mass = page.querySelector("[data-mass]");

  function open(dialog, number) {
    dialog.querySelector("[data-number]").textContent = number;
    dialog.showModal();
    dialog.querySelector("[data-focus]").focus();
  }

  function count() {
    const chosen = picks.filter((each) => each.checked).length;
    mass.disabled = chosen === 0;
    mass.querySelector("[data-chosen]").textContent = chosen ? `(${chosen})` : "";
    all.checked = chosen > 0 && chosen === picks.length;
    all.indeterminate = chosen > 0 && chosen < picks.length;
  }

  for (const button of page.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      const dialog = dialogOf(button.dataset.step);
      const form = dialog.querySelector("form");
      form.action = button.dataset.url;
      if (form.elements.step) form.elements.step.value = button.dataset.meant;
      open(dialog, button.dataset.number);
    });
  }
  for (const button of page.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  // Sent once: the second press of an impatient finger finds the button switched off.
  for (const form of page.querySelectorAll("dialog form")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("[type=submit]")) button.disabled = true;
    });
  }
  for (const select of page.querySelectorAll("[data-submits]")) {
    select.addEventListener("change", () => select.form.submit());
  }
  if (mass) {
    if (!picks.length) all.closest("div").hidden = true;
    all.addEventListener("change", () => {
      for (const each of picks) each.checked = all.checked;
      count();
    });
    for (const each of picks) each.addEventListener("change", count);
    mass.addEventListener("click", () => open(dialogOf("mass"), `(${picks.filter((each) => each.checked).length})`));
    count();
  }
});
