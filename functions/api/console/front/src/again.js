// What keeps itself up to date while somebody looks: <div data-again hx-get="…" hx-trigger="again">. Never under a hand, a question
// or a key; the box named `keep` stops it, and so does an answer that is none.

const EVERY = 15_000; // ms
const AWAY = 600_000; // ms without a hand: nobody looks

export function lookAgain(htmx) {
  let touched = Date.now();
  for (const kind of ["pointermove", "pointerdown", "keydown", "visibilitychange"]) {
    document.addEventListener(kind, () => (touched = Date.now()), { passive: true });
  }
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(kind, ({ target }) => target.removeAttribute("data-again"));
  }
  setInterval(() => {
    if (document.hidden || Date.now() - touched > AWAY || document.querySelector("dialog[open]")) return;
    if (document.querySelector("input[name=keep]")?.checked === false) return;
    for (const each of document.querySelectorAll("[data-again]")) {
      if (!each.contains(document.activeElement)) htmx.trigger(each, "again");
    }
  }, EVERY);
}
