"""A real Chromium, driven over a pipe in DevTools' protocol: no driver, no socket, no library.

with Browser.start(folder) as browser:
    page = browser.new_page()
    page.go("http://127.0.0.1:8080/")
    page.click("button")
    assert page.js("document.title") == "Thank you"
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from infra.browser import chromium

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)  # fmt: skip
# Every name that is not the machine's own leads nowhere.
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
PATIENCE = 60.0


def _spawn(command: list[str], reads: int, writes: int) -> int:
    """A process group of its own, which speaks on the descriptors 3 and 4: those the browser looks at."""
    high = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (reads, writes)]
    null = [(os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_RDWR, 0) for each in range(3)]
    ends = [(os.POSIX_SPAWN_DUP2, each, wanted) for wanted, each in enumerate(high, start=3)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[*null, *ends], setpgroup=0)
    for each in (reads, writes, *high):
        os.close(each)
    return pid


class BrowserError(AssertionError):
    """The browser did not do what it was told."""


@dataclass(slots=True)
class Browser:
    """One process of Chromium with a profile that nobody used before."""

    to: int
    back: int
    unread: bytes = b""
    number: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    @contextmanager
    def start(cls, folder: Path) -> Iterator[Self]:
        """Run it while the block lasts."""
        program = chromium()
        assert program
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        pid = _spawn(
            [program, *FLAGS, NOWHERE, f"--user-data-dir={folder}", "about:blank"], theirs_in, theirs_out
        )
        try:
            yield cls(ours_out, ours_in)
        finally:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(ours_out)
            os.close(ours_in)

    def new_page(self, *, width: int = 1280, height: int = 900) -> Page:
        """A window of its own, which shares no cookie with another."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        place = {"url": "about:blank", "browserContextId": context, "width": width, "height": height}
        target = self.ask("Target.createTarget", place)["targetId"]
        session = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.ask(f"{domain}.enable")
        return page

    def ask(self, method: str, params: Mapping[str, Any] | None = None, session: str = "") -> dict[str, Any]:
        """One command; its result."""
        self.number += 1
        wanted = self.number
        said = {"id": wanted, "method": method, "params": params or {}}
        os.write(self.to, json.dumps(said | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            message = self._next(time.monotonic() + PATIENCE)
            if message.get("id") != wanted:
                continue
            if "error" in message:
                raise BrowserError(f"{method}: {message['error']}")
            return dict(message["result"])

    def listen(self, seconds: float) -> None:
        """Take what the browser tells of itself for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._next(until, patient=True)

    def _next(self, until: float, *, patient: bool = False) -> dict[str, Any]:
        while b"\0" not in self.unread:
            ready, _, _ = select.select([self.back], [], [], max(0.0, until - time.monotonic()))
            if not ready and patient:
                return {}
            if not ready:
                raise BrowserError("Chromium does not answer")
            self.unread += os.read(self.back, 1 << 20) or b'{"method": "ended"}\0'
        text, self.unread = self.unread.split(b"\0", 1)
        message: dict[str, Any] = json.loads(text)
        if message.get("method") == "ended":
            raise BrowserError("Chromium ended")
        if "method" in message:
            self.told.append(message)
        return message


@dataclass(frozen=True, slots=True)
class Page:
    """One window and what a person does in it."""

    browser: Browser
    session: str

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of DevTools' protocol to this window."""
        return self.browser.ask(method, params, self.session)

    def go(self, url: str) -> None:
        """Type an address, and wait until the page stands."""
        self.js("window.isTheOld = true")
        frame = self.ask("Page.navigate", url=url)
        assert "errorText" not in frame, frame
        self.until("!window.isTheOld && document.readyState === 'complete'")

    def js(self, expression: str) -> Any:
        """What an expression is worth on this page; a promise is waited for."""
        said = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise BrowserError(f"{expression}: {said['exceptionDetails']}")
        return said["result"].get("value")

    def until(self, expression: str, *, within: float = PATIENCE) -> Any:
        """The first truth of an expression, over however many pages."""
        deadline, found = time.monotonic() + within, None
        while time.monotonic() < deadline:
            try:
                found = self.js(expression)
            except BrowserError as error:  # the page was just changing
                found = None
                if "Chromium" in str(error):
                    raise
            if found:
                return found
            self.browser.listen(0.05)
        raise BrowserError(f"{expression} is still {found!r} after {within} s")

    def click(self, selector: str) -> None:
        """With a real mouse, on the middle of an element that can be seen, once the page has stopped scrolling."""
        place, before = self._middle_of(selector), None
        while place != before:
            self.browser.listen(0.1)
            place, before = self._middle_of(selector), place
        x, y = place
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            pressed = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **pressed)

    def _middle_of(self, selector: str) -> Any:
        return self.until(
            f"(() => {{ const each = document.querySelector({json.dumps(selector)}); if (!each) return null;"
            "each.scrollIntoView({block: 'center', behavior: 'instant'}); const box = each.getBoundingClientRect();"
            "return box.width ? [box.x + box.width / 2, box.y + box.height / 2] : null; })()"
        )

    def type(self, selector: str, text: str) -> None:
        """Into a field."""
        self.click(selector)
        self.ask("Input.insertText", text=text)

    def follow(self, selector: str) -> None:
        """Click on what leads to another page, and wait until that stands."""
        self.js("window.isTheOld = true")
        self.click(selector)
        self.until("!window.isTheOld && document.readyState === 'complete'")

    def close(self) -> None:
        """Leave: the page hears of it, and then there is none."""
        self.ask("Page.close")

    def scroll(self, down: int) -> None:
        """With the wheel."""
        self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=200, y=300, deltaX=0, deltaY=down)

    def requests(self) -> list[str]:
        """`METHOD url` of everything that this window asked of any server, so far."""
        return [
            f"{request['method']} {request['url']}"
            for each in self.browser.told
            if each["method"] == "Network.requestWillBeSent" and each.get("sessionId") == self.session
            for request in [each["params"]["request"]]
        ]

    def complaints(self) -> list[str]:
        """Errors on the page's console."""
        return [
            str(each["params"])
            for each in self.browser.told
            if each.get("sessionId") == self.session
            and (
                each["method"] == "Runtime.exceptionThrown"
                or (each["method"] == "Log.entryAdded" and each["params"]["entry"]["level"] == "error")
            )
        ]

    def picture(
        self, file: Path, *, width: int, height: int, dark: bool = False, whole: bool = False
    ) -> None:
        """How it looks, as a PNG."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.browser.listen(0.3)
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))
