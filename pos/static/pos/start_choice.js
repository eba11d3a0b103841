// Moves a card of the start page up or down; the form sends the ticked ones as they stand.

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("pos-start-choice");
  const spoken = form.querySelector("[data-spoken]");

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const row = button.closest("li");
    const isUp = button.dataset.move === "up";
    const beside = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (!beside) return;
    if (isUp) beside.before(row);
    else beside.after(row);
    button.focus();
    const rows = [...row.parentElement.children];
    spoken.textContent = form.dataset.moved
      .replace("%(title)s", row.querySelector("[data-title]").textContent)
      .replace("%(place)s", rows.indexOf(row) + 1)
      .replace("%(count)s", rows.length);
  });
});
