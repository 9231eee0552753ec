// The rule builder: what was typed while an answer was on its way is there after it, too. Without scripts its buttons send the form.

const PARTS = new Set(["builder", "desk"]); // what an answer takes the place of: a segment's rule, or a journey's desk with its rules

// Whoever writes below a part that becomes longer or shorter goes on writing at the same height.
function keepInPlace(part) {
  const field = document.activeElement;
  if (part.contains(field) || field === document.body) return;
  const top = () => field.getBoundingClientRect().top;
  const before = top();
  document.addEventListener("htmx:afterSwap", () => scrollBy({ top: top() - before, behavior: "instant" }), { once: true });
}

export function rules() {
  let sent = new Map();
  let late = new Map();
  const fields = () => document.querySelectorAll(".rules .live");

  document.addEventListener("htmx:beforeRequest", () => {
    sent = new Map([...fields()].map((each) => [each.id, each.value]));
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!PARTS.has(detail.target.id)) return;
    keepInPlace(detail.target);
    late = new Map([...fields()].filter((each) => sent.has(each.id) && sent.get(each.id) !== each.value).map((each) => [each.id, each.value]));
  });
  document.addEventListener("htmx:afterSettle", () => {
    let last = null;
    for (const [id, value] of late) {
      const field = document.getElementById(id);
      if (field && field.value !== value) {
        field.value = value;
        last = field;
      }
    }
    late = new Map();
    last?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
