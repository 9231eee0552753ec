// The tools of a canvas: steps to drag or to press, and the bar. Keys only where nobody writes.

const FAR = 4; // px from a press to a drag

export function tools(board, drawn, { work, texts }) {
  const deeds = {
    all: drawn.fit,
    away: () => drawn.zoom(false),
    closer: () => drawn.zoom(true),
    delete: () => chosen() && work.say({ do: "delete", path: chosen() }),
    redo: () => texts.redo(),
    undo: () => texts.undo(),
  };
  const chosen = () => work?.tree().selected;
  board.addEventListener("click", ({ target }) => deeds[target.closest("[data-tool]")?.dataset.tool]?.());
  if (!work) return;

  document.querySelector("#keys .keys").append(board.querySelector("[data-more-keys]").content);
  for (const tool of board.querySelectorAll("[data-kind]")) {
    draggable(tool, drawn);
    tool.addEventListener("click", () => work.say({ do: "add", kind: tool.dataset.kind, to: behind(work.tree()) }));
  }
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const deed = keyed(event, board.checkVisibility());
    if (!deed) return;
    event.preventDefault();
    deeds[deed]();
  });

  return {
    note() {
      const can = { undo: texts.canUndo(), redo: texts.canRedo(), delete: Boolean(chosen()) };
      for (const [name, is] of Object.entries(can)) board.querySelector(`[data-tool="${name}"]`).disabled = !is;
    },
  };
}

function keyed({ key, ctrlKey, metaKey, shiftKey, target }, isSeen) {
  if ((ctrlKey || metaKey) && key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  if (ctrlKey && key.toLowerCase() === "y") return "redo";
  if (isSeen && (key === "Delete" || key === "Backspace") && !target.closest("button, a, summary")) return "delete";
  return null;
}

// A press adds behind the step that is chosen, else at the end.
function behind({ steps, selected }) {
  if (!selected) return `steps/${steps.length}`;
  const [, list, index] = selected.match(/^(.*)\/(\d+)$/);
  return `${list}/${Number(index) + 1}`;
}

function draggable(tool, drawn) {
  let pressed = null;
  let wasDragged = false;
  tool.addEventListener("pointerdown", (event) => {
    wasDragged = false;
    if (event.button === 0 && event.pointerType === "mouse") pressed = event;
  });
  addEventListener("pointerup", () => (pressed = null));
  addEventListener("pointermove", (event) => {
    if (!pressed || Math.hypot(event.pageX - pressed.pageX, event.pageY - pressed.pageY) < FAR) return;
    pressed = null;
    wasDragged = true;
    drawn.drag(event.pageX, event.pageY, tool.dataset.kind, tool.textContent.trim());
  });
  tool.addEventListener("click", (event) => wasDragged && event.stopImmediatePropagation());
}
