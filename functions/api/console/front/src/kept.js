// Work that is not saved: a mark, a question before the page is left, and a copy in this browser that is offered on return.

export function keep(home, work) {
  const key = `sojourn:designer:${home.dataset.who ?? ""}:${home.dataset.journey ?? ""}`;
  const offer = home.querySelector("[data-kept]");
  const begun = work.text();
  let isLeaving = false;

  const isUnsaved = () => work.text() !== work.base();

  function note() {
    for (const each of document.querySelectorAll("[data-unsaved]")) each.hidden = !isUnsaved();
    if (!isUnsaved()) return;
    offer.hidden = true;
    write(key, { text: work.text(), at: Date.now() });
  }

  function offerKept() {
    const kept = read(key);
    if (!kept || kept.text === begun) return forget(key);
    const at = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    offer.querySelector("[data-kept-at]").textContent = at.format(kept.at);
    offer.hidden = false;
  }

  offer.addEventListener("click", ({ target }) => {
    const wants = target.closest("[data-kept-use]");
    if (!wants && !target.closest("[data-kept-drop]")) return;
    offer.hidden = true;
    const kept = read(key);
    if (wants) work.put(kept.text);
    else forget(key);
  });
  home.addEventListener("input", ({ target }) => target.name === "source" && note());
  // Saved: the answer leads away, and nothing is left to be asked about.
  home.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    if (!detail.xhr.getResponseHeader("HX-Redirect")) return;
    isLeaving = true;
    forget(key);
  });
  addEventListener("beforeunload", (event) => {
    if (!isUnsaved() || isLeaving) return;
    note(); // an answer may have come that nobody was told of yet
    event.preventDefault();
  });
  offerKept();
  return { note };
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // no storage here, or somebody else's text in it
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // full, or not allowed: the question before leaving is still asked
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // there was none
  }
}
