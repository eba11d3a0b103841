// The receipt page: sending the receipt by email.

document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("pos-mail");
  if (!dialog) return;
  const address = document.getElementById("pos-mail-address");
  const trouble = document.getElementById("pos-mail-error");
  const send = dialog.querySelector("[type=submit]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const texts = dialog.dataset;

  document.getElementById("pos-mail-open").addEventListener("click", () => {
    trouble.textContent = "";
    dialog.showModal();
    address.select();
  });
  document.getElementById("pos-mail-close").addEventListener("click", () => dialog.close());

  async function post() {
    const response = await fetch(texts.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ order: Number(texts.order), address: address.value.trim() }),
    });
    return { isSent: response.ok, answer: await response.json() };
  }

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    trouble.textContent = "";
    try {
      const { isSent, answer } = await post();
      if (isSent) {
        dialog.close();
        document.getElementById("pos-notice").textContent = texts.sent.replace("{address}", answer.address);
      } else {
        trouble.textContent = answer.error.message;
      }
    } catch {
      trouble.textContent = texts.lost;
    }
    send.disabled = false;
  });
});
