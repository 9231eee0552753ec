// What of the drawing is seen: how large it begins, how far it moves, and what must come into sight.

import { CenteredViewportCalculator, QuantifiedScaleViewportCalculator, Vector } from "sequential-workflow-designer";

const MARGIN = 24;
const BAR = 60; // what the bar takes at the foot
const READABLE = 0.7; // the smallest scale that a page begins with

// How the canvas is looked at: from the top, as large as can be read, with the entry in sight; all of it when that is asked for.
export function looking(workspace, place) {
  return { setDefault: () => workspace.setViewport(readable(bounds(place))), zoom() {}, focusOnComponent() {}, animateTo() {} };
}

export function bounds(place) {
  const svg = place.querySelector(".sqd-workspace-canvas");
  const { width, height, middle } = place.querySelector(".canvas-root").dataset;
  return { room: new Vector(svg.clientWidth, svg.clientHeight), drawing: new Vector(+width, +height), middle: +middle };
}

export function readable({ room, drawing, middle }) {
  const scale = Math.min(1, Math.max(READABLE, (room.x - 2 * MARGIN) / drawing.x));
  const free = room.x - drawing.x * scale;
  const x = free >= 2 * MARGIN ? free / 2 : Math.min(MARGIN, Math.max(free - MARGIN, room.x / 2 - middle * scale));
  return { position: new Vector(x, MARGIN), scale };
}

export function whole({ room, drawing }) {
  return CenteredViewportCalculator.center(MARGIN, room, drawing);
}

// How far the chosen step is out of sight.
export function outside(place, path) {
  const step = path && place.querySelector(`[data-step-id="${CSS.escape(path)}"] > .canvas-card > .ground`);
  const [room, card] = [place, step || place].map((each) => each.getBoundingClientRect());
  if (!step || !room.width) return new Vector(0, 0);
  const by = (from, to, first, last) => (first < from ? from - first : last > to ? Math.max(to - last, from - first) : 0);
  return new Vector(
    by(room.left + MARGIN, room.right - MARGIN, card.left, card.right),
    by(room.top + MARGIN, room.bottom - BAR, card.top, card.bottom),
  );
}

// The wheel moves the drawing as far as there is more of it, then the page; with Ctrl, or two fingers, it comes closer.
export function wheel(workspace, place) {
  const panned = ({ deltaX, deltaY }) => {
    const { position, scale } = workspace.getViewport();
    const { room, drawing } = bounds(place);
    const along = (at, by, free) => at - Math.max(Math.min(by, at - Math.min(at, free)), at - Math.max(at, MARGIN));
    return new Vector(
      along(position.x, deltaX, room.x - drawing.x * scale - MARGIN),
      along(position.y, deltaY, room.y - drawing.y * scale - BAR),
    );
  };
  const isStill = (event) => !event.ctrlKey && panned(event).subtract(workspace.getViewport().position).distance() === 0;
  place.addEventListener("wheel", (event) => isStill(event) && event.stopImmediatePropagation(), { capture: true, passive: true });
  return {
    onWheel(event) {
      const now = workspace.getViewport();
      const next = event.ctrlKey
        ? QuantifiedScaleViewportCalculator.zoomByWheel(now, event, workspace.getCanvasPosition())
        : { position: panned(event), scale: now.scale };
      if (next) workspace.setViewport(next);
    },
  };
}
