// Go to anything: a combobox over what /console/palette?q= answers, which is a page of its own for who has no JavaScript.

import { tellOfDeadLine } from "./losses.js";

const PAUSE = 120; // ms after the last letter

export function palette(base) {
  const dialog = document.getElementById("palette");
  if (!dialog) return () => {};
  const query = dialog.querySelector("input");
  const found = document.getElementById("palette-found");
  let asked = null;
  let timer = 0;

  async function look() {
    asked?.abort();
    asked = new AbortController();
    const url = `${base}/palette?q=${encodeURIComponent(query.value)}`;
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asked.signal });
      if (answer.ok) show(await answer.text());
      else location.assign(url); // a page says what is wrong
    } catch (error) {
      if (error.name !== "AbortError") tellOfDeadLine();
    }
  }

  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const list = page.querySelector("#palette-list");
    if (!list) return;
    list.setAttribute("role", "listbox");
    list.replaceChildren(...[...list.querySelectorAll("a")].map(option));
    found.replaceChildren(list, ...page.querySelectorAll(".empty-found"));
    choose(options()[0]);
  }

  function options() {
    return [...found.querySelectorAll('[role="option"]')];
  }

  function choose(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    if (option) query.setAttribute("aria-activedescendant", option.id);
    else query.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = options();
    const now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    choose(all[(now + by + all.length) % all.length]);
  }

  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  query.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    const chosen = found.querySelector('[aria-selected="true"]');
    if (!chosen) return;
    event.preventDefault();
    location.assign(chosen.dataset.href);
  });
  found.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[role=option]");
    if (chosen) location.assign(chosen.dataset.href);
  });
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());

  const open = () => {
    if (dialog.open) return;
    query.value = "";
    dialog.showModal();
    look();
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  return open;
}

// A link of the page without scripts, as the listbox has it: an option holds nothing that could be focused.
function option(link, index) {
  const made = document.createElement("li");
  made.id = `palette-${index}`;
  made.setAttribute("role", "option");
  made.dataset.href = link.getAttribute("href");
  made.replaceChildren(...link.childNodes);
  return made;
}
