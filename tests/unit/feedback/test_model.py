"""What SES says, table by table."""

import json
from dataclasses import replace
from itertools import permutations

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.errors import PoisonRecordError
from sojourn.feedback.inbound import read_sms
from sojourn.feedback.lattice import after
from sojourn.feedback.letters import Letter
from sojourn.feedback.model import (
    BOUNCE_OF_TYPE,
    DETAIL_OF,
    KIND_OF,
    Bounce,
    Kind,
    Notification,
    Recipient,
    read_notification,
)
from sojourn.messages.model import MessageState
from tests.feedback import EVENTS, MESSAGE_ID, NOW, a_message, batch, enveloped, sample

SES = sorted(path.stem for path in EVENTS.glob("ses_*.json"))


def read(event: object) -> Notification:
    found = read_notification(json.dumps(event))
    assert found is not None
    return found


@pytest.mark.parametrize("name", SES)
def test_every_sample_is_understood(name: str):
    found = read(sample(name))

    assert found.kind is KIND_OF[found.name]
    assert found.tag == ("" if "identity" in name else MESSAGE_ID)
    assert found.provider_id == "0100019a0f0e1d2c-5e1f-000000"
    assert found.at.utcoffset() is not None


def test_there_is_a_sample_of_every_event_that_the_tables_name():
    assert {read(sample(name)).name for name in SES} == set(KIND_OF) == set(DETAIL_OF)


def test_bounced_is_whoever_the_bounce_names_not_the_first_to_be_written_to():
    assert read(sample("ses_bounce")).recipients == (Recipient("ada@example.net", "5.1.1"),)


def test_an_address_may_come_with_a_name():
    recipients = [{"emailAddress": "Ada Lovelace <ada@example.net>"}]

    assert (
        read(sample("ses_bounce", bounce={"bouncedRecipients": recipients})).recipients[0].address
        == "ada@example.net"
    )


@pytest.mark.parametrize(("kind", "expected"), BOUNCE_OF_TYPE.items())
@pytest.mark.parametrize("subtype", ["General", "MailboxFull", "Suppressed", "OnAccountSuppressionList"])
def test_the_type_of_a_bounce_decides(kind: str, expected: Bounce, subtype: str):
    found = read(sample("ses_bounce", bounce={"bounceType": kind, "bounceSubType": subtype}))

    assert found.bounce_of(found.recipients[0]) is expected


def test_a_domain_that_cannot_be_reached_is_dead_whatever_ses_calls_it():
    found = read(sample("ses_bounce", bounce={"bounceType": "Transient"}))

    assert found.bounce_of(Recipient("ada@example.net", "5.4.4")) is Bounce.HARD
    assert found.bounce_of(Recipient("ada@example.net", "5.2.2")) is Bounce.SOFT


@pytest.mark.parametrize(
    ("complaint", "is_persons"),
    [
        ({"complaintFeedbackType": "abuse"}, True),
        ({"complaintFeedbackType": "fraud"}, True),
        ({"complaintFeedbackType": None}, True),
        ({"complaintFeedbackType": "not-spam"}, False),
        ({"complaintSubType": "OnAccountSuppressionList"}, False),
    ],
)
def test_not_every_complaint_is_a_persons(complaint: dict[str, str | None], is_persons: bool):
    assert read(sample("ses_complaint", complaint=complaint)).is_complaint_of_a_person is is_persons


@pytest.mark.parametrize(
    "text",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        json.dumps({"eventType": "Teleported", "mail": {}}),
        json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "hello"}),
        json.dumps({"hello": "world"}),
    ],
)
def test_what_is_not_about_a_mail_is_nothing(text: str):
    assert read_notification(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "{broken",
        "plain nonsense",
        "[1]",
        "[" * 100_000,
        json.dumps({"eventType": "Bounce"}),
        json.dumps({"eventType": "Bounce", "mail": {"messageId": "x", "timestamp": "never"}}),
        json.dumps({**sample("ses_bounce"), "bounce": {"bouncedRecipients": [7], "timestamp": iso(NOW)}}),
        json.dumps({**sample("ses_complaint"), "complaint": None}),
    ],
)
def test_what_cannot_be_read_is_poison(text: str):
    with pytest.raises(PoisonRecordError):
        read_notification(text)


# ─── letters


def test_a_letter_is_the_same_in_and_out_of_an_envelope():
    (raw,) = batch(sample("ses_bounce"))["Records"]
    (wrapped,) = batch(enveloped(sample("ses_bounce")))["Records"]

    assert json.loads(Letter.from_record(raw).text) == json.loads(Letter.from_record(wrapped).text)


def test_a_greeting_is_read_in_an_envelope_too():
    (record,) = batch(json.dumps({**sample("sns_envelope"), "Message": "Successfully validated SNS topic"}))[
        "Records"
    ]

    assert read_notification(Letter.from_record(record).text) is None


def test_patience_ends_by_the_clock_and_by_the_count():
    clock = ManualClock(NOW)

    assert Letter("", NOW).may_be_early(clock)
    assert not Letter("", NOW, receives=3).may_be_early(clock)
    clock.advance(300)
    assert not Letter("", NOW).may_be_early(clock)


def test_a_letter_was_sent_when_the_queue_says_on_any_calendar():
    clock = ManualClock(NOW)
    clock.advance(60)

    assert Letter("", NOW).calendar_time(clock) == NOW
    assert Letter("", None).calendar_time(clock) == clock.calendar()


# ─── lattice


def notifications() -> list[Notification]:
    names = ("ses_send", "ses_delivery", "ses_bounce", "ses_complaint")
    return [read(sample(name)) for name in names]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_in_whatever_order_they_come_the_worst_outcome_stays(order: tuple[int, ...]):
    message, known = a_message(), notifications()
    for index in order:
        message = after(message, known[index])

    assert (message.state, message.outcome) == (MessageState.SENT, "complained")
    assert message.provider_id == "0100019a0f0e1d2c-5e1f-000000"
    assert message.sent_at == "2026-11-20T10:00:00.000Z"
    assert message.owner == "execution/1"


@pytest.mark.parametrize("state", ["planned", "sending", "unknown"])
def test_a_provider_that_speaks_of_a_mail_has_it(state: str):
    found = after(
        a_message(state=MessageState(state), reason="attempt_vanished"), read(sample("ses_delivery_delay"))
    )

    assert (found.state, found.reason, found.outcome) == (MessageState.SENT, "", "")


def test_a_skipped_message_stays_skipped():
    message = a_message(state=MessageState.SKIPPED, reason="no_consent")

    assert replace(after(message, read(sample("ses_delivery"))), provider_id="") == message


@pytest.mark.parametrize(
    ("name", "reason"), [("ses_reject", "rejected"), ("ses_rendering_failure", "rendering_failure")]
)
def test_a_mail_that_the_provider_threw_away_failed(name: str, reason: str):
    found = after(a_message(state=MessageState.SENT), read(sample(name)))

    assert (found.state, found.reason) == (MessageState.FAILED, reason)
    assert after(found, read(sample("ses_send"))).state is MessageState.FAILED
    delivered = a_message(state=MessageState.SENT, outcome="delivered")
    assert after(delivered, read(sample(name))) == delivered


def test_kinds_are_all_in_use():
    assert set(KIND_OF.values()) == set(Kind)


# ─── texts


@pytest.mark.parametrize("sender", ["+12025550123", "+1 (202) 555-0123", "12025550123"])
def test_a_number_is_read_however_it_is_written(sender: str):
    sms = read_sms(json.dumps({**sample("sms_inbound"), "originationNumber": sender}))

    assert sms is not None
    assert sms.sender == "+12025550123"


@pytest.mark.parametrize("text", ["Successfully validated", json.dumps({"eventType": "TEXT_DELIVERED"})])
def test_a_receipt_is_no_text(text: str):
    assert read_sms(text) is None


@pytest.mark.parametrize("sender", ["", None, "ACME", {}, "+1"])
def test_a_text_from_no_number_is_poison(sender: object):
    with pytest.raises(PoisonRecordError):
        read_sms(json.dumps({**sample("sms_inbound"), "originationNumber": sender}))
