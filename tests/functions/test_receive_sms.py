"""STOP is recorded first, for known and unknown numbers; START gives back what STOP took."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from sojourn.clock import ManualClock, iso
from sojourn.consent.addresses.store import find_suppression, lift, suppress, suppressed
from sojourn.consent.model import Refusal
from sojourn.consent.statements import changes_of
from sojourn.consent.store import LedgerRow, get_consent, record
from sojourn.consent.suppression import Reason
from sojourn.contacts.store import ProfileRow, claim_identity
from sojourn.events import store as events
from sojourn.events.model import Event
from sojourn.feedback.letters import Letter
from sojourn.feedback.sms import take_sms
from tests.cloud import REGION, moto_cloud
from tests.feedback import (
    CONTACT,
    IDENTITY,
    MESSAGE_ID,
    NOW,
    PHONE,
    a_message,
    batch,
    cleared,
    crash_everywhere,
    enveloped,
    keep,
    keep_contact,
    letter,
    sample,
)
from tests.partiql import teach_moto

CLOCK = ManualClock(NOW + timedelta(hours=1))
judged_again: list[str] = []


@pytest.fixture(autouse=True, scope="module")
def _cloud() -> Iterator[None]:
    teach_moto()
    with moto_cloud() as settings:
        events.bind(settings, region=REGION, clock=CLOCK)
        yield


@pytest.fixture(autouse=True)
def _clear(_cloud: None) -> None:
    cleared()
    judged_again.clear()


def text(body: str, *, minute: int = 0, sender: str = PHONE, sms_id: str = "", reply_to: str = "") -> bool:
    sms = sample("sms_inbound") | {
        "messageBody": body,
        "originationNumber": sender,
        "inboundMessageId": sms_id or f"{body}-{minute}",
        "previousPublishedMessageId": reply_to,
    }
    return take_sms(
        letter(sms, sent_at=NOW + timedelta(minutes=minute)), clock=CLOCK, judge_again=judged_again.append
    )


def written(name: str = "") -> list[Event]:
    return [event for event in events.history([IDENTITY]) if not name or event.event == name]


def names() -> list[str]:
    return sorted(event.event for event in written())


def ledger(contact: str = CONTACT) -> list[tuple[str, str]]:
    rows = LedgerRow.query(f"C#{contact}", LedgerRow.sk.startswith("CONSENT#"))
    return [(row.status, row.source) for row in rows]


def test_stop_closes_the_number_and_withdraws_all_marketing_by_sms():
    keep_contact()

    assert text("Stop!")

    assert suppressed("sms", PHONE) == "stop"
    assert get_consent(CONTACT).refusal("sms", "marketing", "offers") is Refusal.UNSUBSCRIBED
    assert ledger() == [("withdrawn", "sms STOP")]
    assert names() == ["Consent Withdrawn", "SMS Received"]
    assert written("SMS Received")[0].properties["keyword"] == "stop"


def test_stop_from_an_unknown_number_closes_it_all_the_same():
    assert text("STOP", sender="+12025550177")

    assert suppressed("sms", "+12025550177") == "stop"


@pytest.mark.parametrize("body", ["STOP", "START"])
def test_a_visitor_without_a_user_id_is_told_under_the_anonymous_one(body: str):
    keep_contact(identity="a#visitor-1")
    suppress("sms", PHONE, reason=Reason.STOP, at=NOW - timedelta(days=1), source="sms STOP")

    text(body)

    told = sorted(event.event for event in events.history(["a#visitor-1"]))
    assert told == ["Consent Given" if body == "START" else "Consent Withdrawn", "SMS Received"]
    assert judged_again == []


def test_whoever_has_no_profile_yet_is_judged_again_by_the_sweep():
    """The number has its owner, and react has not written the profile: no event could stand anywhere."""
    claim_identity(f"p#{PHONE}", CONTACT)

    text("STOP")

    assert judged_again == [CONTACT]
    assert ledger() == [("withdrawn", "sms STOP")]


def test_of_somebody_who_is_being_erased_nothing_is_written():
    keep_contact()
    ProfileRow(f"C#{CONTACT}", "PROFILE", revision=2, erased_at=iso(NOW)).save()

    text("STOP")

    assert suppressed("sms", PHONE) == "stop"
    assert (ledger(), written(), judged_again) == ([], [], [])


def test_the_same_text_many_times_is_one():
    keep_contact()

    for minute in range(3):
        text("STOP", sms_id="same", minute=minute)

    assert len(written()) == 2
    assert ledger() == [("withdrawn", "sms STOP")]


def test_the_event_finds_its_own_change_in_the_ledger():
    """react reads consent from every event; what was recorded at once must not be recorded again."""
    keep_contact()
    text("STOP")

    (event,) = written("Consent Withdrawn")

    assert [record(CONTACT, change) for change in changes_of(event)] == [False]


@pytest.mark.parametrize("body", ["see you at the weekend", "outdoor plans", "please don't stop"])
def test_a_reply_closes_nothing(body: str):
    keep_contact()

    text(body)

    assert suppressed("sms", PHONE) is None
    assert (ledger(), written("SMS Received")[0].properties["text"]) == ([], body)


def test_start_after_stop_gives_back():
    keep_contact()
    text("STOP")

    text("START", minute=1)

    assert suppressed("sms", PHONE) is None
    assert get_consent(CONTACT).refusal("sms", "marketing", None) is None
    assert ledger() == [("withdrawn", "sms STOP"), ("given", "sms START")]


def test_start_gives_back_what_was_taken_on_the_page():
    keep_contact()
    text("STOP")
    lift("sms", PHONE, at=NOW + timedelta(seconds=70), source="an operator's mistake")

    text("start", minute=2)

    assert get_consent(CONTACT).refusal("sms", "marketing", None) is None


def test_stop_and_start_leave_a_history_with_the_number():
    text("STOP", sender="+12025550177")
    text("START", minute=1, sender="+12025550177")
    text("Arrêt", minute=2, sender="+12025550177")

    known = find_suppression("sms", "+12025550177")
    assert known is not None
    assert [(line.reason, line.source) for line in known.history] == [
        ("stop", "sms STOP"),
        ("", "sms START"),
        ("stop", "sms STOP"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "I am out of office until Monday. Reply STOP to end these notices.",
        "Auto-reply: thanks for your message, we START again on 3 January",
        "I'm driving and can't talk right now. Call for HELP.",
    ],
)
def test_an_automatic_answer_does_nothing(body: str):
    keep_contact()

    text(body)

    assert (suppressed("sms", PHONE), ledger()) == (None, [])
    assert written("SMS Received")[0].properties["keyword"] == ""


def test_start_without_a_stop_gives_nothing():
    keep_contact()

    text("START")

    assert ledger() == []
    assert names() == ["SMS Received"]


def test_start_from_an_unknown_number_opens_it():
    text("STOP", sender="+12025550177")

    text("unstop", minute=1, sender="+12025550177")

    assert suppressed("sms", "+12025550177") is None


def test_late_letters_do_not_turn_things_round():
    keep_contact()
    text("STOP")
    text("START", minute=2)
    text("STOP", minute=3)
    text("START", minute=2)  # once more

    assert suppressed("sms", PHONE) == "stop"
    assert get_consent(CONTACT).refusal("sms", "marketing", None) is Refusal.UNSUBSCRIBED


def test_help_is_written_down():
    keep_contact()

    text("HELP")

    assert written("SMS Received")[0].properties["keyword"] == "help"


def test_a_reply_names_the_message_that_it_answers():
    keep_contact()
    keep(a_message(channel="sms", provider_id="sns-1"))

    text("How much?", reply_to="sns-1")

    properties = written("SMS Received")[0].properties
    assert (properties["message_id"], properties["journey"], properties["version"]) == (
        MESSAGE_ID,
        "welcome",
        3,
    )


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("body", "closed", "status"), [("STOP", "stop", "withdrawn"), ("START", None, "given")]
)
def test_a_crash_at_any_call_is_mended_by_the_next_attempt(
    when: str, body: str, closed: str | None, status: str
):
    def subject(point: int) -> Callable[[], object]:
        phone = f"+120255501{point:02d}"
        keep_contact(f"contact{point}", f"u#{point}", phone)
        if body == "START":
            suppress("sms", phone, reason=Reason.STOP, at=NOW, source="sms STOP")
        return lambda: text(body, minute=1, sender=phone)

    points = 0
    for points in crash_everywhere(when, subject):
        assert suppressed("sms", f"+120255501{points:02d}") == closed
        assert ledger(f"contact{points}") == [(status, f"sms {body}")]
        told = sorted(event.event for event in events.history([f"u#{points}"]))
        assert told == [f"Consent {status.capitalize()}", "SMS Received"]
    assert points > 6


def test_a_broken_record_fails_alone():
    from functions.receive_sms.app import handler

    event = batch(sample("sms_inbound"), "{broken", {"eventType": "TEXT_DELIVERED"})

    answer = handler(event, LambdaContext())

    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["messageId"]}]}
    assert suppressed("sms", PHONE) == "stop"


def test_texts_come_in_envelopes_too():
    (envelope,) = batch(enveloped(sample("sms_inbound")))["Records"]

    assert json.loads(Letter.from_record(envelope).text)["messageBody"] == "STOP"
