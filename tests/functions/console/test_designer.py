"""Designing a journey: each button is an edit of the text, and what is wrong stands at its step."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from sojourn.journeys.drafts import Draft, get_draft, save_draft
from tests.console import Browser, Page, counted
from tests.functions.console.journeys_there import SECOND, definition

NAME = "greetings"
EDIT = f"/console/journeys/{NAME}/edit"
TEXT = SECOND.replace("journey: welcome", f"journey: {NAME}").replace(
    "  - wait: Wait two", "  # Not too soon.\n  - wait: Wait two"
)
GUIDE = "steps/2"  # waits for a click


class Controls(HTMLParser):
    """What a browser would send of the desk's form: every control by its name, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.area = self.select = self.chosen = ""
        self.text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "input" and name and (told.get("type") not in ("checkbox", "radio") or "checked" in told):
            self.pairs.append((name, value))
        if tag == "select":
            self.select, self.chosen = name, ""
        if tag == "option" and self.select and "selected" in told:
            self.chosen = value
        if tag == "textarea":
            self.area, self.text = name, []

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.pairs.append((self.select, self.chosen))
        if tag == "textarea" and self.text is not None:
            self.pairs.append((self.area, "".join(self.text).removeprefix("\n")))
            self.text = None


@pytest.fixture
def browser(signed_in: Any) -> Browser:
    there = get_draft(NAME)
    revision = there.revision if there else 0
    save_draft(Draft(name=NAME, revision=revision, source=TEXT, definition=definition(TEXT)))
    made: Browser = signed_in("editor")
    return made


def tree(page: Page) -> dict[str, Any]:
    """What the canvas is told."""
    told: dict[str, Any] = json.loads(unescape(page.text.split('data-tree="', 1)[1].split('"', 1)[0]))
    return told


def names(page: Page) -> list[str]:
    return [step["name"] for step in tree(page)["steps"]]


def controls(page: Page) -> dict[str, str]:
    reader = Controls()
    reader.feed(page.text.split('id="desk-form"', 1)[1])
    return dict(reader.pairs)


def text(page: Page) -> str:
    """The text as the page carries it on."""
    return controls(page)["source"]


def do(browser: Browser, page: Page, deed: str, path: str = EDIT, /, **more: str) -> Page:
    """Press a button of the page after typing into its fields, as a browser does."""
    return browser.post(path, {**controls(page), "do": deed, **more})


def typed(browser: Browser, page: Page, **fields: str) -> Page:
    """Type into the fields of the panel, by their last words, and apply."""
    known = controls(page)
    said = {
        name: value for end, value in fields.items() for name in known if name.endswith(end.replace("_", " "))
    }
    return do(browser, page, "apply", EDIT, **said)


def test_the_desk_shows_the_draft_as_it_was_saved(browser):
    page = browser.get(EDIT)

    assert page.status == 200
    assert names(page)[:2] == ["Send the welcome", "Wait two days"]
    assert text(page) == TEXT
    assert [way["title"] for way in tree(page)["steps"][2]["ways"]] == ["If they do", "When time is up"]


def test_no_place_of_the_page_is_named_twice(browser):
    for at in ("", *(f"steps/{number}" for number in range(TEXT.count("\n  - ")))):
        names = re.findall(r'\bid="([^"]*)"', browser.get(f"{EDIT}?at={at}").text)
        assert sorted(set(names)) == sorted(names), at


def test_whoever_may_only_look_is_told_whom_to_ask(signed_in, browser):
    viewer = signed_in("viewer")

    assert viewer.get(EDIT).status == 403
    assert viewer.get("/console/new-journey").status == 403
    assert viewer.post(EDIT, source=TEXT, do="save").status == 403


def test_a_step_moves_with_its_comment(browser):
    page = do(browser, browser.get(EDIT), "up steps/1")

    assert names(page)[:2] == ["Wait two days", "Send the welcome"]
    assert "steps:\n  # Not too soon.\n  - wait: Wait two days\n" in text(page)
    assert tree(page)["selected"] == "steps/0"
    assert text(do(browser, page, "down steps/0")) == TEXT


def test_a_step_leaves_a_way_by_its_end_and_comes_into_another_by_choice(browser):
    page = do(browser, browser.get(EDIT), f"up {GUIDE}/then/0")
    assert names(page)[2] == "Send the next chapter"
    assert tree(page)["selected"] == GUIDE

    page = do(browser, page, f"move {GUIDE}", to="steps/3/otherwise/0")
    way = tree(page)["steps"][2]["ways"][1]
    assert [step["name"] for step in way["steps"]] == ["Send the next chapter", "Send the reminder"]
    assert tree(page)["selected"] == f"{GUIDE}/otherwise/0"


def test_a_step_never_goes_into_its_own_way(browser):
    page = do(browser, browser.get(EDIT), f"move {GUIDE}", to=f"{GUIDE}/then/0")

    assert page.status == 422
    assert "cannot go into one of its own ways" in page.words
    assert text(page) == TEXT


@pytest.mark.parametrize(
    "kind",
    [
        "send",
        "wait",
        "wait for",
        "branch",
        "split",
        "repeat",
        "update",
        "call",
        "task",
        "start",
        "end",
        "exit",
    ],
)
def test_every_kind_of_step_can_be_added_and_has_a_form(kind: str, browser):
    page = do(browser, browser.get(EDIT), "choose steps/1")
    assert "Wait until something happens" in page.words

    page = do(browser, page, f"add {kind}")

    step = tree(page)["steps"][1]
    assert (page.status, step["kind"], tree(page)["selected"]) == (200, kind, "steps/1")
    assert f"f:steps/1/{kind}" in controls(page)
    assert text(page).endswith(TEXT[TEXT.index("  # Not too soon.") :])
    assert text(do(browser, page, "delete steps/1")) == TEXT


def test_added_by_the_canvas_it_stands_where_it_was_dropped(browser):
    page = do(browser, browser.get(EDIT), "add", kind="wait", to=f"{GUIDE}/then/1")

    way = tree(page)["steps"][2]["ways"][0]
    assert [step["kind"] for step in way["steps"]] == ["send", "wait"]


def test_a_copy_has_names_of_its_own_and_asks_about_its_own_messages(browser):
    page = do(browser, browser.get(EDIT), "copy steps/0")
    page = do(browser, page, f"copy {'steps/3'}")

    assert names(page)[1] == "Send the welcome 2"
    assert names(page)[4] == "Clicked the guide? 2"
    inner = [step["name"] for way in tree(page)["steps"][4]["ways"] for step in way["steps"]]
    assert inner == ["Send the next chapter 2", "Send the reminder 2"]


def test_a_new_name_is_known_to_whoever_asks_about_the_step(browser):
    page = do(browser, browser.get(EDIT), "select steps/0")
    page = typed(browser, page, **{"/send": "Say hello"})

    assert names(page)[0] == "Say hello"
    assert "any: [{clicked: Say hello}]" in text(page)
    assert "  # Not too soon.\n" in text(page)


def test_a_field_changes_its_own_line_and_an_empty_one_goes(browser):
    page = do(browser, browser.get(EDIT), f"select {GUIDE}")
    page = typed(browser, page, **{"/up to": "3"})
    assert text(page) == TEXT.replace("up to: 2 days", "up to: 3 days")

    page = do(browser, page, "select steps/3/paths/0/then/0")
    page = typed(browser, page, **{"/hours": "09:00-20:00"})
    assert "        template: offer\n            hours: 09:00-20:00\n" in text(page)
    page = typed(browser, page, **{"/hours": ""})
    assert text(page) == TEXT.replace("up to: 2 days", "up to: 3 days")


def test_typing_is_not_lost_when_another_button_is_pressed(browser):
    page = do(browser, browser.get(EDIT), "select steps/1")
    page = do(browser, page, "up steps/1", EDIT, **{"f:steps/1/for": "5"})

    assert "wait: Wait two days\n    for: 5 days" in text(page)
    assert names(page)[0] == "Wait two days"


def test_the_text_is_the_authority_where_a_panel_is_older(browser):
    page = do(browser, browser.get(EDIT), "select steps/1")
    page = do(browser, page, "check", EDIT, source=TEXT.replace("2 days", "9 days"))

    assert "for: 9 days" in text(page)
    assert controls(page)["f:steps/1/for"] == "9"


def test_a_single_rule_becomes_the_first_of_several_ways_with_its_steps(browser):
    page = do(browser, browser.get(EDIT), f"select {GUIDE}")
    page = do(browser, page, f"grow {GUIDE}/answers")

    ways = tree(page)["steps"][2]["ways"]
    assert [way["title"] for way in ways] == [
        "clicked “Send the welcome”",
        "Order Completed",
        "When time is up",
    ]
    assert ways[0]["steps"][0]["name"] == "Send the next chapter"
    page = do(browser, page, f"drop {GUIDE}/answers/1")
    assert len(tree(page)["steps"][2]["ways"]) == 2


def test_the_kind_of_entry_is_chosen_and_the_fields_follow(browser):
    page = browser.get(EDIT)
    page = do(browser, page, "apply", EDIT, **{"f:entry": "segment"})

    assert 'entry: {segment: ""}' in text(page)
    assert "f:entry/segment" in controls(page)
    page = do(browser, page, "grow entry")
    assert "f:entry/0" in controls(page)
    assert "f:entry/1" in controls(page)


def test_what_is_wrong_stands_at_its_step_and_its_field(browser):
    page = do(browser, browser.get(EDIT), "check", EDIT, source=TEXT.replace("for: 2 days", "for: 2 dayz"))
    step = tree(page)["steps"][1]

    assert step["errors"] == 1
    page = do(browser, page, "select steps/1")
    assert 'aria-invalid="true"' in page.text.split('id="in-f-steps-1-for"', 1)[1].split(">", 1)[0]


def test_a_text_that_is_no_yaml_is_kept_and_says_where_it_breaks(browser):
    broken = TEXT.replace("purpose: marketing", "purpose: [marketing")
    page = do(browser, browser.get(EDIT), "up steps/1", EDIT, source=broken)

    assert page.status == 422
    assert text(page) == broken
    assert "cannot be read" in page.words


def test_saved_it_is_the_next_revision_and_other_lines_stay_as_they_were(browser):
    page = do(browser, browser.get(EDIT), "up steps/1")
    told = do(browser, page, "save")

    draft = get_draft(NAME)
    assert (told.status, told.place) == (303, f"{EDIT}?at=steps/0")
    assert draft is not None
    assert draft.source == text(page)


def test_an_error_keeps_it_from_being_saved_and_is_shown_at_its_step(browser):
    page = do(browser, browser.get(EDIT), "save", EDIT, source=TEXT.replace("for: 2 days", "for: 2 dayz"))

    draft = get_draft(NAME)
    assert page.status == 422
    assert "Not saved" in page.words
    assert tree(page)["steps"][1]["errors"] == 1
    assert draft is not None
    assert draft.source == TEXT


def _somebody_saves(change: tuple[str, str]) -> str:
    draft = get_draft(NAME)
    assert draft is not None
    theirs = TEXT.replace(*change)
    save_draft(Draft(name=NAME, revision=draft.revision, source=theirs, definition=definition(theirs)))
    return theirs


def test_two_changes_that_fit_are_brought_together_and_none_is_lost(browser):
    page = do(browser, browser.get(EDIT), "select steps/1")
    _somebody_saves(("template: feedback", "template: survey"))
    page = do(browser, page, "save", EDIT, **{"f:steps/1/for": "4"})
    assert page.status == 409
    assert "fit together" in page.words

    page = do(browser, page, "merge")
    assert do(browser, page, "save").status == 303
    draft = get_draft(NAME)
    assert draft is not None
    mine = TEXT.replace("for: 2 days", "for: 4 days", 1)
    assert draft.source == mine.replace("template: feedback", "template: survey")


@pytest.mark.parametrize(("choice", "days"), [("mine", 4), ("theirs", 6)])
def test_where_two_contradict_each_other_a_person_chooses(choice: str, days: int, browser):
    page = do(browser, browser.get(EDIT), "select steps/1")
    _somebody_saves(("for: 2 days", "for: 6 days"))
    page = do(browser, page, "save", EDIT, **{"f:steps/1/for": "4"})
    assert "for: 4 days" in page.text
    assert "for: 6 days" in page.text

    page = do(browser, page, "merge", EDIT, **{"choice-0": choice})
    assert text(page) == TEXT.replace("for: 2 days", f"for: {days} days")
    assert do(browser, page, "save").status == 303


def test_a_new_journey_is_saved_under_its_name_and_never_over_another(browser):
    new = "/console/new-journey"
    page = browser.get(new)
    assert page.status == 200
    page = do(browser, page, "save", new, source=TEXT.replace(f"journey: {NAME}", "journey: Bad Name"))
    assert page.status == 422
    assert "name" in page.words

    told = do(browser, page, "save", new, source=TEXT.replace(f"journey: {NAME}", "journey: fresh-start"))
    assert (told.status, told.place) == (303, "/console/journeys/fresh-start/edit")
    again = do(browser, browser.get(new), "save", new, source=TEXT)
    assert again.status == 409


def test_a_text_that_cannot_be_read_is_not_told_to_lack_a_name(browser):
    page = browser.post("/console/new-journey", source="][", do="save")

    assert page.status == 422
    assert "Not saved: mend what is marked first." in page.words
    assert "Give it a name" not in page.words
    assert "Line 1" in page.words


def test_a_copy_is_a_new_journey_with_a_name_of_its_own(browser):
    copy = f"/console/new-journey?from={NAME}"
    assert f'href="{copy}"' in browser.get(f"/console/journeys/{NAME}").text
    page = browser.get(copy)
    assert page.status == 200
    assert NAME in page.words
    assert text(page) == TEXT.replace(f"journey: {NAME}", f"journey: {NAME}-copy")

    told = do(browser, page, "save", "/console/new-journey")
    assert (told.status, told.place) == (303, f"/console/journeys/{NAME}-copy/edit")
    assert text(browser.get(EDIT)) == TEXT
    for other in (NAME, f"{NAME}-copy"):
        again = text(browser.get(f"/console/new-journey?from={other}"))
        assert f"journey: {NAME}-copy-2\n" in again
    assert browser.get("/console/new-journey?from=nobody").status == 404


def test_hostile_names_stay_text(browser):
    hostile = TEXT.replace("Wait two days", "'\"><script>alert(1)</script>'")
    page = do(browser, browser.get(EDIT), "select steps/1", EDIT, source=hostile)

    assert "<script>alert" not in page.text
    assert names(page)[1].startswith('"><script>')


def test_line_ends_of_other_systems_stay(browser):
    draft, theirs = get_draft(NAME), TEXT.replace("\n", "\r\n")
    assert draft is not None
    save_draft(Draft(name=NAME, revision=draft.revision, source=theirs, definition=definition(TEXT)))
    page = browser.get(EDIT)

    assert do(browser, page, "save").status == 303
    saved = get_draft(NAME)
    assert saved is not None
    assert saved.source == theirs


def test_a_page_of_the_desk_costs_few_calls(browser):
    with counted() as shown:
        page = browser.get(EDIT)
    with counted() as done:
        do(browser, page, "up steps/1")
    with counted() as named:
        assert browser.part(f"/console/new-journey/names?journey={NAME}").status == 200

    assert all(len(made) <= 5 and "Scan" not in made for made in (shown, done, named)), (shown, done, named)


def test_a_split_an_entry_and_an_exit_grow_and_shrink(browser):
    page = do(browser, browser.get(EDIT), "choose steps/0")
    page = do(browser, page, "add split")
    page = do(browser, page, "hold steps/0/paths")
    assert [way["title"] for way in tree(page)["steps"][0]["ways"]] == ["50%", "50%", "10% held out"]
    page = do(browser, page, "drop steps/0/paths/2")
    page = do(browser, page, "delete steps/0")
    page = do(browser, page, "select")
    page = do(browser, page, "grow exits")
    assert "\nexits: [{event: Order Completed}]\n" in text(page)
    page = do(browser, page, "drop exits/0")
    assert text(page) == TEXT


def test_an_outcome_keeps_its_place_when_its_last_step_goes(browser):
    page = do(browser, browser.get(EDIT), "choose steps/0")
    page = do(browser, page, "add task")
    page = do(browser, page, "apply", EDIT, **{"f:steps/0/outcomes": "call again"})
    page = do(browser, page, "add", EDIT, kind="wait", to="steps/0/outcomes/call again/0")
    titles = [way["title"] for way in tree(page)["steps"][0]["ways"]]
    assert titles == ["done", "not done", "call again", "When time is up"]

    page = do(browser, page, "delete steps/0/outcomes/call again/0")
    assert [way["title"] for way in tree(page)["steps"][0]["ways"]] == titles


def test_selects_offer_what_the_workspace_has(browser):
    page = browser.get(EDIT)
    known = {"templates": ["hello", "welcome"], "segments": [], "journeys": []}
    page = do(browser, page, "select steps/0", EDIT, names=json.dumps(known))

    assert '<option value="hello">hello</option>' in page.text
    assert json.loads(controls(page)["names"]) == known
    assert do(browser, page, "select steps/0", EDIT, names="{]").status == 200
