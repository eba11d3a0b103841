// Importing a spreadsheet: dropping a file, what a kind needs, and how far the work is.
"use strict";

const poll = 1000;

function watch(card) {
  const bar = card.querySelector("[data-bar]");
  const text = card.querySelector("[data-done]");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const look = async () => {
    try {
      const answer = await fetch(card.dataset.progress, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) return location.reload();
      const { state, done, total } = await answer.json();
      if (state !== card.dataset.state) return location.reload();
      if (done) {
        const template = total ? text.dataset.textOf : text.dataset.text;
        text.textContent = template
          .replace("%(done)s", number.format(done))
          .replace("%(total)s", number.format(Math.max(total, done)));
      }
      if (total) {
        bar.max = Math.max(total, done);
        bar.value = done;
      }
    } catch {
      // The server is away for a moment: look again.
    }
    setTimeout(look, poll);
  };
  look();
}

function followKind(form) {
  const store = form.querySelector("[data-store-field]");
  const pictures = form.querySelector("[data-pictures-field]");
  if (!store) return;
  const show = () => {
    const kind = form.querySelector("[name=kind]:checked");
    const asked = kind ? kind.dataset.store : "";
    store.hidden = !asked;
    store.querySelector("select").required = asked === "needed";
    pictures.hidden = !kind || !("pictures" in kind.dataset);
  };
  form.addEventListener("change", show);
  show();
}

function takeFiles(drop) {
  const input = drop.querySelector("input");
  const name = drop.querySelector("[data-file-name]");
  const tell = () => {
    if (input.files.length) name.textContent = input.files[0].name;
  };
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("pos-import-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("pos-import-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      tell();
    }
  });
  input.addEventListener("change", tell);
  tell();
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => delete form.dataset.sent);
}

function needGood(button) {
  const show = () => {
    const good = document.querySelector("[name=rows][value=good]");
    button.disabled = Boolean(good) && !good.checked;
  };
  button.form.addEventListener("change", show);
  show();
}

// Unfold's own script looks for the text box of its file widget beside every file input: not here.
document.querySelectorAll(".pos-import-form [type=file]").forEach((input) => {
  input.hasChangeListener = true;
});
document.querySelectorAll("[data-progress]").forEach(watch);
document.querySelectorAll(".pos-import-form").forEach(followKind);
document.querySelectorAll("[data-drop]").forEach(takeFiles);
document.querySelectorAll("[data-once]").forEach(sendOnce);
document.querySelectorAll("[data-needs-good]").forEach(needGood);
