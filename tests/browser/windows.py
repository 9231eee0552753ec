"""Windows of a real Chromium, watched: what a page asks for, complains of and moves.

window = windows.open(origin, scheme="dark", width=390)
window.go("/console/journeys")
axe(window)                   nothing serious or critical, in light and dark
no_overflow(window)           nothing wider than 320 px, nor than a desktop
window.settle()               nothing foreign was asked for, nothing complained of, nothing jumped
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from infra.web.console import MODULES
from tests.stories.cloud import eventually

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)  # fmt: skip
DESKTOP, PHONE, NARROW = (1280, 900), (390, 844), (320, 640)
SCHEMES = ("light", "dark")
SCRIPT_BUDGET = 60 * 1024  # gzipped, on an ordinary page
SHIFT = 0.01
PATIENCE = 60  # seconds; only what fails takes them
TOO_MANY = 429
HOLDS = """(() => {
  try { return Boolean(EXPRESSION) } catch (why) { if (why instanceof TypeError) return false; throw why }
})()"""
IS_STILL = (
    "document.querySelector('.htmx-request, .htmx-settling') === null"  # every answer is in and has settled
)
# The tests' own scripts, axe among them, try to run in every frame and to talk to it: in these nothing does.
OWN = ("frame is sandboxed", "origin ('null')")
# Runs before any script of a page: how much of it moves without anybody having touched it.
WATCH_SHIFT = """window.__moved = 0; new PerformanceObserver((list) => { for (const each of list.getEntries())
  if (!each.hadRecentInput) window.__moved += each.value; }).observe({type: "layout-shift", buffered: true});"""
OVERFLOWS = """() => { const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > room + 1)
    .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 40)}`).slice(0, 8); }"""
AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, help, nodes}) => [`${id}: ${help}`, ...nodes.slice(0, 4).map((each) => each.html.slice(0, 160))]
    .join("\\n    "))"""


@dataclass(slots=True)
class Window:
    """One page with cookies of its own."""

    page: Page
    origin: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    scripts: dict[str, int] = field(default_factory=dict)  # bytes on the wire
    expected: int = 0  # complaints that a test has asked for: a refused page is one

    def go(self, path: str) -> Response:
        """Type an address; the answer."""
        answer = self.page.goto(f"{self.origin}{path}", wait_until="load")
        assert answer
        return answer

    @property
    def path(self) -> str:
        """Where the window is."""
        return urlsplit(self.page.url).path

    def sign_in(self, email: str, password: str) -> None:
        """By the login page; once more while others of this address try in the same second."""
        eventually(lambda: self._knocks(email, password) != TOO_MANY, within=PATIENCE, every=1.0)
        self.page.wait_for_url(lambda url: "/login" not in url)

    def _knocks(self, email: str, password: str) -> int:
        """The answer's status."""
        self.go("/console/login")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as told:
            self.page.click("main button[type=submit]")
        return told.value.status

    def until(self, expression: str) -> None:
        """Wait for the truth of an expression: the page's own policy forbids Playwright's `wait_for_function`."""
        assert eventually(lambda: self._holds(expression), within=PATIENCE, every=0.03)

    def sees(self, what: str) -> None:
        """Wait till this is there to be seen: a click does not wait for the page that it leads to."""
        self.page.wait_for_selector(what, state="visible")

    def says(self, what: str, text: str) -> None:
        """Wait till these words stand there."""
        expect(self.page.locator(what)).to_contain_text(text, use_inner_text=True, timeout=PATIENCE * 1_000)

    def at(self, path: str) -> None:
        """Wait till the window has come to this page."""
        self.page.wait_for_url(lambda url: urlsplit(url).path == path)

    def _holds(self, expression: str) -> bool:
        """While a page gives way to the next, nothing holds of what it does not have: its body, an element."""
        asked = HOLDS.replace("EXPRESSION", expression)
        try:
            return bool(self.page.evaluate(asked))
        except Error as why:
            if "context was destroyed" in str(why):
                return False
            raise

    def settle(self) -> None:
        """The network was ours alone, the page was content, and nothing moved under the hand."""
        wrong = self.foreign() + self.complaints[self.expected :]
        assert not wrong, f"{self.path}:\n" + "\n".join(wrong)
        assert self.moved() <= SHIFT, f"{self.path} jumps by {self.moved()}"

    def foreign(self) -> list[str]:
        """What was asked of anybody else."""
        return [each for each in self.asked if not each.startswith((self.origin, "data:", "blob:", "about:"))]

    def moved(self) -> float:
        """Cumulative layout shift of the page that stands."""
        return float(self.page.evaluate("window.__moved ?? 0"))


@dataclass(slots=True)
class Windows:
    """A browser, and all its windows of one test."""

    browser: Browser
    opened: list[Window] = field(default_factory=list)

    def open(
        self,
        origin: str,
        *,
        scheme: str = "light",
        size: tuple[int, int] = DESKTOP,
        scripts: bool = True,
        touch: bool = False,
        cookies: dict[str, str] | None = None,
    ) -> Window:
        """A window that shares no cookie with another."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",  # so that nothing is looked at half way
            java_script_enabled=scripts,
            has_touch=touch,
            timezone_id="Europe/Berlin",
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE * 1_000)
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": origin}])
        if scripts:
            context.add_init_script(WATCH_SHIFT)
        window = Window(context.new_page(), origin)
        _watch(window)
        self.opened.append(window)
        return window

    def close(self) -> None:
        """All of them."""
        for window in self.opened:
            window.page.context.close()


def _watch(window: Window) -> None:
    def asked(request: Request) -> None:
        window.asked.append(request.url)

    def finished(request: Request) -> None:
        if request.resource_type == "script" and urlsplit(request.url).scheme != "data":
            window.scripts[request.url] = request.sizes()["responseBodySize"]

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(each in message.text for each in OWN):
            window.complaints.append(f"{message.type}: {message.text}")

    window.page.on("request", asked)
    window.page.on("requestfinished", finished)
    window.page.on("console", said)
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))


@contextmanager
def started(program: str) -> Iterator[Browser]:
    """A Chromium for as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


def axe(window: Window) -> None:
    """axe-core finds nothing serious or critical, in light and in dark."""
    window.page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text())
    for scheme in SCHEMES:
        window.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found: list[str] = window.page.evaluate(AXE)
        assert not found, f"{scheme}, {window.path}:\n" + "\n".join(found)


def no_overflow(window: Window) -> None:
    """No page scrolls sideways, on a small phone or on a desktop."""
    before = window.page.viewport_size
    for width, height in (NARROW, DESKTOP):
        window.page.set_viewport_size({"width": width, "height": height})
        found: list[str] = window.page.evaluate(OVERFLOWS)
        assert not found, f"{width} px, {window.path}: {json.dumps(found, indent=1)}"
    if before:
        window.page.set_viewport_size(before)


def good(window: Window) -> None:
    """All that every page owes: axe, both widths, the network, the console, no jump, and few bytes of script."""
    window.settle()
    assert sum(window.scripts.values()) <= SCRIPT_BUDGET, window.scripts
    axe(window)
    no_overflow(window)


FOLDER = Path(__file__).parents[2] / "docs" / "img"


def pictures(window: Window, name: str, desktop: tuple[int, int] = DESKTOP) -> None:
    """docs/img/<name>-<desktop|phone>-<light|dark>.png, with SCREENSHOTS=1 and the typeface Inter; else nothing."""
    if os.environ.get("SCREENSHOTS") != "1":
        return
    for kind, (width, height) in (("desktop", desktop), ("phone", PHONE)):
        window.page.set_viewport_size({"width": width, "height": height})
        window.page.evaluate("scrollTo(0, 0)")
        for scheme in SCHEMES:
            window.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            _keep(window.page.screenshot(), FOLDER / f"{name}-{kind}-{scheme}.png")


def _keep(png: bytes, file: Path) -> None:
    """Few colours, the rare ones among them, for a warning is a few pixels; and each as most of its pixels had it."""
    import io

    from PIL import Image

    picture: Any = Image.open(io.BytesIO(png)).convert("RGB")
    drawn = picture.quantize(192, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    places = Image.frombytes("L", drawn.size, drawn.tobytes())
    palette = bytearray(3 * 256)
    both: Any = Image.merge("RGBA", (*picture.split(), places))
    for _, (red, green, blue, place) in sorted(both.getcolors(1 << 24)):
        palette[3 * place : 3 * place + 3] = bytes((red, green, blue))
    drawn.putpalette(palette)
    file.parent.mkdir(parents=True, exist_ok=True)
    drawn.save(file, optimize=True)
