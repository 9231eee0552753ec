"""People as a table: by segment, with the columns that one chose, and one change of many of them."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from functions.api.console.palette import names
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.events.store import history
from sojourn.journeys.live import set_live
from sojourn.segments import store as segments
from tests.cloud import REGION
from tests.console import Browser, Page, counted
from tests.entering import a_journey
from tests.functions.test_api_segments import Machine
from tests.insight_rows import empty
from tests.journeys import live_journey, publish_as_first
from tests.segments_shown import in_force, segments_world

HOSTILE = "<script>alert(1)</script>"
TABLE = "/console/contacts?segment=payers"


@pytest.fixture(autouse=True)
def machine(clock: object) -> Iterator[Machine]:
    """Ada and Bob pay, Eve does not."""
    with segments_world() as machine:
        empty(boto3.client("dynamodb", region_name=REGION), "Events")
        names.forget()
        people(ada="pro", bob="pro", eve="free")
        in_force("payers")
        yield machine
    names.forget()


def id_of(name: str) -> str:
    return f"{name:x<20}"


def people(**plans: str) -> None:
    """Each by their address and their plan."""
    for name, plan in plans.items():
        somebody(name, plan=plan, email=f"{name}@example.org")


def somebody(name: str, /, **traits: Any) -> None:
    claim_identity(f"u#{name}", id_of(name))
    put_profile(Profile(id_of(name), traits=traits, identities=(f"u#{name}",)))


def chosen(browser: Browser, do: str, label: str, *who: str, whom: str = "chosen") -> Page:
    ticked = "".join(f"&chosen={id_of(each)}" for each in who)
    return browser.get(f"/console/people/change?segment=payers&whom={whom}&do={do}&label={label}{ticked}")


def do_it(browser: Browser, page: Page) -> Page:
    """Press the button of the question."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text):
        fields.setdefault(name, []).append(unescape(value))
    return browser.post("/console/people/change", fields)


def told(name: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (event.event, dict(event.properties))
        for event in history([f"u#{name}"])
        if not event.event.startswith("Segment")
    ]


def test_the_people_of_a_segment_are_a_table(signed_in):
    page = signed_in("viewer").whole(TABLE)

    assert page.status == 200
    assert "ada@example.org" in page.text
    assert "eve@example.org" not in page.text
    assert 'name="chosen"' not in page.text


def test_columns_are_chosen_and_remembered_with_the_segment(signed_in):
    browser = signed_in("editor")

    browser.get(f"{TABLE}&column=plan&column=userId")
    page = browser.get("/console/contacts")

    assert re.findall(r'<th scope="col">([^<]*)</th>', page.text) == ["Person", "plan", "User id"]
    assert ">pro<" in page.text


def test_no_segment_is_a_choice_too(signed_in):
    browser = signed_in("viewer")
    browser.get(TABLE)

    assert "Whom would you like to see?" in browser.get("/console/contacts?segment=").words
    assert "Whom would you like to see?" in browser.get("/console/contacts").words


def test_without_a_segment_one_chooses_and_everybody_is_made_with_one_click(signed_in):
    browser = signed_in("editor")

    page = browser.get("/console/contacts")
    made = browser.post("/console/people/everybody")
    again = browser.post("/console/people/everybody")

    assert "Whom would you like to see?" in page.words
    assert made.place.endswith("/console/segments/everybody")
    assert again.place == made.place
    draft = segments.get_draft("everybody")
    assert draft is not None
    assert draft.definition
    assert "Make a segment of everybody" not in browser.get("/console/contacts").words


def test_where_nobody_is_the_page_teaches(signed_in):
    empty(boto3.client("dynamodb", region_name=REGION), "Config", "People")
    segments.forget()

    page = signed_in("editor").get("/console/contacts")

    assert "No people to show yet" in page.words
    assert "/console/new-import" in page.text


@pytest.mark.parametrize("query", ["?segment=nothing", "?segment=payers&cursor=forged"])
def test_what_is_not_there_is_said_or_left(query: str, signed_in):
    page = signed_in("viewer").get(f"/console/contacts{query}")

    assert page.status in (200, 400)
    assert "ada@example.org" not in page.text


def test_it_goes_on_by_cursor_and_shows_each_once(signed_in):
    people(**{f"p{number}": "pro" for number in range(60)})
    in_force("many")
    browser, path, seen = signed_in("viewer"), "/console/contacts?segment=many", list[str]()
    while path:
        page = browser.get(path)
        seen += re.findall(r'href="[^"]*/console/contacts/(\w{20})"', page.text)
        found = re.search(r'href="([^"]*cursor=[^"]*)"', page.text)
        path = unescape(found[1]) if found else ""

    assert len(seen) == len(set(seen)) == 62


def test_a_page_fills_itself_and_then_leads_to_the_next(signed_in):
    people(**{f"p{number}": "pro" for number in range(60)})
    in_force("many")
    browser = signed_in("editor")

    first = browser.whole("/console/contacts?segment=many")
    more = re.search(r'rel="next" [^>]*href="([^"]*)"|href="([^"]*)"[^>]*rel="next"', first.text)
    assert more
    last = browser.whole(unescape(more[1] or more[2]))

    shown = [set(re.findall(r'name="chosen" value="(\w{20})"', page.text)) for page in (first, last)]
    assert [len(each) for each in shown] == [50, 12]
    assert not shown[0] & shown[1]
    assert "Next page" not in last.words


def test_a_full_page_costs_few_calls(signed_in):
    """One shard fills it; a small segment's last page asks each of the sixteen, for none tells what another holds."""
    browser = signed_in("viewer")
    browser.get(TABLE)
    with counted() as made:
        browser.get(TABLE)

    assert made.count("Query") <= 16
    assert len(made) - made.count("Query") <= 2
    assert "Scan" not in made


@pytest.mark.parametrize(
    ("do", "event"),
    [("tag", "Tag Added"), ("untag", "Tag Removed"), ("join", "List Joined"), ("leave", "List Left")],
)
def test_those_who_were_chosen_are_changed(do: str, event: str, signed_in):
    browser = signed_in("editor")

    question = chosen(browser, do, "vip", "ada")
    answer = do_it(browser, question)
    page = browser.get(answer.place)

    assert "1 person" in question.words
    assert [name for name, _properties in told("ada")] == [event]
    assert told("bob") == []
    assert "Done: 1 person" in page.words


def test_everybody_of_a_segment_is_changed_step_by_step_and_nobody_twice(signed_in):
    people(**{f"p{number}": "pro" for number in range(118)})
    in_force("many")
    browser = signed_in("editor")
    question = browser.get("/console/people/change?segment=many&whom=all&do=tag&label=vip")

    first = do_it(browser, question)
    half = browser.get(first.place)
    do_it(browser, question)  # sent again, from the history
    last = do_it(browser, half)
    done = browser.get(last.place)

    assert "120 people" in question.words
    assert 'hx-trigger="load, submit"' in half.text
    assert parse_qs(urlsplit(first.place).query)["done"] == ["100"]
    assert "Done: 120 people" in done.words
    assert [len(told(f"p{number}")) for number in range(118)] == [1] * 118


def test_as_a_part_it_goes_on_where_it_stood(signed_in):
    browser = signed_in("editor")
    question = chosen(browser, "tag", "vip", whom="all")
    fields = question.inputs()

    page = browser.send(
        "POST",
        "/console/people/change",
        "&".join(f"{name}={value}" for name, value in fields.items()),
        {"content-type": "application/x-www-form-urlencoded", "hx-request": "true"},
    )

    assert page.status == 200
    assert page.text.lstrip().startswith('<div id="changing"')
    assert "Done: 2 people" in page.words


@pytest.mark.parametrize("changed", [{"label": "other"}, {"segment": "all"}, {"mark": "x"}], ids=str)
def test_a_state_that_another_made_does_nothing(changed: dict[str, str], signed_in):
    browser = signed_in("editor")
    fields = chosen(browser, "tag", "vip", whom="all").inputs() | changed

    answer = browser.post("/console/people/change", fields)
    link = browser.get("/console/people/changing?do=tag&label=vip&segment=payers&job=1&of=2&mark=x")

    assert (answer.status, link.status) == (400, 400)
    assert told("ada") == []


@pytest.mark.parametrize(("who", "label"), [((), "vip"), (("ada",), "")], ids=["nobody", "nothing"])
def test_what_lacks_something_says_so(who: tuple[str, ...], label: str, signed_in):
    page = chosen(signed_in("editor"), "tag", label, *who)

    assert page.status == 422
    assert "Do it" not in page.words


def test_many_are_let_into_a_journey_or_told_why_not(signed_in):
    journey = a_journey(entry={"api": True})
    publish_as_first(journey)
    set_live(live_journey(journey))
    browser = signed_in("editor")

    answer = do_it(browser, chosen(browser, "enrol", "cart", "ada", "bob"))
    refused = do_it(browser, chosen(browser, "enrol", "nothing", "ada"))

    assert "Done: 2 people" in browser.get(answer.place).words
    assert told("ada") == [("Journey Requested", {"journey": "cart"})]
    assert refused.status == 422
    assert "there is no such journey" in refused.words


def test_people_are_exported_and_no_cell_is_a_formula(signed_in):
    somebody("mal", plan="pro", name="=1+1")
    in_force("payers", text="segment: {name}\nrule: [{{attribute: plan, is one of: [pro, {plan}]}}]\n")
    browser = signed_in("viewer")

    everybody = browser.get(chosen(browser, "export", "", whom="all").place)
    one = browser.get(chosen(browser, "export", "", "ada").place)

    assert everybody.headers["Content-Disposition"] == 'attachment; filename="payers.csv"'
    assert "'=1+1" in everybody.text
    assert len(everybody.text.splitlines()) == 4
    assert "ada@example.org" in one.text
    assert "bob@example.org" not in one.text


def test_hostile_text_stays_text(signed_in):
    somebody("mal", **{"plan": "pro", "name": HOSTILE, HOSTILE: [HOSTILE]})
    in_force("payers", text="segment: {name}\nrule: [{{attribute: plan, is one of: [pro, {plan}]}}]\n")
    browser = signed_in("editor")

    for path in (f"{TABLE}&column=plan&column={HOSTILE}", "/console/contacts"):
        page = browser.get(path)
        assert HOSTILE not in page.text
        assert "alert(1)" in page.words
    assert HOSTILE not in chosen(browser, "tag", HOSTILE, "ada").text


def test_a_viewer_changes_nobody(signed_in):
    viewer = signed_in("viewer")

    answer = do_it(viewer, chosen(viewer, "tag", "vip", "ada"))

    assert answer.status == 403
    assert viewer.post("/console/people/everybody").status == 403
    assert told("ada") == []


def test_what_is_remembered_cannot_break_the_page(signed_in):
    browser = signed_in("viewer")
    for kept in ("%7B", "[]", json.dumps({"columns": 5}), "%00", json.dumps({"segment": ["x"]})):
        browser.cookies["table"] = kept
        assert browser.get("/console/contacts").status == 200
