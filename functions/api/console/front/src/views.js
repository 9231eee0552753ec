// Canvas, outline or text: one of them is seen, and remembered. Nobody's choice is the canvas where there is room, else the outline.

const YEAR = 31_536_000;

export function views(home, drawn) {
  const buttons = [...home.querySelectorAll("[data-show]")];
  const room = matchMedia("(min-width: 56rem)");
  const now = () => home.dataset.view || (room.matches ? "canvas" : "outline");
  const mark = () => {
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.show === now()));
  };
  let wasSeen = now() === "canvas";

  home.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-show]");
    if (!button) return;
    home.dataset.view = button.dataset.show;
    document.cookie = `${home.dataset.remember}=${button.dataset.show}; path=/; max-age=${YEAR}; samesite=lax`;
    mark();
    if (now() !== "canvas" || wasSeen) return;
    wasSeen = true; // it had no size before
    drawn.begin();
  });
  room.addEventListener("change", mark);
  mark();
}
