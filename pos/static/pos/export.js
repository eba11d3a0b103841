// The page "Export": only the columns of what is chosen, all of them or none with one press.
(() => {
    "use strict";
    const what = document.querySelector("select[name=resource]");
    const groups = [...document.querySelectorAll(".pos-export-columns")];
    const show = () => {
        for (const group of groups) {
            group.hidden = what !== null && group.dataset.resource !== what.value;
        }
    };
    for (const button of document.querySelectorAll("[data-tick]")) {
        button.addEventListener("click", () => {
            for (const box of button.closest("fieldset").querySelectorAll("input[type=checkbox]")) {
                box.checked = button.dataset.tick === "all";
            }
        });
    }
    if (what !== null) {
        what.addEventListener("input", show);
    }
    show();
})();
