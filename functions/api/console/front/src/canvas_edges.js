// A step in the hand near an edge of the canvas: the drawing comes to meet it.

import { Vector } from "sequential-workflow-designer";

const NEAR = 36; // px from the edge
const PACE = 8; // px a frame

export function meetAtEdges(place, designer) {
  let hand = null;
  let isMoving = false;

  addEventListener("mousemove", (event) => {
    hand = event;
    if (isMoving || !document.querySelector(".sqd-drag")) return;
    isMoving = true;
    requestAnimationFrame(come);
  });

  function come() {
    isMoving = Boolean(document.querySelector(".sqd-drag"));
    if (!isMoving) return;
    const by = pull(place.getBoundingClientRect(), hand);
    if (by.x || by.y) {
      const { position, scale } = designer.getViewport();
      designer.setViewport({ position: position.add(by), scale });
    }
    requestAnimationFrame(come);
  }
}

function pull({ left, right, top, bottom }, { clientX: x, clientY: y }) {
  if (x < left || x > right || y < top || y > bottom) return new Vector(0, 0);
  const along = (from, to, at) => (at - from < NEAR ? PACE : to - at < NEAR ? -PACE : 0);
  return new Vector(along(left, right, x), along(top, bottom, y));
}
