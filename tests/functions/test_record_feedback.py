"""What SES says comes into effect once, in whatever order and however often it says it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from aws_lambda_powertools.utilities.typing import LambdaContext

from sojourn.clock import ManualClock
from sojourn.consent.addresses.store import suppressed
from sojourn.consent.model import Channel, ConsentChange, Purpose, Refusal, Status
from sojourn.consent.store import LedgerRow, get_consent, record
from sojourn.contacts.store import claim_identity
from sojourn.errors import PoisonRecordError
from sojourn.events import store as events
from sojourn.events.model import Event
from sojourn.feedback.mail import MessageNotYetKnownError, _advance, take_feedback
from sojourn.feedback.model import read_notification
from sojourn.messages.model import Message, MessageState, message_digest
from sojourn.messages.proofs.model import Proof
from sojourn.messages.proofs.store import begin, find
from sojourn.messages.store import find_message
from sojourn.tables import connection
from tests.cloud import REGION, moto_cloud
from tests.feedback import (
    CONTACT,
    DIGEST,
    EMAIL,
    IDENTITY,
    MESSAGE_ID,
    NOW,
    a_message,
    batch,
    cleared,
    crash_everywhere,
    enveloped,
    keep,
    keep_contact,
    letter,
    sample,
    tagged,
)
from tests.partiql import teach_moto

CLOCK = ManualClock(NOW)
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
    keep_contact()


def take(event: object, **how: Any) -> bool:
    return take_feedback(letter(event, **how), clock=CLOCK, judge_again=judged_again.append)


def kept(message_id: str = MESSAGE_ID) -> Message:
    message = find_message(message_id)
    assert message is not None
    return message


def written() -> list[Event]:
    return list(events.history([IDENTITY]))


def a_proof() -> Proof:
    proof = Proof(id="0123456789abcdef", asked="x", name="welcome", version=1, at="now", state="sent")
    assert begin(proof, now=NOW.timestamp())
    return proof


@pytest.mark.parametrize(
    ("said", "outcome", "closed"),
    [
        (("delivery",), "delivered", False),
        (("bounce", "delivery"), "bounced", True),
        (("delivery", "complaint", "bounce"), "complained", True),
        (("reject",), "rejected", False),
        (("open",), "", False),
    ],
)
def test_what_is_reported_of_a_test_is_kept_for_whoever_tested(
    said: tuple[str, ...], outcome: str, closed: bool
):
    proof = a_proof()

    for event in said:
        assert take(tagged(sample(f"ses_{event}"), proof.tag))

    told = find(proof.id)
    assert told
    assert (told.outcome, told.state) == (outcome, "sent")
    assert (suppressed(Channel.EMAIL, EMAIL) is not None) is closed
    assert written() == []


def test_a_delivery_is_state_of_the_message_and_no_event():
    keep(a_message())

    assert take(sample("ses_delivery"))

    assert (kept().state, kept().outcome) == (MessageState.SENT, "delivered")
    assert written() == []


def test_a_delivery_asks_dynamodb_once():
    keep(a_message(state=MessageState.SENT, provider_id="0100019a0f0e1d2c-5e1f-000000"))
    asked: list[str] = []
    connection().client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: asked.append(model.name), unique_id="asked"
    )

    for _ in range(2):
        take(sample("ses_delivery"))

    connection().client.meta.events.unregister("before-call.dynamodb", unique_id="asked")
    assert kept().outcome == "delivered"
    assert asked == ["UpdateItem", "UpdateItem", "GetItem"]


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_any_word_of_the_provider_settles_a_message(state: str):
    keep(a_message(state=MessageState(state)))

    take(sample("ses_send"))

    assert (kept().state, kept().provider_id) == (MessageState.SENT, "0100019a0f0e1d2c-5e1f-000000")


def test_a_hard_bounce_closes_the_address_and_tells_the_journey():
    keep(a_message(state=MessageState.SENT, provider_id="0100019a0f0e1d2c-5e1f-000000"))

    take(sample("ses_bounce"))

    assert suppressed("email", EMAIL) == "bounce"
    assert suppressed("email", "first@example.net") is None
    assert kept().outcome == "bounced"
    (event,) = written()
    assert event.event == "Message Bounced"
    assert event.properties == {
        "message_id": MESSAGE_ID,
        "journey": "welcome",
        "version": 3,
        "step": "Send the welcome",
        "channel": "email",
        "template": "welcome",
        "bounce_type": "Permanent",
        "bounce_subtype": "General",
    }


@pytest.mark.parametrize("name", ["ses_bounce", "ses_complaint"])
def test_whoever_else_has_the_address_now_is_judged_again(name: str):
    keep(a_message(state=MessageState.SENT))
    claim_identity(f"e#{EMAIL}", "another")

    take(sample(name))

    assert judged_again == ["another"]


def test_whoever_was_written_to_has_an_event_and_needs_no_more():
    keep(a_message(state=MessageState.SENT))
    claim_identity(f"e#{EMAIL}", CONTACT)

    take(sample("ses_bounce"))

    assert (judged_again, len(written())) == ([], 1)


@pytest.mark.parametrize("name", ["ses_bounce", "ses_complaint"])
def test_the_same_notification_three_times_is_one_event(name: str):
    keep(a_message())

    for _ in range(3):
        take(sample(name))

    assert len(written()) == 1
    assert len(list(LedgerRow.query(f"C#{CONTACT}", LedgerRow.sk.startswith("CONSENT#")))) == (
        name == "ses_complaint"
    )


def test_a_bounce_before_our_own_write_ends_as_bounced():
    with pytest.raises(MessageNotYetKnownError):
        take(sample("ses_bounce"))
    assert written() == []

    keep(a_message())
    take(sample("ses_bounce"), receives=2)

    assert (kept().state, kept().outcome) == (MessageState.SENT, "bounced")


def test_what_stays_unknown_is_passed_over():
    assert not take(sample("ses_bounce"), receives=3)
    assert suppressed("email", EMAIL) is None


@pytest.mark.parametrize("tag", ["", "somebody-elses", "1", "x" * 300, "C#x-0123456789abcdef"])
def test_foreign_tags_are_passed_over_at_once(tag: str):
    keep(a_message())

    assert not take(tagged(sample("ses_bounce"), tag))

    assert suppressed("email", EMAIL) is None
    assert kept().state is MessageState.SENDING


def test_a_complaint_withdraws_the_channel():
    keep(a_message())
    given = ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=None,
        status=Status.GIVEN,
        at=NOW.replace(hour=9),
        source="form",
        event_key="e1",
    )
    record(CONTACT, given)

    take(sample("ses_complaint"))

    assert suppressed("email", EMAIL) == "complaint"
    assert get_consent(CONTACT).refusal("email", "marketing", "onboarding") is Refusal.UNSUBSCRIBED
    assert get_consent(CONTACT).refusal("sms", "marketing", None) is Refusal.NO_CONSENT
    assert kept().outcome == "complained"
    assert [event.event for event in written()] == ["Message Complained"]


def test_not_spam_closes_nothing():
    keep(a_message())

    take(sample("ses_complaint", complaint={"complaintFeedbackType": "not-spam"}))

    assert suppressed("email", EMAIL) is None
    assert get_consent(CONTACT).revision == 0
    assert (kept().outcome, written()) == ("delivered", [])


def test_the_accounts_own_list_is_no_person():
    keep(a_message())

    take(sample("ses_complaint", complaint={"complaintSubType": "OnAccountSuppressionList"}))

    assert get_consent(CONTACT).revision == 0
    assert suppressed("email", EMAIL) == "bounce"
    assert [event.event for event in written()] == ["Message Bounced"]


@pytest.mark.parametrize(
    ("name", "reason"), [("ses_identity_bounce", "bounce"), ("ses_identity_complaint", "complaint")]
)
def test_feedback_on_the_identity_closes_addresses_too(name: str, reason: str):
    """It names no message, so no event tells of it: the holder of the address is judged again."""
    keep(a_message())
    claim_identity(f"e#{EMAIL}", CONTACT)

    assert take(sample(name))

    assert suppressed("email", EMAIL) == reason
    assert (judged_again, written()) == ([CONTACT], [])
    assert kept().state is MessageState.SENDING


def send_and_bounce(number: int, **bounce: Any) -> None:
    digest = message_digest("enrolment", str(number))
    decided_at = f"2026-11-20T09:{number:02d}:00.000Z"
    keep(
        a_message(
            digest=digest,
            decided_at=decided_at,
            state=MessageState.SENT,
            provider_id=f"ses-{CONTACT}-{digest}",
        )
    )
    event = sample("ses_bounce", bounce={"bounceType": "Transient", "bounceSubType": "MailboxFull", **bounce})
    take(
        tagged(event if bounce.get("bounceType") != "None" else sample("ses_delivery"), f"{CONTACT}-{digest}")
    )


SOFT = [{"emailAddress": EMAIL, "status": "5.2.2"}]


def test_the_third_soft_bounce_closes_an_address():
    for number in (1, 2):
        send_and_bounce(number, bouncedRecipients=SOFT)
        assert suppressed("email", EMAIL) is None

    send_and_bounce(3, bouncedRecipients=SOFT)

    assert suppressed("email", EMAIL) == "soft_bounce"


def test_a_delivery_between_soft_bounces_starts_anew():
    for number, kind in enumerate(["Transient", "Transient", "None", "Transient"]):
        send_and_bounce(number, bouncedRecipients=SOFT, bounceType=kind)

    assert suppressed("email", EMAIL) is None


def test_bounces_that_nobody_understands_close_nothing():
    for number in range(4):
        send_and_bounce(number, bouncedRecipients=SOFT, bounceType="Undetermined")

    assert suppressed("email", EMAIL) is None


def test_a_dead_domain_closes_the_address_at_once():
    send_and_bounce(1, bouncedRecipients=[{"emailAddress": EMAIL, "status": "5.4.4"}])

    assert suppressed("email", EMAIL) == "bounce"


@pytest.mark.parametrize("name", ["ses_reject", "ses_rendering_failure"])
def test_a_mail_that_ses_threw_away_failed(name: str):
    keep(a_message(state=MessageState.SENT))

    take(sample(name))

    assert kept().state is MessageState.FAILED


def test_an_engine_that_writes_in_between_is_read_again():
    """The owner's own `sent` may land between our read and our write; neither is lost."""
    stale = keep(a_message())
    keep(
        a_message(
            state=MessageState.SENT,
            provider_id="0100019a0f0e1d2c-5e1f-000000",
            sent_at="2026-11-20T10:00:01.000Z",
        )
    )
    notification = read_notification(json.dumps(sample("ses_delivery")))
    assert notification is not None
    _advance(stale, notification)

    assert (kept().outcome, kept().sent_at) == ("delivered", "2026-11-20T10:00:01.000Z")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("name", "outcome", "closed", "calls"),
    [
        ("ses_delivery", "delivered", None, 3),
        ("ses_reject", "", None, 2),
        ("ses_bounce", "bounced", "bounce", 5),
        ("ses_complaint", "complained", "complaint", 7),
    ],
)
def test_a_crash_at_any_call_is_mended_by_the_next_attempt(
    name: str, when: str, outcome: str, closed: str | None, calls: int
):
    def subject(point: int) -> Callable[[], object]:
        message = keep(a_message(contact=f"contact{point}", identity=f"u#{point}"))
        event = tagged(sample(name), message.id)
        for particular in (event.get("bounce", {}), event.get("complaint", {})):
            for people in ("bouncedRecipients", "complainedRecipients"):
                for person in particular.get(people, []):
                    person["emailAddress"] = f"{point}@example.net"
        return lambda: take(event)

    points = 0
    for points in crash_everywhere(when, subject):
        contact = f"contact{points}"
        assert kept(f"{contact}-{DIGEST}").outcome == outcome
        assert suppressed("email", f"{points}@example.net") == closed
        assert len(list(events.history([f"u#{points}"]))) == (closed is not None)
        assert get_consent(contact).revision == (name == "ses_complaint")
    assert points == calls


# ─── the function


@pytest.fixture
def handler() -> Any:
    from functions.record_feedback.app import handler

    return handler


def test_a_broken_record_fails_alone(handler: Any):
    good = []
    for number in range(9):
        digest = message_digest("enrolment", str(number))
        keep(a_message(digest=digest))
        good.append(tagged(sample("ses_delivery"), f"{CONTACT}-{digest}"))
    event = batch(*good[:4], "{broken", *map(enveloped, good[4:]))

    answer = handler(event, LambdaContext())

    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][4]["messageId"]}]}
    assert all(kept(each["mail"]["tags"]["message_id"][0]).outcome == "delivered" for each in good)


def test_a_batch_of_broken_records_raises(handler: Any):
    with pytest.raises(BatchProcessingError):
        handler(batch("{broken"), LambdaContext())


def test_what_is_ignored_is_counted(handler: Any, capsys: pytest.CaptureFixture[str]):
    greeting = "Successfully validated SNS topic for Amazon SES event publishing."

    answer = handler(
        batch(greeting, {"eventType": "Teleported"}, tagged(sample("ses_bounce"), "foreign")), object()
    )

    assert answer == {"batchItemFailures": []}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (emf,) = [line for line in lines if "FeedbackIgnored" in line]
    assert sum(emf["FeedbackIgnored"]) == 3


def test_poison_is_poison():
    with pytest.raises(PoisonRecordError):
        take("{broken")
