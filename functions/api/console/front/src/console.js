// What every page of the console loads. Nothing here is needed to read a page or to send a form.

import htmx from "htmx.org";
import { lookAgain } from "./again.js";
import { tables } from "./contacts.js";
import { askFirst, openDialogs } from "./dialogs.js";
import { listenToKeys } from "./keys.js";
import { preventLosses } from "./losses.js";
import { palette } from "./palette.js";
import "./tabs.js";
import { rules } from "./rules.js";
import { rememberZone, switchThemes } from "./visitor.js";

// As the page's Content-Security-Policy has it: no code from attributes, no styles from scripts, nothing from elsewhere.
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  attributesToSettle: ["class"], // a style among them is one that the policy forbids
  historyEnabled: false,
  includeIndicatorStyles: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true }, // a form with its errors
    { code: "[45]..", swap: true, error: true, target: "#toasts", swapOverride: "innerHTML" },
  ],
  scrollBehavior: "auto",
  selfRequestsOnly: true,
});

const base = document.body.dataset.base ?? "/console";

// A form's secret goes along with what htmx sends from outside of forms.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const secret = document.querySelector('input[name="csrf"]')?.value;
  if (secret && detail.verb !== "get" && !("csrf" in detail.parameters)) detail.parameters.csrf = secret;
});

// A problem that came instead of a part leaves the toasts when it was read.
document.addEventListener("click", ({ target }) => {
  const copied = target.closest("[data-copy]");
  if (copied) copy(copied);
  if (target.closest("#toasts")) target.closest("#toasts").replaceChildren();
});

// What filters a list may send its form as soon as it is chosen.
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-submit]")) target.form.requestSubmit();
});

// A menu closes when the hand goes elsewhere.
for (const kind of ["click", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (kind === "keydown" && event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (kind === "click" && menu.contains(event.target)) continue;
      menu.open = false;
      if (kind === "keydown") menu.querySelector("summary").focus();
    }
  });
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const word = button.querySelector("span");
  word.classList.add("copied");
  setTimeout(() => word.classList.remove("copied"), 1500);
}

rememberZone();
switchThemes();
openDialogs(htmx);
askFirst();
tables();
listenToKeys(base, palette(base));
rules();
preventLosses();
lookAgain(htmx);
