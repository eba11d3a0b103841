// Prints a document with its register's own printer; what waits is tried again, not printed twice.

document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("pos-print-here");
  if (!button) return;
  const text = button.dataset;
  const label = button.textContent;
  const notice = document.getElementById("pos-notice");
  const wanted = JSON.parse(document.getElementById("pos-print-body").textContent);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  let job = null;

  async function send() {
    const body = job ? { register: wanted.register, job } : wanted;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const response = await fetch(text.url, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) return answer.error.message;
    job = answer.status === "waiting" ? answer.job : null;
    return job ? text.waiting.replace("{message}", answer.message) : text.done;
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    notice.textContent = text.sending;
    try {
      notice.textContent = await send();
    } catch {
      notice.textContent = text.lost;
    }
    button.textContent = job ? text.again : label;
    button.disabled = false;
    button.focus();
  });
});
