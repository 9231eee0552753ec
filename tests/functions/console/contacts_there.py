"""Somebody with a life, for the tests of their room."""

from datetime import UTC, datetime, timedelta

from sojourn.clock import iso
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import record
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.journeys.store import EnrolmentRow
from sojourn.messages.model import MessageState
from sojourn.messages.store import MessageRow
from sojourn.segments.members import store as members
from tests.insight_rows import ADA, NOW, a_message, an_enrolment, an_event, put_events

PATH = f"/console/contacts/{ADA}"


def live_through(text: str, *, name: str) -> None:
    """A life in a few rows; `text` stands in every field that others fill."""
    for identity in ("u#ada", "a#device-1", "e#ada@example.org"):
        claim_identity(identity, ADA)
    put_profile(
        Profile(
            ADA,
            traits={
                "email": "ada@example.org",
                "name": name,
                "plan": text,
                "orders": 12,
                text: [text],
            },
            identities=("u#ada", "a#device-1", "e#ada@example.org"),
            created_at=iso(NOW - timedelta(days=30)),
        )
    )
    put_events(
        [
            an_event(name=f"Seen {text}", properties={text: text}, at=NOW - timedelta(hours=1)),
            an_event("a#device-1", "Signed Up", at=NOW - timedelta(days=2), message_id="m2"),
        ]
    )
    record(
        ADA,
        ConsentChange(
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            topic=text,
            status=Status.GIVEN,
            at=datetime(2026, 11, 1, tzinfo=UTC),
            source=text,
            wording=text,
        ),
    )
    EnrolmentRow.of(an_enrolment(entered_at=iso(NOW - timedelta(days=2)))).save()
    skipped = {"state": MessageState.SKIPPED, "reason": "unsubscribed", "sent_at": ""}
    for message in (a_message(), a_message(f"Remind {text}", **skipped)):
        MessageRow.of(message).save()
    change = {"segment": "buyers", "entered": True, "at": iso(NOW), "cause": "behaviour", "by": "x"}
    members.note(ADA, {**change, "generation": 1, "step": 1})
