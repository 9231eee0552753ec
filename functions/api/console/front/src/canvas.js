// sequential-workflow-designer in the console's clothes. It draws a tree of steps and lets a hand move them; what a step says, and
// whether that is right, is the server's business: whatever is done here is told, drawn at once, and drawn anew by its answer.
//
// const drawn = canvas(place, { tree, icons, words, onAdd, onMove, onSelect });   isReadonly instead of the three
// drawn.show(tree)                   tree: {steps: [{path, name, kind, says, errors, ways: [{title, path, steps}]}], selected, entry}
//
// Its own keys, editors, toolbox and bars stay off: the outline beside it is the way for keyboard and ear.

import { Designer, QuantifiedScaleViewportCalculator, Vector } from "sequential-workflow-designer";
import { bounds, looking, outside, readable, wheel, whole } from "./canvas_sight.js";
import { carried, gaps, isOpen, views } from "./canvas_steps.js";
import { meetAtEdges } from "./canvas_edges.js";
import { ends } from "./canvas_ends.js";
import { definitionOf, newStep, pathOf } from "./canvas_tree.js";

export function canvas(place, { tree, icons = () => null, words = {}, isReadonly = false, onAdd, onMove, onSelect }) {
  let shown = tree;
  let tools = null;
  let designer = null;
  let middle = NaN;
  let later = null; // what came while a step was in the hand
  const done = (deed) => {
    later = null; // the answer to this is newer
    deed();
    return true;
  };
  const told = (sequence, index) => `${pathOf(designer.getDefinition(), sequence)}/${index}`;

  designer = Designer.create(place, definitionOf(tree), {
    contextMenu: false,
    controlBar: false,
    customActionHandler: () => onSelect?.(""),
    editors: false,
    extensions: [
      {
        draggedComponent: { create: (...args) => carried(icons, ...args) },
        grid: { create: noGrid },
        placeholder: gaps,
        placeholderController: { create: () => ({ canCreate: isOpen }) },
        rootComponent: { create: (...args) => stand(ends(icons, words, () => shown, ...args)) },
        steps: views(icons),
        uiComponents: [{ create: (_, { toolbox }) => ((tools = toolbox), { destroy() {} }) }],
        viewportController: { create: (workspace) => looking(workspace, place) },
        wheelController: { create: (workspace) => wheel(workspace, place) },
      },
    ],
    isReadonly,
    keyboard: false,
    steps: {
      canInsertStep: (step, sequence, index) => done(() => onAdd(step.properties.kind, told(sequence, index))),
      canMoveStep: (source, step, target, index) => done(() => onMove(told(source, source.indexOf(step)), told(target, index))),
      isAutoSelectDisabled: true,
    },
    theme: "sojourn",
    toolbox: false,
    undoStackSize: 1,
  });

  // Whatever grows at its left, the entry stays where it is on the screen.
  function stand(root) {
    const moved = (middle - root.view.joinX) * designer.getViewport().scale || 0;
    middle = root.view.joinX;
    if (moved) shift(new Vector(moved, 0));
    return root;
  }

  function shift(by) {
    const { position, scale } = designer.getViewport();
    designer.setViewport({ position: position.add(by), scale });
  }

  function mark(path) {
    shown = { ...shown, selected: path };
    if (path) designer.selectStepById(path);
    else designer.clearSelectedStep();
  }

  function show(fresh) {
    if (inHand()) return void (later = fresh);
    shown = fresh;
    designer.replaceDefinition(definitionOf(fresh)).then(() => {
      mark(shown.selected);
      shift(outside(place, shown.selected));
    });
  }

  addEventListener("mouseup", () =>
    setTimeout(() => {
      if (later) show(later);
      later = null;
    }),
  );

  // The ground, too, takes the choice away; what the panel shows stays chosen here.
  designer.onSelectedStepIdChanged.subscribe((path) => {
    if (path === (shown.selected || null)) return;
    if (path) onSelect?.(path);
    else if (!inHand()) mark(shown.selected);
  });
  designer.onReady.subscribe(() => mark(shown.selected));
  if (!isReadonly) meetAtEdges(place, designer);
  keepMiddle(place, shift);

  return {
    show,
    drag: (x, y, kind, name) => tools.tryDrag(new Vector(x, y), newStep(kind, name)),
    zoom: (isCloser) => designer.setViewport(QuantifiedScaleViewportCalculator.zoom(designer.getViewport(), isCloser)),
    begin: () => designer.setViewport(readable(bounds(place))),
    fit: () => designer.setViewport(whole(bounds(place))),
  };
}

// A phone that is turned, a window that becomes narrower: what stood in the middle stays there.
function keepMiddle(place, shift) {
  let wide = 0;
  new ResizeObserver(([{ contentRect }]) => {
    const by = (contentRect.width - wide) / 2;
    if (wide && contentRect.width && by) shift(new Vector(by, 0));
    wide = contentRect.width || wide;
  }).observe(place);
}

const inHand = () => document.querySelector(".sqd-drag") !== null;

function noGrid() {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [name, value] of Object.entries({ class: "canvas-dot", cx: 1, cy: 1, r: 1 })) element.setAttribute(name, value);
  return { size: new Vector(24, 24), element, setScale: (scale) => element.setAttribute("r", Math.max(0.5, scale)) };
}
