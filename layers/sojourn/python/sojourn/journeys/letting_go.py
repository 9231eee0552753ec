"""Drafts: held messages that a person releases, one by one or all of a journey, or discards.

A draft stands twice among what is due: where the sweep finds it when it expires, and under `draft#<journey>`, where a
word for the whole journey finds it. Such a word puts one due row down; the sweep lets them go, page after page, and
only those that waited when it was said. A message that is released says so itself, so the step asks every other gate
again; a run that comes to its hold just then finds the word there (wait.py).
"""

from datetime import datetime
from itertools import islice

from sojourn.clock import Clock, iso, parse_iso
from sojourn.delivery.model import HoldReason
from sojourn.due.store import Due, delete_all, due_under, put_due, remove_due
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind
from sojourn.journeys.names import EnrolmentId
from sojourn.journeys.rounds import round_of
from sojourn.journeys.versions import published
from sojourn.messages.model import Message, MessageState, message_digest
from sojourn.messages.store import discard, get_message, release

DRAFTS, UNDER, DRAFT = "drafts", f"{HoldReason.DRAFT}#", HoldReason.DRAFT.value
DISCARDED = "discarded"
A_PAGE = 1_000


def ask(journey: str, *, clock: Clock, shards: int, said: str = "", page: int = 1) -> str:
    """Let the next sweep begin, or go on; the answer is the moment up to which drafts go."""
    now = clock.calendar()
    said = said or iso(now)
    task = {"journey": journey, "said": said, "page": page}
    put_due(Due(now, DRAFTS, f"{journey}/{said}/{page}", task), now=now, pace=clock.pace, shards=shards)
    return said


def release_page(word: Due, *, engine: Engine, size: int = A_PAGE) -> None:
    """Some of them. Repeated it does nothing to those that went; what came later than the word stays."""
    journey, said = word.task["journey"], str(word.task["said"])
    rows = list(islice(due_under(f"{UNDER}{journey}"), size))
    later = [row for row, due in rows if not _release_due(due, said, engine)]
    delete_all(row for row, _ in rows if row not in later)
    if len(rows) == size and len(later) < size:
        page = int(word.task["page"]) + 1
        ask(journey, clock=engine.clock, shards=engine.due_shards, said=said, page=page)


def release_message(message: Message, *, engine: Engine) -> bool:
    """One of them; False when it is no draft any more."""
    if not release(message, at=iso(engine.clock.calendar())):
        return False
    _let_go_on(message, engine)
    return True


def discard_message(message: Message, why: str, *, engine: Engine) -> bool:
    """One of them does not go, and its run goes on; False when it is no draft any more. Who died midway repeats it."""
    if not discard(message, DISCARDED, why=why) and not _is_discarded(message):
        return False
    _let_go_on(message, engine)
    return True


def draft_of(due: Due) -> Message | None:
    """The message that a row under `draft#<journey>` stands for, if it waits still."""
    run = _holding(due.task["enrolment"])
    if run is None or run.wait is None or (run.leg, run.wait.step) != (due.task["leg"], due.task["step"]):
        return None
    message = get_message(run.contact, _message_of(run))
    is_draft = message and (message.state, message.reason) == (MessageState.PLANNED, DRAFT)
    return message if is_draft else None


def is_released(run: Enrolment) -> bool:
    """Whether the word came before the hold."""
    message = get_message(run.contact, _message_of(run))
    return message is not None and bool(message.released)


def forget(due: Due) -> None:
    """Its other row, when the sweep comes to the one that tells when it expires."""
    if due.task.get("reason") == DRAFT:
        forget_at(EnrolmentId.from_text(due.task["enrolment"]).journey, due.at, due.id)


def forget_at(journey: str, at: datetime, id: str) -> None:  # noqa: A002  the row's own word
    """No error when it is gone."""
    remove_due(Due(at, "hold", id, {}), pace=1, shards=1, under=f"{UNDER}{journey}")


def _release_due(due: Due, said: str, engine: Engine) -> bool:
    """False for what came to wait after the word."""
    run = _holding(due.task["enrolment"])
    if run is None or run.wait is None or (run.leg, run.wait.step) != (due.task["leg"], due.task["step"]):
        return True
    message = get_message(run.contact, _message_of(run))
    if message is None or message.state is not MessageState.PLANNED:
        return True
    if message.due and parse_iso(message.due) > parse_iso(said):
        return False
    release_message(message, engine=engine)
    return True


def _let_go_on(message: Message, engine: Engine) -> None:
    if (run := _holding(message.enrolment)) and _message_of(run) == message.digest:
        assert run.wait is not None
        engine.machines.complete(run.wait.token)


def _is_discarded(message: Message) -> bool:
    there = get_message(message.contact, message.digest)
    return there is not None and (there.state, there.reason) == (MessageState.SKIPPED, DISCARDED)


def _holding(enrolment: str) -> Enrolment | None:
    run = store.get_enrolment(enrolment)
    if run is None or run.status is not Status.ACTIVE or run.wait is None:
        return None
    return run if run.wait.kind is WaitKind.HOLD else None


def _message_of(run: Enrolment) -> str:
    assert run.wait is not None
    journey, _ = published(run.journey, run.version)
    return message_digest(run.id, run.wait.step, round_of(journey, run.rounds, run.wait.step))
