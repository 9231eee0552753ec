// The journey designer, loaded by its pages alone.
//
// <div data-designer data-journey="welcome">     templates/designer/board.html: views, canvas, kept
//   <section data-board>…</section>              the canvas; it stays where it is
//   <div id="desk">                              the server's: swapped after each deed
//     <form> textarea name="source" …</form>
//     <div id="tree" data-tree="{…}" hidden></div>
// A deed of the canvas is one of the form: do, path, to, kind ride along, and the answer is the truth.

import { canvas } from "./canvas.js";
import { desk } from "./desk.js";
import { keep } from "./kept.js";
import { lines } from "./lines.js";
import { past } from "./past.js";
import { tools } from "./tools.js";
import { views } from "./views.js";

for (const home of document.querySelectorAll("[data-designer]")) design(home, home.querySelector("[data-board]"));
for (const home of document.querySelectorAll("[data-looks]")) look(home, home.querySelector("[data-board]"));

function look(home, board) {
  const tree = () => JSON.parse(home.querySelector("#tree").dataset.tree);
  const { people } = home.dataset;
  const onSelect = people && ((name) => name && location.assign(`${people}?step=${encodeURIComponent(name)}`));
  const drawn = canvas(board.querySelector("[data-canvas]"), { ...said(board), isReadonly: true, onSelect, tree: tree() });
  tools(board, drawn, {});
  views(home, drawn);
  lines(home);
  home.addEventListener("htmx:afterSettle", () => drawn.show(tree()));
}

function design(home, board) {
  const work = desk(home);
  const drawn = canvas(board.querySelector("[data-canvas]"), {
    ...said(board),
    tree: work.tree(),
    onAdd: (kind, to) => work.say({ do: "add", kind, to }),
    onMove: (path, to) => work.say({ do: "move", path, to }),
    onSelect: (path) => work.say({ do: "select", path }),
  });
  const texts = past(work);
  const kept = keep(home, work);
  const bar = tools(board, drawn, { work, texts });
  views(home, drawn);
  work.settled(() => {
    drawn.show(work.tree());
    texts.note();
    kept.note();
    bar.note();
  });
  bar.note();
}

function said(board) {
  const { entry, end } = board.querySelector("[data-canvas]").dataset;
  const pictures = board.querySelector("[data-icons]").content;
  return { words: { entry, end }, icons: (kind) => pictures.querySelector(`[data-of="${kind}"] svg`) };
}
