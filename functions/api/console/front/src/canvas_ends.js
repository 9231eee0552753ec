// Where a journey begins and ends: who comes in, as a card that leads to the journey's own settings, and a pill.

import { ClickCommandType, DefaultSequenceComponent, Dom } from "sequential-workflow-designer";
import { CARD, card, drawn, PILL, pill } from "./canvas_drawing.js";

export function ends(icons, words, shown, parent, sequence, _, context) {
  const g = drawn(parent, "g", { class: "canvas-root" });
  const { entry = "", errors = 0, selected } = shown();
  const start = card(g, { name: words.entry ?? "", says: entry, errors, picture: icons("entry") });
  Dom.toggleClass(start.g, true, "canvas-entry");
  Dom.toggleClass(start.g, selected === "", "chosen");
  const steps = DefaultSequenceComponent.create(g, { sequence, depth: 0, isInputConnected: true, isOutputConnected: true }, context);
  const joinX = Math.max(CARD.width / 2, steps.view.joinX);
  const width = joinX + Math.max(CARD.width / 2, steps.view.width - steps.view.joinX);
  Dom.translate(start.g, joinX - CARD.width / 2, 0);
  Dom.translate(steps.view.g, joinX - steps.view.joinX, CARD.height);
  const end = pill(g, words.end ?? "", "canvas-end");
  Dom.translate(end.g, joinX, CARD.height + steps.view.height);
  const height = CARD.height + steps.view.height + PILL.height;
  Object.assign(g.dataset, { width, height, middle: joinX });
  return {
    view: { g, width, height, joinX, destroy: () => g.remove() },
    findById: (id) => steps.findById(id),
    getPlaceholders: (result) => steps.getPlaceholders(result),
    resolveClick: (click) => (start.g.contains(click.element) ? head(sequence) : steps.resolveClick(click)),
    setIsDragging: (is) => steps.setIsDragging(is),
    updateBadges: (result) => steps.updateBadges(result),
  };
}

function head(sequence) {
  return { type: ClickCommandType.triggerCustomAction, action: { type: "head" }, sequence, step: null };
}
