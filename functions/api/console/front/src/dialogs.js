// Questions before what cannot be undone. The page with the question is the server's, figures and all: without JavaScript it is
// a page, with it a dialog over the page that one is on.

export function openDialogs(htmx) {
  const dialog = document.getElementById("dialog");
  if (!dialog) return;
  document.addEventListener("click", async (event) => {
    if (event.target.closest("[data-close]") && dialog.open) {
      event.preventDefault();
      dialog.close();
    }
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const question = await questionAt(link.href);
    if (!question) return location.assign(link.href);
    document.getElementById("dialog-body").replaceChildren(question);
    htmx.process(question);
    dialog.showModal();
  });
}

async function questionAt(href) {
  const answer = await fetch(href, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("form.confirm");
}

export function askFirst() {
  const dialog = document.getElementById("ask");
  if (!dialog) return;
  document.addEventListener("submit", (event) => {
    const { confirm } = event.target.dataset;
    if (!confirm || event.target.dataset.confirmed) return;
    event.preventDefault();
    document.getElementById("ask-text").textContent = confirm;
    dialog.returnValue = "";
    dialog.showModal();
    const { target, submitter } = event;
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && send(target, submitter), { once: true });
  });
}

function send(form, submitter) {
  form.dataset.confirmed = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.confirmed;
}
