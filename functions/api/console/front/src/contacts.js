// Tables of people: one box ticks all of a page, and an address says how far a change of many has come.

export function tables() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-all]")) return;
    for (const box of target.form.querySelectorAll(`input[name="${target.dataset.all}"]`)) box.checked = target.checked;
  });
  document.addEventListener("htmx:load", ({ target }) => {
    const all = document.querySelector("[data-all]:checked"); // rows that come after it was ticked
    if (!all) return;
    for (const box of target.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = true;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const place = document.querySelector("[data-place]")?.dataset.place;
    if (place) history.replaceState(null, "", place);
  });
}
