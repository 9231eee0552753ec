"""Contacts: found by what they are called, their life on one line, changed, and forgotten only on purpose."""

import json
from dataclasses import replace
from datetime import timedelta
from html import unescape

import boto3
import pytest

from functions.api.world import world
from sojourn.clock import ManualClock
from sojourn.contacts.memory.store import memory_key
from sojourn.contacts.store import get_profile, put_profile
from sojourn.journeys.live import State, change_state
from sojourn.privacy.request import Desk
from tests.cloud import REGION
from tests.console import counted
from tests.functions.console.contacts_there import PATH, live_through
from tests.functions.console.journeys_there import a_running_journey
from tests.functions.test_api_privacy import Starter
from tests.insight_rows import ADA, NOW, an_event, empty, put_events

HOSTILE = "<script>alert(1)</script>"
KINDS = ["event", "message", "consent", "segment", "journey"]


@pytest.fixture(autouse=True)
def _ada(clock: object) -> None:
    """Somebody whose every field is hostile."""
    empty(boto3.client("dynamodb", region_name=REGION), "Events", "Identity", "People")
    live_through(HOSTILE, name=f"Ada {HOSTILE}")


@pytest.mark.parametrize("said", ["ada", "ada@example.org", "ADA@example.org", ADA])
def test_somebody_is_found_by_any_whole_name(signed_in, said: str):
    browser = signed_in("viewer")

    assert browser.post("/console/contacts", who=said).place == PATH


@pytest.mark.parametrize("said", ["", "eve@example.org", HOSTILE, "x" * 5_000])
def test_nobody_is_told_so_and_what_was_typed_stays_text(signed_in, said: str):
    page = signed_in("viewer").post("/console/contacts", who=said)

    assert page.status == 422
    assert "error" in page.text
    assert HOSTILE not in page.text


def test_a_life_is_one_line_the_latest_first(signed_in):
    page = signed_in("viewer").get(PATH)

    told = [
        "Came into the segment buyers",
        "“Remind <script>alert(1)</script>” was skipped",
        "Seen <script>alert(1)</script>",
        "Entered the journey welcome",
        "Allowed E-mail · marketing",
    ]
    assert page.status == 200
    assert "The contact unsubscribed" in page.words
    assert "Saturday, 21 November 2026" in page.words
    seen = unescape(page.text)
    places = [seen.index(each) for each in told[:1] + told[2:]]
    assert places == sorted(places)
    assert told[1] in seen


def test_it_is_few_calls_and_no_scan(signed_in):
    browser = signed_in("viewer")
    for path, most in ((PATH, 5), ("/console/contacts", 4), (f"{PATH}/edit", 3)):
        with counted() as made:
            browser.get(path)
        assert len(made) <= most, (path, made)
        assert "Scan" not in made


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_is_shown_by_itself(signed_in, kind: str):
    page = signed_in("viewer").get(f"{PATH}?kind={kind}")

    assert page.status == 200
    assert ("Signed Up" in page.text) == (kind == "event")
    assert ("was skipped" in page.text) == (kind == "message")
    assert ("Entered the journey" in page.text) == (kind == "journey")
    assert ("Came into the segment" in page.text) == (kind == "segment")
    assert ("Allowed" in page.text) == (kind == "consent")


def test_an_unknown_kind_is_refused_and_a_stranger_of_a_contact_is_not_found(signed_in):
    browser = signed_in("viewer")

    assert browser.get(f"{PATH}?kind=lies").status == 400
    assert browser.get("/console/contacts/eve@example.org").status == 404
    assert browser.get(f"{PATH}?cursor=forged").status == 400


def test_a_long_life_goes_by_pages_and_tells_nothing_twice(signed_in):
    put_events(
        an_event(name=f"Visit {number:03}.", at=NOW - timedelta(minutes=number), message_id=f"v{number}")
        for number in range(90)
    )
    browser, path, seen, pages = signed_in("viewer"), PATH, "", 0
    while path:
        page = browser.get(path)
        seen, pages = seen + page.words, pages + 1
        found = page.text.split('href="?cursor=')[1:]
        path = f"{PATH}?cursor={found[0].split(chr(34))[0]}" if found else ""

    assert pages == 3
    assert [seen.count(f"Visit {number:03}.") for number in range(90)] == [1] * 90
    assert seen.count("was skipped") == 1


@pytest.mark.parametrize("path", ["", "/edit", "/export", "/erase", "/explain?journey=welcome", "/explain"])
def test_hostile_text_stays_text_on_every_page(signed_in, path: str):
    page = signed_in("admin").get(PATH + path)

    assert page.status in (200, 404)
    assert HOSTILE not in page.text


def test_a_journey_that_never_was_is_said_so(signed_in):
    page = signed_in("viewer").get(f"{PATH}/explain?journey=nothing")

    assert page.status == 404
    assert "journey" in page.words


def test_only_what_was_changed_is_said(signed_in):
    browser = signed_in("editor")
    fields = browser.get(f"{PATH}/edit").inputs()
    orders, plan = field_of(fields, "orders"), field_of(fields, "plan")
    assert fields[orders] == "12"

    answer = browser.post(
        f"{PATH}/edit",
        {**fields, orders: "13", plan: "", "new_name": "city", "new_value": "Oslo"},
    )

    assert answer.place == PATH
    assert said_of("identify") == [{"city": "Oslo", "orders": 13, "plan": None}]


def test_saving_nothing_says_nothing(signed_in):
    browser = signed_in("editor")

    assert browser.post(f"{PATH}/edit", browser.get(f"{PATH}/edit").inputs()).status == 303
    assert said_of("identify") == []


def test_what_is_refused_stands_again_in_the_form(signed_in):
    browser = signed_in("editor")
    fields = browser.get(f"{PATH}/edit").inputs()

    page = browser.post(f"{PATH}/edit", {**fields, field_of(fields, "orders"): "a few"})

    assert page.status == 422
    assert page.inputs()[field_of(fields, "orders")] == "a few"
    assert said_of("identify") == []


def test_after_a_refusal_what_others_changed_meanwhile_stays_theirs(signed_in):
    browser = signed_in("editor")
    fields = browser.get(f"{PATH}/edit").inputs()
    ada = get_profile(ADA)
    put_profile(replace(ada, traits={**ada.traits, "plan": "gold"}))

    page = browser.post(f"{PATH}/edit", {**fields, field_of(fields, "orders"): "a few"})
    again = page.inputs()
    assert again[field_of(again, "plan")] == "gold"

    browser.post(f"{PATH}/edit", {**again, field_of(again, "orders"): "13"})
    assert said_of("identify") == [{"orders": 13}]


def test_tags_go_on_and_come_off(signed_in):
    browser = signed_in("editor")

    assert browser.post(f"{PATH}/tags", tag="a/b &").status == 303
    assert browser.post(f"{PATH}/tags", remove="vip").status == 303
    assert browser.post(f"{PATH}/tags", tag="x" * 200).status == 422
    names = [each["event"]["S"] for each in rows("track")]
    assert {"Tag Added", "Tag Removed"} <= set(names)


@pytest.mark.parametrize("path", ["/edit", "/tags", "/export", "/erase"])
def test_a_viewer_changes_nothing(signed_in, path: str):
    answer = signed_in("viewer").post(
        PATH + path, {"typed": ADA, "tag": "vip", "new_name": "a", "new_value": "b"}
    )

    assert answer.status == 403
    assert said_of("identify") == []


def test_an_editor_sees_no_way_to_erase_or_export(signed_in):
    page = signed_in("editor").get(PATH)

    assert "/edit" in page.text
    assert "/erase" not in page.text
    assert "/export" not in page.text


@pytest.mark.parametrize("typed", ["", "ada", ADA.upper()])
def test_nobody_is_erased_without_the_id(signed_in, typed: str):
    page = signed_in("admin").post(f"{PATH}/erase", typed=typed)

    assert page.status == 422
    assert "nothing was erased" in page.words
    assert get_profile(ADA).revision


@pytest.fixture
def jobs(clock: ManualClock) -> Starter:
    """Whatever begins an erasure or an export, and keeps that it was asked."""
    starter = Starter()
    desk = Desk(clock=clock, starter=starter, erase_machine="erase", export_machine="export")
    memory_key.forget()
    world().privacy = lambda: desk
    return starter


def test_with_the_id_typed_in_somebody_is_forgotten_and_the_page_is_the_proof(signed_in, jobs):
    browser = signed_in("admin")

    place = browser.post(f"{PATH}/erase", typed=ADA).place
    again = browser.post(f"{PATH}/erase", typed=ADA).place

    assert place.startswith(f"{PATH}/erasures/")
    assert again == place
    assert {machine for machine, _, _ in jobs.started} == {"erase"}
    assert "Nothing is sent to this person any more" in browser.get(place).words


def test_an_export_is_a_job_whose_page_says_how_far_it_is(signed_in, jobs):
    browser, other = signed_in("admin", email="asks@example.org"), signed_in("admin")

    place = browser.post(f"{PATH}/export").place

    assert place.startswith(f"{PATH}/exports/")
    assert "asks@example.org" in other.get(place).words
    assert [machine for machine, _, _ in jobs.started] == ["export"]
    assert "is being written" in browser.get(place).words
    assert signed_in("editor").get(place).status == 403


def test_why_somebody_is_in_a_journey_is_told_with_what_comes_next(signed_in):
    a_running_journey()
    change_state("welcome", State.LIVE, now=NOW)
    browser = signed_in("viewer")

    assert '<option value="welcome"' in browser.get(f"{PATH}/explain").text
    with counted() as made:
        page = browser.get(f"{PATH}/explain?journey=welcome")

    assert page.status == 200
    assert "Contacts Ada" in page.words
    assert "in it now" in page.words
    assert "Wait two days" in page.words
    assert HOSTILE not in page.text
    assert "Scan" not in made


def field_of(fields: dict[str, str], trait: str) -> str:
    """The name of the field that has this trait's value."""
    return next(name.replace("name-", "trait-") for name, value in fields.items() if value == trait)


def said_of(kind: str) -> list[object]:
    """The traits of what was said."""
    return [json.loads(row["payload"]["S"])["traits"] for row in rows(kind)]


def rows(kind: str) -> list[dict[str, dict[str, str]]]:
    items = boto3.client("dynamodb", region_name=REGION).scan(TableName="Events")["Items"]
    return [item for item in items if item["type"]["S"] == kind]
