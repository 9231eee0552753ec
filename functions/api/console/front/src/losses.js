// What nobody should lose: a text by leaving, a deed by a line that is down, the way back after another session, and a second
// press that would do it twice.

const TWICE = 5_000; // ms in which a second press is the same one: what downloads a file leaves its page where it is

export function preventLosses() {
  askBeforeLeaving();
  takeNewMarks();
  for (const kind of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, tellOfDeadLine);
  sendOnce();
}

// <form data-asks>: changed and not sent. data-asks="yes": the page already bears what was not saved.
function askBeforeLeaving() {
  const changed = new WeakSet();
  let sent = null; // the form whose answer the page makes room for
  const note = ({ target }) => target.form?.matches("[data-asks]") && changed.add(target.form);
  document.addEventListener("input", note);
  document.addEventListener("click", ({ target }) => target.closest("[data-asks] button[name=do]") && changed.add(target.closest("form")));
  document.addEventListener("submit", ({ submitter, target, defaultPrevented }) => {
    if (!defaultPrevented && !submitter?.formTarget && !target.target) sent = target;
  });
  addEventListener("pageshow", () => (sent = null));
  addEventListener("beforeunload", (event) => {
    for (const form of document.querySelectorAll("[data-asks]")) {
      if (form !== sent && (form.dataset.asks === "yes" || changed.has(form))) event.preventDefault();
    }
  });
}

// Who signed in again meanwhile goes on in the page that is open: the refusal bears the mark of the new session.
function takeNewMarks() {
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    const fresh = target.id === "toasts" && target.querySelector("[data-mark]")?.dataset.mark;
    if (!fresh) return;
    for (const each of document.querySelectorAll('input[name="csrf"]')) each.value = fresh;
  });
}

export function tellOfDeadLine() {
  const words = document.getElementById("unreachable");
  if (words) document.getElementById("toasts").replaceChildren(words.content.cloneNode(true));
}

function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || event.submitter?.formTarget || form.target) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, TWICE);
  });
}
