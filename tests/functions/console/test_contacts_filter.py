"""People of a segment who fit a rule that is not saved: built or typed, looked at so many at a time."""

from collections.abc import Iterator
from itertools import islice

import boto3
import pytest

from functions.api.console.palette import names
from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.segments.members import store as members
from tests.cloud import REGION
from tests.console import Browser, Page, counted
from tests.functions.test_api_segments import Machine
from tests.insight_rows import NOW, empty
from tests.segments_shown import in_force, segments_world

HERE = "/console/people/filter"
RULE = "segment: filtered\nrule:\n  - {attribute: city, is: Oslo}  # where we deliver\n"


@pytest.fixture(autouse=True)
def machine(clock: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """Ada and Bob pay, Ada in Oslo."""
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")
    with segments_world() as machine:
        empty(boto3.client("dynamodb", region_name=REGION), "Events")
        names.forget()
        for name, city in (("ada", "Oslo"), ("bob", "Bergen")):
            traits = {"plan": "pro", "city": city, "email": f"{name}@example.org"}
            put_profile(Profile(name, traits=traits, identities=(f"u#{name}",)))
        in_force("payers")
        yield machine
    names.forget()


def more(count: int) -> None:
    """As many who pay, nobody of them in Oslo; all in the first part of the index, as if there were thousands."""
    named = (f"more-{number}" for number in range(100_000))
    for contact in islice((each for each in named if members.shard_of("payers", each) == "payers#0"), count):
        put_profile(Profile(contact, traits={"plan": "pro"}))
        change = {"segment": "payers", "entered": True, "at": iso(NOW), "cause": "behaviour", "by": "x"}
        members.note(contact, {**change, "generation": 1, "step": 1})


def looked(browser: Browser, source: str = RULE, **said: str) -> Page:
    return browser.post(HERE, {"source": source, "segment": "payers", **said})


def test_those_who_fit_are_a_table_and_can_be_changed(signed_in):
    page = looked(signed_in("editor"))

    assert page.status == 200
    assert "ada@example.org" in page.text
    assert "bob@example.org" not in page.text
    assert "Looked at 2 of 2 people in payers – that is everybody" in page.words
    assert 'name="chosen" value="ada"' in page.text
    assert "Everybody in payers" not in page.text  # who was not looked at is not changed


def test_a_look_is_bounded_says_how_far_and_goes_on(signed_in):
    more(130)
    browser = signed_in("viewer")

    first = looked(browser)
    told = first.inputs()
    second = looked(
        browser,
        cursor=first.text.split('name="cursor" value="')[1].split('"')[0],
        asked=told["asked"],
        seen=told["seen"],
    )

    assert "Looked at 100 of" in first.words
    assert "Looked at 132 of 132 people in payers (32 of them just now) – that is everybody" in second.words
    assert ("ada@example.org" in first.text) != ("ada@example.org" in second.text)


def test_another_rule_begins_anew(signed_in):
    more(130)
    browser = signed_in("viewer")
    first = looked(browser)
    told = first.inputs()

    other = looked(
        browser,
        RULE.replace("Oslo", "Bergen"),
        cursor=first.text.split('name="cursor" value="')[1].split('"')[0],
        asked=told["asked"],
        seen=told["seen"],
    )

    assert "Looked at 100 of" in other.words
    assert "just now" not in other.words


def test_a_deed_of_the_builder_changes_the_text_and_keeps_its_comments(signed_in):
    browser = signed_in("viewer")

    page = browser.post(
        HERE, {"source": RULE, "shown": RULE, "segment": "payers", "do": "add:rule", "rule:kind": "tag"}
    )

    assert page.inputs()["shown"] == f"{RULE}  - {{tag: vip}}\n"
    assert 'value="payers" selected' in page.text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(signed_in):
    browser = signed_in("viewer")

    wrong = looked(browser, RULE.replace("is:", "isnt:"))
    nobody = browser.post(HERE, {"source": RULE, "segment": ""})
    gone = browser.post(HERE, {"source": RULE, "segment": "never-was"})

    assert [page.status for page in (wrong, nobody, gone)] == [422] * 3
    assert "Line 3" in wrong.words
    assert "isnt: Oslo" in wrong.text
    assert "Choose the segment" in nobody.words
    assert "no such segment" in gone.words


def test_it_costs_few_calls_however_many_there_are(signed_in):
    more(130)
    browser = signed_in("viewer")
    looked(browser)

    with counted() as made:
        looked(browser)

    assert "Scan" not in made
    # The session, the attributes and cuts that the rule may name, what is in force, the workspace and the size
    # cost the same whatever there is; the people of a hundred are a query and a batch.
    assert made.count("BatchGetItem") == 1
    assert len(made) <= 12, made
