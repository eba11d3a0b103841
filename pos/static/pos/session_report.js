// The report's slip on paper: a page as long as the slip.

document.addEventListener("DOMContentLoaded", () => {
  const slip = document.getElementById("pos-slip");
  const pageSize = document.head.appendChild(document.createElement("style"));

  window.addEventListener("beforeprint", () => {
    const height = Math.ceil((slip.getBoundingClientRect().height / 96) * 25.4) + 4;
    pageSize.textContent = `@page { size: ${slip.dataset.width}mm ${height}mm; margin: 0; }`;
  });
  document.getElementById("pos-print").addEventListener("click", () => window.print());
});
