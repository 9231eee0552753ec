"""What SES's words do to the sender's reputation: the worst that was said stays, in whatever order it comes."""

import json
from itertools import permutations
from typing import Any

import pytest

from sojourn.feedback.lattice import after
from sojourn.feedback.model import Notification, read_notification
from sojourn.messages.model import Message, MessageState

MAIL = {"messageId": "m-1", "timestamp": "2026-11-22T10:00:00Z", "tags": {"message_id": ["ada-1"]}}
ADA = {"emailAddress": "ada@example.org"}


def said(name: str, **detail: Any) -> Notification:
    recipients = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients"}
    whom = {recipients[name]: [ADA]} if name in recipients else {}
    event = {"eventType": name, "mail": MAIL, name.lower(): {**whom, **detail}}
    found = read_notification(json.dumps(event))
    assert found is not None
    return found


def a_message(**facts: Any) -> Message:
    about = {
        "contact": "ada",
        "digest": "1",
        "enrolment": "ada.welcome.1",
        "journey": "welcome",
        "version": 1,
    }
    about |= {
        "step": "Hello",
        "channel": "email",
        "template": "t",
        "template_version": 1,
        "identity": "u#ada",
    }
    return Message(**{**about, "state": MessageState.SENT, "provider_id": "m-1", **facts})


HARD = said("Bounce", bounceType="Permanent", bounceSubType="General")
SPAM = said("Complaint", complaintFeedbackType="abuse")
ARRIVED = said("Delivery")


@pytest.mark.parametrize(
    ("notification", "against"),
    [
        (HARD, "bounce"),
        (said("Bounce", bounceType="Permanent", bounceSubType="Suppressed"), "bounce"),
        (said("Bounce", bounceType="Permanent", bounceSubType="OnAccountSuppressionList"), ""),
        (said("Bounce", bounceType="Transient", bounceSubType="MailboxFull"), ""),
        (said("Bounce", bounceType="Undetermined", bounceSubType="Undetermined"), ""),
        (SPAM, "complaint"),
        (said("Complaint", complaintFeedbackType="not-spam"), ""),
        (said("Complaint", complaintSubType="OnAccountSuppressionList"), ""),
        (ARRIVED, ""),
        (said("Reject"), ""),
    ],
    ids=lambda each: (
        f"{each.name} {each.type}{each.subtype}{each.feedback}" if isinstance(each, Notification) else ""
    ),
)
def test_what_ses_holds_against_a_sender(notification: Notification, against: str):
    assert after(a_message(), notification).against == against


def test_the_worst_stays_in_whatever_order_it_comes():
    for order in permutations((HARD, SPAM, ARRIVED)):
        message = a_message()
        for notification in (*order, *order):
            message = after(message, notification)
        assert message.against == "complaint"


def test_the_simulators_word_counts_for_nothing():
    assert after(a_message(against="simulated"), HARD).against == "simulated"
