"""The room of segments before people: looked at, written with its preview beside it, and with scripts off."""

from collections.abc import Iterator

import pytest

from sojourn.segments import store
from tests.browser.conftest import Console
from tests.browser.windows import DESKTOP, IS_STILL, PHONE, SHIFT, good, pictures
from tests.segments_shown import came_and_went, drafted, in_force, people, segments_world

AT_RISK = """\
segment: {name}
description: Bought more than once, and not for two months
rule:
  - {{fact: orders, at least: 2}}
  - {{fact: last_order, in the last: 6 months}}
  - not: {{fact: last_order, in the last: 2 months}}
"""
MOVES = ((812, 0), (40, 12), (31, 22), (18, 25), (44, 9), (51, 17), (63, 20), (38, 31), (29, 14), (57, 26))


@pytest.fixture(autouse=True)
def _segments(clock: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")
    with segments_world():
        yield


def test_segments_are_good_to_look_at_and_to_write(console: Console):
    people(ada="pro", bob="free", eve="pro")
    window = console.signed_in("approver")
    window.go("/console/segments")
    good(window)
    pictures(window, "segments-none")

    in_force("payers")
    in_force("at-risk", text=AT_RISK)
    in_force(
        "payers-at-risk", text="segment: {name}\nrule:\n  - {{segment: payers}}\n  - {{segment: at-risk}}\n"
    )
    drafted("newcomers", "trial")
    came_and_went("payers", *MOVES)
    came_and_went("at-risk", *((came // 4, left // 3) for came, left in MOVES[1:]))

    window.go("/console/segments")
    window.until("document.querySelector('#segments').innerText.includes('1,007')")
    good(window)
    pictures(window, "segments")

    for path, name in (
        ("payers", "segment"),
        ("payers/members", ""),
        ("payers/explain?contact=bob", "segment-explain"),
    ):
        window.go(f"/console/segments/{path}")
        good(window)
        if name:
            pictures(window, name)

    window.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})  # pictures leave a phone
    window.go("/console/segments/newcomers/edit")
    text = window.page.input_value("#source")
    window.page.fill("#source", text.replace("is: trial", "iss: trial"))
    window.until("document.querySelector('#preview').innerText.includes('Did you mean')")
    window.until("document.querySelector('#builder').innerText.includes('Did you mean')")
    window.page.fill("#source", text.replace("is: trial", "is: pro"))
    window.until("document.querySelector('#preview').innerText.includes('ada@example.org')")
    good(window)
    pictures(window, "segment-edit")
    window.page.click("#segment button:has-text('Save')")
    window.page.click(".page-head a:has-text('Publish')")
    window.page.click("dialog[open] button:has-text('Publish')")
    window.page.get_by_text("It is in force.").wait_for()
    assert store.live()["newcomers"].live == 1


def test_segments_are_written_without_scripts_too(console: Console):
    people(ada="pro")
    window = console.signed_in("editor", scripts=False, size=PHONE)

    window.go("/console/new-segment")
    window.page.fill("#source", "segment: payers\nrule:\n  - {attribute: plan, is: pro}\n")
    window.page.click("#segment button:has-text('Preview')")
    window.says("#preview", "ada@example.org")
    window.page.click("#segment button:has-text('Save')")

    window.at("/console/segments/payers")
    assert window.foreign() == []


def test_a_rule_is_built_by_keyboard_alone(console: Console):
    people(ada="pro", bob="free", eve="pro")
    window = console.signed_in("editor")
    window.go("/console/new-segment")
    keys = window.page.keyboard

    def press(selector: str, key: str = "Enter") -> None:
        window.page.focus(selector)
        keys.press(key)

    def has(text: str) -> None:
        window.until(f"document.querySelector('#source').value.includes({text!r})")

    window.page.focus("#head-segment")
    keys.press("Control+A")
    keys.type("payers")
    press("#remove-rule-1")
    window.until("!document.querySelector('#at-rule-1')")
    has("segment: payers")
    window.page.select_option("#rule-kind", "any")
    press("#add-rule")
    has("any:")
    window.page.focus("#rule-1-any-0-value")
    keys.press("Control+A")
    keys.type("free")
    keys.press("Tab")
    has("is: free")
    window.page.select_option("#rule-1-kind", "tag")
    press("#add-rule-1")
    window.until("document.activeElement.id === 'rule-1-any-1-value'")
    keys.press("Control+A")
    keys.type("vip")
    keys.press("Tab")
    has("tag: vip")
    press("#remove-rule-0")
    window.until("!document.querySelector('#at-rule-1')")
    window.until("document.querySelector('#preview').innerText.includes('bob@example.org')")
    good(window)
    pictures(window, "segment-build")
    press("#segment .form-actions .primary")
    window.page.wait_for_url("**/console/segments/payers")

    draft = store.get_draft("payers")
    assert draft is not None
    assert "tag: vip" in draft.source
    assert "is: free" in draft.source


def test_a_rule_is_built_without_scripts(console: Console):
    window = console.signed_in("editor", scripts=False, size=PHONE)
    window.go("/console/new-segment")

    window.page.select_option("#rule-kind", "tag")
    window.page.click("#add-rule")
    window.page.fill("#rule-2-value", "gold")
    window.page.click("#up-rule-2")

    assert "tag: gold" in window.page.input_value("#source")
    assert window.page.input_value("#rule-1-value") == "gold"


def test_who_writes_yaml_on_a_phone_keeps_the_line_under_the_thumb(console: Console):
    window = console.signed_in("editor", size=PHONE)
    page = window.page
    window.go("/console/new-segment")
    page.locator("#source").scroll_into_view_if_needed()
    page.focus("#source")
    for rule in ("[{tag: vip}, {tag: new}]", "[{attribute: plan, is: pro}]", "[[["):
        page.keyboard.press("Control+a")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.insert_text(f"segment: payers\nrule: {rule}\n")
        window.until(IS_STILL)
    window.says("#builder", "cannot be read")
    assert window.moved() <= SHIFT
