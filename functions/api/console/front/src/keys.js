// Shortcuts: none while somebody writes, none that a browser has for itself.

const ROOMS = { h: "", j: "/journeys", c: "/contacts", s: "/segments", t: "/templates", ",": "/settings" };
const SOON = 1_000; // ms between g and the room

export function listenToKeys(base, openPalette) {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  for (const each of document.querySelectorAll("[data-shortcut]")) {
    if (isMac) each.textContent = `⌘ ${each.dataset.shortcut.toUpperCase()}`;
  }
  let went = -Infinity;
  document.addEventListener("click", ({ target }) => target.closest("[data-keys]") && help());
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (isMac ? event.metaKey : event.ctrlKey)) {
      event.preventDefault();
      return openPalette();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") return help();
    if (event.key === "/") return search(event);
    if (event.key === "g") return void (went = event.timeStamp);
    if (event.timeStamp - went < SOON && event.key in ROOMS) location.assign(base + ROOMS[event.key]);
  });
}

function isWriting(element) {
  return element.closest("input, textarea, select, [contenteditable], [data-own-keys]");
}

function help() {
  document.getElementById("keys")?.showModal();
}

function search(event) {
  const field = document.querySelector('main input[type="search"]');
  if (!field) return;
  event.preventDefault();
  field.focus();
}
