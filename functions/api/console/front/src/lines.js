// What is wrong says its line: a press on it brings the cursor there.

export function lines(home) {
  home.addEventListener("click", ({ target }) => {
    const line = target.closest("[data-line]")?.dataset.line;
    if (!line) return;
    const area = home.querySelector("#source");
    const all = area.value.split("\n");
    const start = all.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + (all[line - 1] ?? "").length);
    area.scrollTop = (area.scrollHeight / all.length) * Math.max(0, line - 5);
  });
}
