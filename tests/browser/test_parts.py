"""Every part of the console once, on one page: what a room is built of is good before any room is built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Blueprint, Chalice, Request, Response
from jinja2 import ChoiceLoader, FileSystemLoader

from functions.api.app import handler
from functions.api.console import charts
from functions.api.console.assets import PLACE
from functions.api.console.rendering import environment, text
from functions.api.console.securing import secured
from functions.api.console.session import Session
from sojourn.http import lambda_handler
from sojourn.http.keys import Key
from tests.browser.hands import drag
from tests.browser.served import served
from tests.browser.windows import PHONE, Window, Windows, axe, good

ADA = Session(id="x", key=Key("ada", role="admin"), email="ada@example.org", zone="Europe/Berlin")
DAYS = [f"{day} Nov" for day in range(1, 31)]
PEOPLE = [
    ("Ada Lovelace", "ada@example.org", "Greeting", "active", 12),
    ("Grace Hopper", "grace@example.org", "Wait 3 days", "waiting", 3),
    ("Alan Turing", "alan.mathison.turing.with.a.long.address@example.org", "Reminder", "failed", 0),
    ("<script>alert(1)</script>", '" onmouseover="alert(1)@example.org', "Offer", "completed", 1204),
]
FOUND = [
    {"title": "Ada Lovelace", "kind": "Contact", "url": "/console/contacts/1"},
    {"title": "welcome", "kind": "Journey", "url": "/console/journeys/welcome"},
]
SEND = {"kind": "send", "says": "Sends the template offer", "errors": 0, "ways": []}
TREE = {
    "selected": "steps/0",
    "entry": "Signed up",
    "steps": [
        SEND | {"path": "steps/0", "name": "Greeting"},
        {
            "path": "steps/1",
            "name": "Opened? <script>alert(1)</script>",
            "kind": "wait for",
            "says": "Until they open Greeting, at most 3 days",
            "errors": 2,
            "ways": [
                {
                    "title": "They did",
                    "path": "steps/1/then",
                    "steps": [SEND | {"path": "steps/1/then/0", "name": "Offer"}],
                },
                {"title": "They did not", "path": "steps/1/otherwise", "steps": []},
            ],
        },
    ],
}
parts = Blueprint(__name__)


@parts.route("/console/{name}", methods=["GET"])
@parts.route("/console/{name}/{part}", methods=["GET"])
def show_parts(name: str, part: str = "") -> Response:
    """The page with all parts; the palette's answer; the question before the stop."""
    request: Request = parts.current_request
    query = str(request.query_params.get("q") or "") if request.query_params else ""
    return Response(
        text(
            ADA,
            TEMPLATES.get(name, "parts.html"),
            **facts(),
            found=[each for each in FOUND if query in each["title"]],
        ),
        {"Content-Type": "text/html; charset=utf-8"},
    )


TEMPLATES = {"palette": "found.html", "stop": "stop.html", "canvas": "canvas.html"}


def facts() -> dict[str, object]:
    """What the page shows."""
    sent = {"Delivered": [180 + 37 * n % 220 for n in range(30)], "Bounced": [n * 7 % 18 for n in range(30)]}
    steps = [("Entered", 1204), ("Greeting sent", 1180), ("Opened", 640), ("Ordered", 212)]
    return {
        "tree": TREE,
        "people": PEOPLE,
        "broad": [(f"Column {n}", "num") for n in range(14)],
        "chart": charts.bars("Messages by day", DAYS, sent),
        "growth": charts.line("People in it", DAYS, [100 + n * n for n in range(30)]),
        "flow": charts.flow("Where they stand", steps),
        "spark": charts.spark([3, 5, 4, 8, 9, 12, 11], "More each day"),
    }


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """A console of nothing but parts."""
    jinja = environment()
    before = jinja.loader
    assert before
    jinja.loader = ChoiceLoader([before, FileSystemLoader(Path(__file__).parent)])
    app = Chalice(app_name="parts")
    app.register_blueprint(parts)
    pages = lambda_handler(app)

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        if event["path"].startswith(PLACE):  # a blueprint in two apps would hear the other's requests
            return handler(event, context)
        return secured(pages(event, context), is_secure=False)

    with served(answer) as url:
        yield url
    jinja.loader = before


@pytest.fixture
def window(windows: Windows, origin: str) -> Window:
    """Before the parts."""
    opened = windows.open(origin)
    opened.go("/console/parts")
    return opened


def test_every_part_is_good(window: Window):
    good(window)


def test_a_broad_table_scrolls_in_a_region_that_the_keyboard_reaches(windows: Windows, origin: str):
    window = windows.open(origin, size=PHONE)
    window.go("/console/parts")

    window.page.focus("#broad")
    window.page.keyboard.press("ArrowRight")
    window.until("document.getElementById('broad').scrollLeft > 0")


def test_the_palette_goes_anywhere_by_keyboard(window: Window):
    window.page.keyboard.press("Control+k")
    window.page.wait_for_selector("#palette-list [aria-selected=true]")
    axe(window)
    window.page.keyboard.press("ArrowDown")
    assert window.page.get_attribute("#palette-query", "aria-activedescendant") == "palette-1"

    window.page.keyboard.type("wel")
    window.until("document.querySelectorAll('#palette-list [role=option]').length === 1")
    window.page.keyboard.press("ArrowDown")
    assert window.page.get_attribute("#palette-query", "aria-activedescendant") == "palette-0"

    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/console/journeys/welcome")


def test_what_cannot_be_undone_is_asked_in_a_dialog_with_the_server_s_figures(window: Window):
    window.page.click(".actions .menu summary")
    window.page.click("text=Stop…")

    window.page.wait_for_selector("dialog[open] .touched")
    window.says("dialog[open]", "1,204 people")
    window.page.click("dialog[open] [data-close]")
    window.at("/console/parts")
    assert window.page.query_selector("dialog[open]") is None


def test_a_form_that_asks_first_is_not_sent_before_the_yes(window: Window):
    window.page.click(".actions >> text=Pause")
    window.says("#ask-text", "1,204")

    window.page.keyboard.press("Escape")
    assert not [each for each in window.asked if each.endswith("/pause")]

    window.page.click(".actions >> text=Pause")
    with window.page.expect_request("**/console/pause") as sent:
        window.page.click("#ask-yes")
    assert sent.value.method == "POST"
    window.expected = len(window.complaints)  # nobody answers it here


def test_the_theme_stays_as_it_was_chosen_and_the_server_learns_the_zone(window: Window):
    window.page.click(".side [data-theme-switch]")

    assert window.page.get_attribute("html", "data-theme") == "dark"
    cookies = {each["name"]: each["value"] for each in window.page.context.cookies()}
    assert cookies == {"sojourn_zone": "Europe/Berlin", "sojourn_theme": "dark"}


def test_shortcuts_are_told_and_sleep_while_somebody_writes(window: Window):
    window.page.keyboard.press("?")
    window.page.wait_for_selector("#keys[open]")
    window.page.keyboard.press("Escape")

    window.page.keyboard.press("/")
    window.page.keyboard.type("gj?")
    assert window.page.input_value("main input[type=search]") == "gj?"
    window.at("/console/parts")

    window.page.focus("h1 >> xpath=ancestor::main")
    window.page.keyboard.press("g")
    window.page.keyboard.press("j")
    window.page.wait_for_url("**/console/journeys")


def test_without_scripts_everything_is_there_but_what_scripts_do(windows: Windows, origin: str):
    window = windows.open(origin, scripts=False)
    window.go("/console/parts")

    window.sees("text=Ada Lovelace")
    assert not window.page.is_visible("[data-copy]")
    window.page.click(".chart summary")
    window.sees(".chart details table")
    window.page.click("text=Go to…")
    window.at("/console/palette")


SAY = """addEventListener("submit", (event) => { event.preventDefault();
  const said = new FormData(event.target, event.submitter);
  document.body.dataset.said = ["do", "kind", "path", "to"].map((name) => said.get(name) ?? "").join(" "); })"""


def test_the_canvas_is_drawn_within_the_page_s_policy_and_says_what_a_hand_does(window: Window):
    page = window.page
    window.go("/console/canvas")
    page.wait_for_selector(".canvas-card.chosen .name >> text=Greeting")
    assert page.text_content(".canvas-badge.errors") == "2"
    page.evaluate(SAY)

    page.click(".canvas-card .name >> text=Offer")
    window.until("document.body.dataset.said === 'select  steps/1/then/0 '")

    window.settle()
    axe(window)


def test_a_hand_drags_a_step_to_another_way_and_a_new_one_from_the_tools(windows: Windows, origin: str):
    for deed, tool, to in (
        ("move  steps/0 steps/1/otherwise/0", ".canvas-card .name >> text=Greeting", 3),
        ("add wait  steps/0", ".tool[data-kind=wait]", 0),
    ):
        window = windows.open(origin)
        window.go("/console/canvas")
        window.page.wait_for_selector(".canvas-card")
        window.page.evaluate(SAY)
        drag(window, tool, to)
        window.until(f"document.body.dataset.said === {deed!r}")
        window.settle()
