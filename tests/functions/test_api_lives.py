"""A life as the API tells it; every answer is held against openapi.yaml."""

from datetime import timedelta

import pytest

from sojourn.clock import iso
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import record
from sojourn.contacts.merge import Merge
from sojourn.contacts.model import Profile
from sojourn.contacts.store import MergeRow, claim_identity, put_profile
from sojourn.journeys.enrolment import Status as RunStatus
from sojourn.journeys.store import EnrolmentRow, end
from sojourn.messages.model import MessageState
from sojourn.messages.store import MessageRow
from sojourn.segments.members import store as members
from tests.functions.test_api import call, dynamodb, get, press
from tests.insight_rows import ADA, NOW, a_message, an_enrolment, an_event, put_events

__all__ = ["dynamodb", "press"]

PATH = f"/api/contacts/{ADA}/timeline"
BOB = "bbbbbbbbbbbbbbbbbbbb"
CHANGE = {"segment": "buyers", "cause": "behaviour", "by": "x", "generation": 1}


@pytest.fixture(autouse=True)
def _ada(press: object) -> None:
    claim_identity("u#ada", ADA)
    put_profile(Profile(ADA, identities=("u#ada",), merged=(BOB,), created_at=iso(NOW)))


def what() -> list[tuple[str, str]]:
    return [(each["kind"], each["what"]) for each in get(PATH)["items"]]


def test_a_run_is_told_from_its_entry_to_its_end_and_why_it_ended():
    run = an_enrolment(entered_at=iso(NOW - timedelta(days=1)))
    EnrolmentRow.of(run).save()
    end(run.id, RunStatus.EXITED, reason="end_requested", now=iso(NOW))

    assert what() == [("journey", "exited"), ("journey", "entered")]
    assert get(PATH)["items"][0]["why"] == "another journey, or somebody, took them out"
    assert get(PATH)["journeys"] == ["welcome"]


def test_a_skipped_message_says_why():
    skipped = {"state": MessageState.SKIPPED, "reason": "no_address", "sent_at": ""}
    MessageRow.of(a_message(**skipped)).save()

    assert get(PATH)["items"][0]["why"] == "The contact has no address for email."


def test_coming_and_going_is_told_once_whether_by_row_or_by_event():
    for step, entered, at in ((1, True, NOW - timedelta(days=1)), (2, False, NOW)):
        members.note(
            ADA,
            {
                **CHANGE,
                "entered": entered,
                "at": iso(at),
                "since": iso(NOW - timedelta(days=1)),
                "step": step,
            },
        )
    buyers = {"segment": "buyers"}
    put_events(
        [
            an_event(name="Segment Left", at=NOW, properties=buyers),
            an_event(name="Segment Entered", at=NOW - timedelta(days=9), message_id="m9", properties=buyers),
        ]
    )

    assert what() == [("segment", "left"), ("segment", "entered"), ("segment", "entered")]
    assert get(PATH)["segments"] == []


def test_consent_is_told_by_the_ledger_and_not_by_its_event_again():
    event = an_event(name="Consent Given", properties={"channel": "email", "purpose": "marketing"})
    put_events([event])
    change = ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=None,
        status=Status.GIVEN,
        at=NOW,
        source="form",
        event_key=event.key,
    )
    record(ADA, change)

    assert what() == [("consent", "given")]


def test_whoever_became_this_person_is_part_of_it():
    merge = Merge(
        survivor=ADA, loser=BOB, at=iso(NOW), why="alias", identity="u#bob", event="e", source="web"
    )
    MergeRow.of(merge).save()
    MessageRow.of(a_message(contact=BOB)).save()

    assert set(what()) == {("merge", "merged"), ("message", "sent")}


def test_it_goes_by_pages_and_each_kind_by_itself():
    put_events(an_event(message_id=f"m{n}", at=NOW - timedelta(minutes=n)) for n in range(5))
    MessageRow.of(a_message()).save()

    seen, cursor = [], ""
    while True:
        page = get(f"{PATH}?limit=2&cursor={cursor}")
        seen += [(each["kind"], each["at"]) for each in page["items"]]
        if not (cursor := page["next"]):
            break
    assert len(seen) == len(set(seen)) == 6
    assert [each["kind"] for each in get(f"{PATH}?kind=message")["items"]] == ["message"]


def test_a_cursor_is_good_for_its_kind_only():
    put_events(an_event(message_id=f"m{n}", at=NOW - timedelta(minutes=n)) for n in range(5))
    cursor = get(f"{PATH}?limit=2")["next"]

    assert call("GET", f"{PATH}?kind=event&cursor={cursor}").status == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [(f"{PATH}?kind=lies", 400), (f"{PATH}?order=asc", 400), ("/api/contacts/nobody/timeline", 404)],
)
def test_what_cannot_be_told_is_refused(path: str, status: int):
    assert call("GET", path).status == status


def test_by_any_name():
    assert get("/api/contacts/ada/timeline")["contact"]["id"] == ADA
