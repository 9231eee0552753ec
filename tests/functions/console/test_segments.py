"""The room of segments, as its pages are."""

from collections.abc import Iterator

import pytest

from tests.console import counted
from tests.functions.test_api_segments import Machine
from tests.segments_shown import RULE, came_and_went, drafted, in_force, people, segments_world

HOSTILE = "<script>alert(1)</script>"
NAMING = """\
segment: {name}
rule:
  - {{attribute: plan, is: "<script>alert(1)</script>{plan}"}}
"""
SOURCE = RULE.format(name="payers", plan="pro")


@pytest.fixture(autouse=True)
def machine(clock: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")
    with segments_world() as made:
        yield made


def test_without_segments_the_list_teaches_what_one_is(signed_in):
    page = signed_in("editor").get("/console/segments")

    assert "No segments yet" in page.words
    assert "/console/new-segment" in page.text
    assert "/console/new-segment" not in signed_in("viewer").get("/console/segments").text


def test_the_list_says_what_each_means_and_how_it_stands_for_few_reads(signed_in):
    people(ada="pro")
    in_force("payers")
    drafted("guests", "free")
    browser = signed_in("viewer")
    browser.get("/console/segments")  # generations never change: a container reads them once

    with counted() as made:
        page = browser.get("/console/segments")

    assert "guests plan is 'free' Draft" in page.words
    assert "payers plan is 'pro' Up to date" in page.words
    assert len(made) <= 5
    assert "Scan" not in made


def test_the_list_goes_on_by_cursor(signed_in):
    for number in range(26):
        drafted(f"group-{number:02d}")
    browser = signed_in("viewer")

    first = browser.get("/console/segments")
    place = first.text.split('href="?cursor=', 1)[1].split('"', 1)[0]
    rest = browser.get(f"/console/segments?cursor={place}")

    assert "group-24" in first.words
    assert "group-25" not in first.words
    assert "group-25" in rest.words


def test_a_size_is_a_part_of_its_own(signed_in):
    in_force("payers")
    came_and_went("payers", (1200, 0), (8, 4))
    browser = signed_in("viewer")
    browser.part("/console/segments/payers/size")

    with counted() as made:
        part = browser.part("/console/segments/payers/size")

    assert "1,204" in part.words
    assert "<html" not in part.text
    assert "<polyline" in part.text
    assert len(made) <= 5


def test_a_segment_shows_its_rule_its_days_and_who_uses_it(signed_in):
    people(ada="pro")
    in_force("payers")
    in_force("friends", text="segment: {name}\nrule:\n  - {{segment: payers}}\n")
    came_and_went("payers", (40, 0), (5, 3))
    browser = signed_in("viewer")
    browser.get("/console/segments/payers")

    with counted() as made:
        page = browser.get("/console/segments/payers")

    assert "plan is 'pro'" in page.words
    assert "In it now 42" in page.words
    assert "<svg" in page.text
    assert "As a table" in page.words
    assert "/console/segments/friends" in page.text
    assert "segment: payers" in page.words
    assert "/edit" not in page.text
    assert len(made) <= 5, made
    assert "Scan" not in made


def test_a_segment_that_is_being_judged_says_how_far_it_is(signed_in, machine: Machine):
    people(ada="pro")
    machine.is_slow = True
    in_force("payers")

    page = signed_in("approver").get("/console/segments/payers")

    assert "Everybody is being judged" in page.words
    assert "It takes force when this is done." in page.words
    assert "/publish" not in page.text


def test_no_such_segment_is_not_found(signed_in):
    browser = signed_in("admin")
    for path in ("", "/size", "/members", "/edit", "/publish", "/retire", "/explain?contact=ada"):
        assert browser.get(f"/console/segments/none{path}").status == 404


def test_members_are_listed_and_explained(signed_in):
    people(ada="pro", bob="free")
    in_force("payers")
    browser = signed_in("viewer")

    members = browser.get("/console/segments/payers/members")
    inside = browser.get("/console/segments/payers/explain?contact=ada")
    outside = browser.get("/console/segments/payers/explain?contact=bob")

    assert "contact-ada" in members.words
    assert "contact-bob" not in members.words
    assert "In it Since" in inside.words
    assert "no plan is 'pro'" in outside.words
    assert "free" in outside.words


def test_whoever_is_unknown_is_said_to_be_and_stays_text(signed_in):
    in_force("payers")

    page = signed_in("viewer").get(f"/console/segments/payers/explain?contact={HOSTILE}")

    assert page.status == 404
    assert "Nobody is known by that" in page.words
    assert HOSTILE not in page.text


@pytest.mark.parametrize(
    "path", ["", "/payers", "/payers/edit", "/payers/publish", "/payers/explain?contact=ada"]
)
def test_hostile_rules_stay_text(path: str, signed_in):
    people(ada=HOSTILE)
    drafted("payers", text=NAMING)

    page = signed_in("approver").get(f"/console/segments{path}")

    assert page.status == 200
    assert HOSTILE not in page.text
    assert "&lt;script&gt;" in page.text
