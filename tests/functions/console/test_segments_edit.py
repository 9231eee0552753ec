"""Writing, publishing and retiring a segment."""

from collections.abc import Iterator

import pytest

from sojourn.segments import store
from tests.console import FORM
from tests.functions.test_api_segments import Machine
from tests.segments_shown import RULE, came_and_went, drafted, in_force, people, segments_world

SOURCE = RULE.format(name="payers", plan="pro")
OTHER = RULE.format(name="payers", plan="team")
EDIT = "/console/segments/payers/edit"


@pytest.fixture(autouse=True)
def machine(clock: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")
    with segments_world() as made:
        yield made


def source() -> str:
    """The draft, as it was saved last."""
    draft = store.get_draft("payers")
    return draft.source if draft else ""


def test_a_new_segment_is_saved_under_the_name_it_gives_itself(signed_in):
    browser = signed_in("editor")

    page = browser.post("/console/new-segment", source=SOURCE.replace("\n", "\r\n"))

    assert (page.status, page.place) == (303, "/console/segments/payers")
    assert source() == SOURCE
    assert "Saved as revision 1." in browser.get("/console/segments/payers").words


def test_a_text_without_a_name_is_not_saved_nor_lost(signed_in):
    page = signed_in("editor").post("/console/new-segment", source="rule: []")

    assert page.status == 422
    assert "It has no name yet" in page.words
    assert "rule: []</textarea>" in page.text


def test_a_new_segment_never_takes_the_place_of_one_that_is_there(signed_in):
    drafted("payers")

    page = signed_in("editor").post("/console/new-segment", source=OTHER)

    assert page.status == 409
    assert source() == SOURCE


@pytest.mark.parametrize("path", [EDIT, "/console/segments/preview"])
def test_what_is_wrong_is_said_with_its_line_and_what_to_do(path: str, signed_in):
    drafted("payers")
    wrong = SOURCE.replace(", is:", ", iss:")

    page = signed_in("editor").post(path, source=wrong, revision=1, name="payers")

    assert page.status == 422
    assert "Line 4: Unknown key iss . Did you mean is ?" in page.words
    assert "iss: pro" in page.text
    assert 'action="/console/segments/payers/edit"' in page.text
    assert source() == SOURCE


def test_a_preview_counts_without_saving_as_a_part_and_as_a_page(signed_in):
    people(ada="pro", bob="free")
    browser = signed_in("viewer")

    page = browser.post("/console/segments/preview", source=SOURCE)
    body = f"csrf={browser.mark}&source={SOURCE}".replace("\n", "%0A")
    part = browser.send("POST", "/console/segments/preview", body, {**FORM, "hx-request": "true"})

    for each in (page, part):
        assert each.status == 200
        assert "Would be in 1 of 2 people plan is 'pro'" in each.words
        assert "ada@example.org" in each.words
    assert "<textarea" in page.text
    assert "<textarea" not in part.text
    assert source() == ""


def test_who_was_slower_sees_both_and_loses_nothing(signed_in):
    drafted("payers")
    browser = signed_in("editor")
    read = {name: browser.get(EDIT).inputs()[name] for name in ("revision", "base")}
    drafted("payers", "team")
    mine = RULE.format(name="payers", plan="free")

    page = browser.post(EDIT, source=mine, **read)

    assert page.status == 409
    assert "removed: - {attribute: plan, is: team}" in page.words
    assert "added: - {attribute: plan, is: free}" in page.words
    assert "is: free}\n</textarea>" in page.text
    assert "Line 4" in page.words
    assert source() == OTHER
    there = {name: page.inputs()[name] for name in ("theirs", "theirs_revision", "revision", "base")}
    both = browser.post(EDIT, source=mine, do="merge", **there, **{"choice-0": "mine"})
    assert both.status == 200
    again = browser.post(EDIT, source=mine, revision=both.inputs()["revision"], base=both.inputs()["base"])
    assert again.status == 303
    assert "is: free" in source()


def test_whoever_changed_something_else_meanwhile_loses_nothing_either(signed_in):
    drafted("payers")
    browser = signed_in("editor")
    read = {name: browser.get(EDIT).inputs()[name] for name in ("revision", "base")}
    drafted("payers", "team")
    mine = SOURCE.replace("Those who pay", "Whoever pays")

    page = browser.post(EDIT, source=mine, **read)
    there = {name: page.inputs()[name] for name in ("theirs", "theirs_revision", "revision", "base")}
    both = browser.post(EDIT, source=mine, do="merge", **there)

    assert "fit together" in page.words
    assert "description: Whoever pays" in both.words
    assert "is: team" in both.words
    assert both.inputs()["revision"] == there["theirs_revision"]


def test_publishing_says_how_many_first(signed_in):
    people(ada="pro", bob="free")
    drafted("payers")
    browser = signed_in("approver")

    asked = browser.get("/console/segments/payers/publish")
    done = browser.post("/console/segments/payers/publish")

    assert "0 are in it now; 1 of 2 people would be." in asked.words
    assert done.status == 303
    assert store.live()["payers"].live == 1


def test_retiring_says_how_many_leave(signed_in):
    people(ada="pro")
    in_force("payers")
    came_and_went("payers", (1204, 0))
    browser = signed_in("approver")

    asked = browser.get("/console/segments/payers/retire")
    done = browser.post("/console/segments/payers/retire")

    assert "1,204 people leave it." in asked.words
    assert done.status == 303
    assert not store.live()["payers"].live


def test_what_others_look_at_cannot_be_retired(signed_in):
    in_force("payers")
    in_force("friends", text="segment: {name}\nrule:\n  - {{segment: payers}}\n")
    browser = signed_in("approver")

    assert "change them first: friends" in browser.get("/console/segments/payers/retire").words
    assert browser.post("/console/segments/payers/retire").status == 409
    assert store.live()["payers"].live


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("viewer", EDIT),
        ("viewer", "/console/new-segment"),
        ("editor", "/console/segments/payers/publish"),
        ("editor", "/console/segments/payers/retire"),
    ],
)
def test_who_may_not_is_told_whom_to_ask(role: str, path: str, signed_in):
    in_force("payers")

    page = signed_in(role).post(path, source=OTHER, revision=1)

    assert page.status == 403
    assert "An admin of your team can give it to you" in page.words
    assert source() == SOURCE
