// What a browser knows of its visitor and the server does not: their zone, and whether they want it light or dark.

const YEAR = 31_536_000;

export function rememberZone() {
  remember("sojourn_zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
}

export function switchThemes() {
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-theme-switch]")) return;
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember("sojourn_theme", theme);
  });
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}
