// What a journey is drawn with: cards, pills and the lines between.

import { Dom } from "sequential-workflow-designer";

export const CARD = { width: 228, height: 56, inset: 14, icon: 16 };
export const PILL = { height: 22, inset: 10, most: 176 };
const BEND = 10;

export function drawn(parent, name, attributes, text) {
  const element = Dom.svg(name, attributes);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

// A step: what it is called, what it says, and how many findings there are at it.
export function card(parent, { name, says, errors, mark, picture }) {
  const g = drawn(parent, "g", { class: `canvas-card${errors ? " faulty" : ""}` });
  drawn(g, "title", {}, says ? `${name}\n${says}` : name);
  const rect = drawn(g, "rect", { class: "ground", width: CARD.width, height: CARD.height, rx: 8 });
  drawn(g, "circle", { class: "dot", cx: CARD.inset + 14, cy: CARD.height / 2, r: 14 });
  if (picture) {
    const icon = picture.cloneNode(true);
    Dom.attrs(icon, { x: CARD.inset + 14 - CARD.icon / 2, y: (CARD.height - CARD.icon) / 2 });
    g.append(icon);
  }
  const x = CARD.inset + 40;
  const room = CARD.width - x - CARD.inset;
  drawn(g, "text", { class: "name", x, y: says ? 24 : 33 }, fitted(name, room, "550 13px"));
  if (says) drawn(g, "text", { class: "says", x, y: 42 }, fitted(says, room, "12px"));
  if (errors) badge(g, CARD.width - 4, 2, String(errors), "errors");
  if (mark) badge(g, CARD.width - 4, CARD.height - 2, mark, "mark");
  return { g, rect };
}

// A step in the hand, about the middle of what it hangs in.
export function label(parent, name, picture) {
  const short = fitted(name, 140, "550 13px");
  const width = measured(short, "550 13px") + 56;
  const g = drawn(parent, "g", { class: "canvas-card chosen", transform: `translate(${28 - width / 2} -2)` });
  drawn(g, "rect", { class: "ground", width, height: 36, rx: 8 });
  const icon = picture?.cloneNode(true);
  if (icon) {
    Dom.attrs(icon, { x: 12, y: 10 });
    g.append(icon);
  }
  drawn(g, "text", { class: "name", x: 38, y: 22.5 }, short);
}

function badge(parent, right, middle, text, kind) {
  const width = Math.max(20, measured(text, "600 11px") + 12);
  const g = drawn(parent, "g", { class: `canvas-badge ${kind}` });
  drawn(g, "rect", { x: right - width + 10, y: middle - 10, width, height: 20, rx: 10 });
  drawn(g, "text", { x: right - width / 2 + 10, y: middle + 4 }, text);
}

// The title of a way, about the middle of 0.
export function pill(parent, text, kind = "canvas-way") {
  const short = fitted(text, PILL.most, "550 12px");
  const width = measured(short, "550 12px") + 2 * PILL.inset;
  const g = drawn(parent, "g", { class: kind });
  if (short !== text) drawn(g, "title", {}, text);
  drawn(g, "rect", { x: -width / 2, width, height: PILL.height, rx: PILL.height / 2 });
  drawn(g, "text", { y: 15.5 }, short);
  return { g, width };
}

// From one point to another below it: straight, or with two round bends at the height of `at`.
export function line(parent, from, to, at = (from.y + to.y) / 2) {
  const far = to.x - from.x;
  const bend = Math.min(BEND, Math.abs(far) / 2, Math.abs(at - from.y), Math.abs(to.y - at));
  const way = Math.sign(far);
  const path = far
    ? `M${from.x} ${from.y}V${at - bend}q0 ${bend} ${way * bend} ${bend}H${to.x - way * bend}q${way * bend} 0 ${way * bend} ${bend}V${to.y}`
    : `M${from.x} ${from.y}V${to.y}`;
  const made = Dom.svg("path", { class: "sqd-join", d: path });
  parent.prepend(made);
}

export function arrow(parent, x, y) {
  drawn(parent, "path", { class: "canvas-arrow", d: `M${x - 4} ${y - 7}h8l-4 6z` });
}

let pen = null;

function measured(text, font) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

function fitted(text, room, font) {
  if (measured(text, font) <= room) return text;
  let [fits, not] = [0, text.length];
  while (not - fits > 1) {
    const middle = (fits + not) >> 1;
    if (measured(`${text.slice(0, middle)}…`, font) <= room) fits = middle;
    else not = middle;
  }
  return `${text.slice(0, fits).trimEnd()}…`;
}
