// How a step looks on the canvas: a card; under it its ways, each under its title, and the lines that part and meet.

import { ComponentDom, Dom, getAbsolutePosition, PlaceholderDirection, RectPlaceholder, Vector } from "sequential-workflow-designer";
import { arrow, CARD, card, drawn, label, line, PILL, pill } from "./canvas_drawing.js";

const LAST = new Set(["exit"]); // nothing follows these
const APART = 16; // between ways
const PART = 34; // from a card to the titles of its ways
const MEET = 26;

export function views(icons) {
  return [
    { componentType: "task", createComponentView: (...args) => task(icons, ...args) },
    { componentType: "switch", createComponentView: (...args) => fork(icons, ...args) },
  ];
}

// Where a step may be put: between any two, and into an empty way.
export const gaps = {
  gapSize: new Vector(120, 32),
  createForGap: (parent, sequence, index) => gap(parent, new Vector(120, 32), sequence, index),
  createForArea: (parent, size, _, sequence, index) => gap(parent, size, sequence, index),
};

function gap(parent, size, sequence, index) {
  return RectPlaceholder.create(parent, size, PlaceholderDirection.none, sequence, index, { radius: 6, iconSize: 16 });
}

// Nobody comes past a step that is the last.
export function isOpen(sequence, index) {
  return !LAST.has(sequence[index - 1]?.properties.kind);
}

// What hangs at the hand is small, and falls where the hand is: 56 by 32 are what meets a gap.
export function carried(icons, parent, step) {
  const svg = drawn(parent, "svg", { width: 56, height: 32 });
  label(svg, step.name, icons(step.properties.kind));
  return { width: 56, height: 32, destroy() {} };
}

function begun(icons, kind, parent, { step }) {
  const g = ComponentDom.stepG(kind, step.type, step.id);
  parent.append(g);
  const shown = card(g, { ...step.properties, name: step.name, picture: icons(step.properties.kind) });
  arrow(shown.g, CARD.width / 2, 0);
  return { g, shown };
}

function behaviour(g, { g: box, rect }) {
  return {
    getClientPosition: () => getAbsolutePosition(rect),
    placeholders: null,
    resolveClick: ({ element }) => box.contains(element) || null,
    setIsDisabled: (is) => Dom.toggleClass(g, is, "sqd-disabled"),
    setIsDragging() {},
    setIsSelected: (is) => Dom.toggleClass(box, is, "chosen"),
  };
}

function task(icons, parent, context) {
  const { g, shown } = begun(icons, "task", parent, context);
  const hasOutput = !LAST.has(context.step.properties.kind);
  const { width, height } = CARD;
  return { ...behaviour(g, shown), g, hasOutput, height, joinX: width / 2, sequenceComponents: null, width };
}

function fork(icons, parent, context, viewContext) {
  const { step } = context;
  const { g, shown } = begun(icons, "switch", parent, context);
  const columns = step.properties.ways.map((way) => column(g, way, step.branches[way.key], viewContext));
  const { width, joinX } = spread(columns);
  Dom.translate(shown.g, joinX - CARD.width / 2, 0);
  const top = CARD.height + PART;
  const body = top + PILL.height;
  const bottom = body + Math.max(...columns.map(({ steps }) => steps.view.height));
  const height = bottom + MEET;
  for (const each of columns) {
    Dom.translate(each.title.g, each.x, top);
    Dom.translate(each.steps.view.g, each.x - each.steps.view.joinX, body);
    line(g, new Vector(joinX, CARD.height), new Vector(each.x, top), CARD.height + PART / 2);
    if (each.steps.hasOutput && context.isOutputConnected) {
      line(g, new Vector(each.x, body + each.steps.view.height), new Vector(joinX, height), bottom + MEET / 2);
    }
  }
  if (step.properties.kind === "repeat") around(g, columns[0], body, bottom);
  const parts = columns.map(({ steps }) => steps);
  const hasOutput = parts.some((each) => each.hasOutput);
  return { ...behaviour(g, shown), g, hasOutput, height, joinX, sequenceComponents: parts, width };
}

function column(g, way, sequence, viewContext) {
  const steps = viewContext.createSequenceComponent(g, sequence);
  const title = pill(g, way.title);
  const { joinX, width } = steps.view;
  const half = title.width / 2;
  return { title, steps, left: Math.max(joinX, half) + APART, right: Math.max(width - joinX, half) + APART, x: 0 };
}

// The columns side by side, and the card over the middle of the first and the last.
function spread(columns) {
  let width = 0;
  for (const each of columns) {
    each.x = width + each.left;
    width += each.left + each.right;
  }
  const middle = (columns[0].x + columns.at(-1).x) / 2;
  const short = Math.max(0, CARD.width / 2 - middle);
  for (const each of columns) each.x += short;
  return { joinX: middle + short, width: Math.max(width + short, middle + short + CARD.width / 2) };
}

function around(g, { x, left, right }, top, bottom) {
  const box = drawn(g, "rect", { class: "canvas-again", x: x - left + 4, y: top + 4, width: left + right - 8, height: bottom - top - 8, rx: 10 });
  g.prepend(box);
}
