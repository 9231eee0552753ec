// The server's part of the page: a form that carries the text, and the tree that it answers. One deed at a time; what is done
// meanwhile waits, and is forgotten when the server refuses the one before.

const ANSWERS = new Set(["desk", "drawn"]); // all of it, or what follows a letter of the text

export function desk(home) {
  const ears = [];
  let waiting = [];
  let current = null;
  let isSent = false;

  const find = () => home.querySelector("#desk");
  const form = () => find().querySelector('[name="source"]').form;
  const tell = () => {
    for (const each of ears) each();
  };

  // A deed, or a function that knows it (or that there is none) once those before it are answered.
  function say(deed) {
    if (current) return void waiting.push(deed);
    current = typeof deed === "function" ? deed() : deed;
    isSent = false;
    if (current) send(form(), current);
  }

  home.addEventListener("htmx:beforeRequest", ({ target }) => (isSent ||= target === form()));
  home.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!ANSWERS.has(target.id)) return; // the spaces between them settle, too
    tell();
    if (target.id !== "desk") return;
    if (current && !isSent) return send(form(), current); // another answer came first, and took the form away
    current = null;
    while (!current && waiting.length) say(waiting.shift());
  });
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    home.addEventListener(kind, () => {
      current = null;
      waiting = [];
      tell(); // what was drawn ahead of the answer goes back
    });
  }

  return {
    form,
    say,
    settled: (ear) => ears.push(ear),
    text: () => form().elements.namedItem("source").value,
    base: () => form().elements.namedItem("base").value.replaceAll("\r\n", "\n"),
    tree: () => JSON.parse(home.querySelector("#tree").dataset.tree),
    put: (source) => say({ do: "check", source }),
  };
}

// As if a button of the form had been pressed. What it says stays in the form until the answer takes its place: htmx may ask later.
function send(form, deed) {
  for (const each of form.querySelectorAll("[data-deed]")) each.remove();
  const { do: what, source, ...rest } = deed;
  if (source !== undefined) form.elements.namedItem("source").value = source;
  for (const [name, value] of Object.entries(rest)) add(form, { type: "hidden", name, value });
  add(form, { type: "submit", name: "do", value: what, formNoValidate: true, hidden: true }).click();
}

function add(form, values) {
  const made = Object.assign(document.createElement("input"), values);
  made.dataset.deed = "";
  form.prepend(made);
  return made;
}
