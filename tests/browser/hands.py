"""What hands do with a journey: drag(window, ".tool[data-kind=send]", 2) lets a step fall into a gap,
reach(window, "#save") comes there by Tab alone, tree(window) is what came of it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import FloatRect
from playwright.sync_api import TimeoutError as LateError

from tests.browser.windows import Window

MOST_TABS = 150
TRIES = 3
HELD = 3_000  # ms
STEPS = 6  # moves of the mouse on the way; one alone is no drag


def drag(window: Window, what: str, gap: int) -> None:
    """From the middle of `what` into a gap, counted from the top, and at one height from the left."""
    for _ in range(TRIES):
        if _carried(window, what, gap):
            return
    raise AssertionError(f"{what} does not fall into gap {gap}")


def _carried(window: Window, what: str, gap: int) -> bool:
    """Whether the gap took it. A drawing that changed under the hand is tried again, as one does."""
    page = window.page
    held = page.locator(what).first.bounding_box()
    assert held
    x, y = held["x"] + held["width"] / 2, held["y"] + held["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 4, steps=2)
    page.wait_for_selector(".sqd-drag")
    try:
        place = gaps(window)[gap]
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=STEPS)
        page.wait_for_selector(".sqd-placeholder.sqd-hover", timeout=HELD)
    except (IndexError, LateError):
        page.mouse.move(x, y)  # no gap is there
        page.mouse.up()
        return False
    page.mouse.up()
    return True


@contextmanager
def finger(window: Window, x: float, y: float) -> Iterator[Callable[[float, float], None]]:
    """A finger that is set down here; what it gives moves it, and at the end of the block it is lifted."""
    wire = window.page.context.new_cdp_session(window.page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": left, "y": top} for left, top in at]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def to(left: float, top: float) -> None:
        nonlocal x, y
        for step in range(1, STEPS + 1):
            touch("touchMove", (x + (left - x) * step / STEPS, y + (top - y) * step / STEPS))
        x, y = left, top

    touch("touchStart", (x, y))
    yield to
    touch("touchEnd")


def gaps(window: Window) -> list[FloatRect]:
    """Where a step may fall; seen only while one is dragged."""
    boxes = [each.bounding_box() for each in window.page.locator(".sqd-placeholder:visible").all()]
    return sorted((box for box in boxes if box), key=lambda box: (round(box["y"]), box["x"]))


def tree(window: Window) -> list[Any]:
    """The steps as the page has them: kind, and what stands in each of its ways."""
    told = json.loads(window.page.get_attribute("#tree", "data-tree") or "{}")
    return _kinds(told["steps"])


def reach(window: Window, what: str) -> None:
    """Tab to it, as a keyboard does, and no mouse."""
    for _ in range(MOST_TABS):
        if window.page.evaluate("(what) => document.activeElement.matches(what)", what):
            return
        window.page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {what}")


def _kinds(steps: list[Any]) -> list[Any]:
    return [[step["kind"], {way["title"]: _kinds(way["steps"]) for way in step["ways"]}] for step in steps]
