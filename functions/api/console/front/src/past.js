// What the text was before: undone and done again as a whole, since the text is all there is.

const MOST = 100;

export function past(work) {
  const before = [];
  const after = [];
  let now = work.text();
  let isStepping = false; // until the answer to a step has come

  // Taken when whatever is on the way has been answered: a hand is faster than the server, and means its last deed.
  function step(from, to) {
    work.say(() => {
      if (!from.length) return null;
      to.push(now);
      now = from.pop();
      isStepping = true;
      return { do: "check", source: now };
    });
  }

  return {
    // After each answer: a text that is new lies on top of the one before, and ends what could be done again.
    note() {
      const text = work.text();
      if (!isStepping && text !== now) {
        before.push(now);
        if (before.length > MOST) before.shift();
        after.length = 0;
      }
      isStepping = false;
      now = text;
    },
    undo: () => step(before, after),
    redo: () => step(after, before),
    canUndo: () => before.length > 0,
    canRedo: () => after.length > 0,
  };
}
