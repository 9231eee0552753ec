"""Runs that failed and drafts that wait, for the tests of their pages."""

from datetime import timedelta

from sojourn.clock import iso
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.store import EnrolmentRow
from sojourn.journeys.wait import ParkTask, park
from sojourn.messages.model import MessageState, message_digest
from sojourn.messages.store import MessageRow
from tests.insight_rows import NOW, a_message, an_enrolment

STEP = "Send the welcome"


def a_failed_run(number: int = 0, *, reason: str = "aborted", at: str = "Wait two days") -> Enrolment:
    """Of the journey that `journeys_there` makes."""
    contact = f"{chr(97 + number)}" * 19 + "f"
    run = an_enrolment(contact=contact, identity=f"u#f{number}", version=2, at=at)
    EnrolmentRow.of(run).save()
    store.end(run.id, Status.FAILED, reason=reason, now=iso(NOW - timedelta(hours=number)))
    return run


def a_late_run() -> Enrolment:
    """Its moment was a day ago."""
    run = an_enrolment(contact="late" * 5, identity="u#late", version=2, until=iso(NOW - timedelta(days=1)))
    EnrolmentRow.of(run).save()
    return run


def a_draft_message(number: int, *, engine: Engine) -> str:
    """A message that waits for release until tomorrow; the answer is its id."""
    contact = f"{chr(97 + number)}" * 19 + "d"
    run = an_enrolment(contact=contact, identity=f"u#d{number}", version=2, at=STEP)
    EnrolmentRow.of(run).save()
    message = a_message(
        STEP,
        contact=contact,
        enrolment=run.id,
        digest=message_digest(run.id, STEP),
        identity=f"u#d{number}",
        version=2,
        state=MessageState.PLANNED,
        reason="draft",
        sent_at="",
    )
    MessageRow.of(message).save()
    hold = {"until": iso(NOW + timedelta(days=1, hours=number)), "reason": "draft"}
    task = ParkTask(enrolment=run.id, leg=1, step=STEP, token=f"token-{number}", hold=hold)
    park(task, engine=engine)
    return message.id
