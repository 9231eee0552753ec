"""The designer in Chromium: a journey is drawn by hand, and written by keyboard; both are the same journey."""

from typing import Any

import pytest
from playwright.sync_api import Dialog

from tests.browser.conftest import Console
from tests.browser.hands import drag, finger, gaps, reach, tree
from tests.browser.windows import DESKTOP, IS_STILL, PHONE, Window, good, pictures
from tests.functions.console.journeys_there import a_running_journey

BROAD, TABLET = (1440, 900), (1024, 768)
NEW, WELCOME = "/console/new-journey", "/console/journeys/welcome"
CARDS = ".canvas-card .name"
IS_SAVED = "document.querySelector('[data-unsaved]').hidden"
TREE = "JSON.parse(document.querySelector('#tree').dataset.tree)"
STEPS = """document.querySelector('#tree').dataset.tree.split('"kind"').length"""
# Three ways to go: bought, a friend of the house, anybody else.
DRAWN = [
    ["send", {}],
    [
        "wait for",
        {
            "If they do": [["branch", {"If so": [["update", {}]], "Otherwise": [["send", {}]]}]],
            "When time is up": [["wait", {}], ["exit", {}]],
        },
    ],
]


def opened(console: Console, path: str = NEW, **how: Any) -> Window:
    window = console.signed_in("editor", **how)
    window.go(path)
    return window


def dropped(window: Window, kind: str, gap: int) -> None:
    """A new step of this kind, once it stands in the answer of the server, too."""
    before = window.page.evaluate(STEPS)
    drag(window, f".tool[data-kind='{kind}']", gap)
    window.until(f"{STEPS} === {before + 1} && {IS_STILL}")


def press(window: Window, what: str) -> None:
    """Tab to a button and press it; it is there when an answer has brought it."""
    window.page.wait_for_selector(what)
    window.until(IS_STILL)
    reach(window, what)
    window.page.keyboard.press("Enter")


def test_a_journey_with_three_ways_is_drawn_by_hand(console: Console):
    window = opened(console)
    page = window.page
    page.wait_for_selector(CARDS)

    dropped(window, "wait for", 1)  # gaps are counted from the top, and from the left
    dropped(window, "branch", 2)
    dropped(window, "update", 4)
    dropped(window, "send", 5)
    dropped(window, "exit", 3)
    dropped(window, "wait", 3)
    assert tree(window) == DRAWN
    good(window)
    page.set_viewport_size({"width": BROAD[0], "height": BROAD[1]})
    page.click("[data-tool=all]")
    pictures(window, "designer", desktop=BROAD)


def test_what_was_done_is_undone_and_done_again_and_a_step_goes_by_a_key(console: Console):
    window = opened(console)
    page = window.page
    page.wait_for_selector(CARDS)
    assert page.is_disabled("[data-tool=undo]")
    assert not page.is_visible("[data-unsaved]")

    dropped(window, "wait", 1)
    window.sees("[data-unsaved]")
    page.focus("main")
    page.keyboard.press("Delete")
    window.until("!document.querySelector('#source').value.includes('wait')")
    page.keyboard.press("Control+z")
    window.until("document.querySelector('#source').value.includes('wait')")
    page.keyboard.press("Control+z")
    window.until(f"document.querySelector('[data-tool=undo]').disabled && {IS_SAVED}")
    page.keyboard.press("Control+Shift+z")
    window.until("document.querySelector('#source').value.includes('wait')")
    window.settle()


def test_work_that_was_not_saved_is_asked_about_and_offered_on_return(console: Console):
    window = opened(console)
    page = window.page
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.wait_for_selector(CARDS)
    dropped(window, "wait", 1)

    window.go("/console/journeys")
    assert asked == ["beforeunload"]
    window.go(NEW)
    page.click("[data-kept-use]")
    window.until("document.querySelector('#source').value.includes('wait')")
    window.go(NEW)
    page.click("[data-kept-drop]")
    window.go(NEW)
    assert not page.is_visible("[data-kept]")


def test_on_a_phone_the_outline_comes_first_and_a_view_is_remembered(console: Console):
    window = opened(console, size=PHONE)
    page = window.page
    window.sees("[data-part=outline]")
    assert not page.is_visible(".board")

    page.click("[data-show=text]")
    window.sees("#source")
    window.go(NEW)
    window.sees("#source")
    assert not page.is_visible("[data-part=outline]")


def test_a_running_journey_is_drawn_with_who_stands_where(console: Console):
    a_running_journey()
    window = opened(console, WELCOME)
    page = window.page
    window.until("document.body.textContent.includes('12 people here')")

    page.click("[data-show=canvas]")
    assert page.text_content(".canvas-card:has(.name:text('Wait two days')) .mark") == "12 here"
    good(window)
    pictures(window, "journey-drawing")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    window.go(WELCOME)  # the view is remembered
    page.click(f".canvas-card:has(.mark) {CARDS.split()[1]} >> text=Wait two days")
    page.wait_for_url("**/people?step=Wait%20two%20days")


def test_a_finger_adds_moves_and_pushes_on_a_tablet(console: Console):
    window = opened(console, size=TABLET, touch=True)
    page = window.page
    page.wait_for_selector(CARDS)
    before = page.evaluate(STEPS)
    page.tap(".tool[data-kind='wait']")
    window.until(f"{STEPS} === {before + 1} && {IS_STILL}")
    assert [kind for kind, _ in tree(window)] == ["send", "wait"]

    x, y = middle(window, "Wait")
    with finger(window, x, y) as move:
        move(x + 12, y - 20)
        page.wait_for_selector(".sqd-drag")
        gap = gaps(window)[0]
        move(gap["x"] + gap["width"] / 2, gap["y"] + gap["height"] / 2)
    window.until(f"{TREE}.steps[0].kind === 'wait' && {IS_STILL}")

    x, y = middle(window, "Wait")
    with finger(window, x + 200, y + 40) as move:
        move(x + 260, y + 70)
    assert middle(window, "Wait") == pytest.approx((x + 60, y + 30))
    window.settle()


def middle(window: Window, name: str) -> tuple[float, float]:
    """Of a card of the drawing."""
    card = window.page.locator(f".canvas-card:has(.name:text-is('{name}')) > .ground").bounding_box()
    assert card
    return card["x"] + card["width"] / 2, card["y"] + card["height"] / 2


def test_the_same_journey_is_written_by_keyboard_alone(console: Console):
    window = opened(console)
    press(window, "[data-show=outline]")
    for place, kind in (
        ("steps/1", "wait for"),
        ("steps/1/then/0", "branch"),
        ("steps/1/then/0/then/0", "update"),
        ("steps/1/then/0/otherwise/0", "send"),
        ("steps/1/otherwise/0", "wait"),
        ("steps/1/otherwise/1", "exit"),
    ):
        before = window.page.evaluate(STEPS)
        press(window, f"[value='choose {place}']")
        press(window, f"[value='add {kind}']")
        window.until(f"{STEPS} === {before + 1}")
    assert tree(window) == DRAWN
    good(window)
    pictures(window, "designer-outline")


def test_what_is_saved_is_not_asked_about(console: Console):
    a_running_journey()
    window = opened(console, f"{WELCOME}/edit")
    page = window.page
    page.click(f"{CARDS} >> text=Wait two days")
    page.wait_for_selector("#panel-title >> text=Wait two days")
    name = page.locator("#panel").get_by_label("Name")
    name.fill("Wait a little")
    name.press("Tab")
    page.wait_for_selector(f"{CARDS} >> text=Wait a little")
    window.sees("[data-unsaved]")

    page.click("#save")
    page.wait_for_selector(".flashes >> text=Saved as revision")
    assert not page.is_visible("[data-unsaved]")
    assert not page.is_visible("[data-kept]")
    window.settle()
