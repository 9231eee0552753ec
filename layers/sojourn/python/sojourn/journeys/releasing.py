"""Held messages of a journey that goes on again, or was stopped: let go in pages, and resumable.

While a journey is paused its messages stand under `paused#<journey>`, where no sweep looks. A word to resume or to stop
puts one due row down. The sweep lets them go, page after page; each row is deleted after its effect, and what is left
when a page is done is due again at once. How late messages are treated was said with the word:

send      all at once
skip      those that are later than so long are skipped (`late`), the others go
spread    each at a moment of its own within so long, by a hash of its run: the same however often it is asked
"""

import hashlib
from datetime import datetime, timedelta
from itertools import islice

from sojourn.clock import Clock, parse_iso
from sojourn.due.store import Due, delete_all, due_under, put_due
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind
from sojourn.journeys.live import LiveJourney, State
from sojourn.journeys.rounds import round_of
from sojourn.journeys.versions import published
from sojourn.messages.model import MessageState, message_digest
from sojourn.messages.store import get_message, move

RESUME, RELEASE = "resume", "release"  # of what is due
UNDER = "paused#"
A_PAGE = 1_000
LATE = "late"


def ask(journey: LiveJourney, *, clock: Clock, shards: int, page: int = 1) -> None:
    """Let the next sweep begin, or go on."""
    now = clock.calendar()
    due = Due(now, RESUME, f"{journey.name}/{journey.since}/{page}", {"journey": journey.name, "page": page})
    put_due(due, now=now, pace=clock.pace, shards=shards)


def release_page(page: int, journey: LiveJourney | None, *, engine: Engine) -> None:
    """Some of them; who is paused again stays."""
    if journey is None or journey.state is State.PAUSED:
        return
    rows = list(islice(due_under(f"{UNDER}{journey.name}"), A_PAGE))
    for _, due in rows:
        _release(due, journey, engine)
    delete_all(row for row, _ in rows)
    if len(rows) == A_PAGE:
        ask(journey, clock=engine.clock, shards=engine.due_shards, page=page + 1)


def let_go(due: Due, *, engine: Engine) -> None:
    """One whose moment has come; when the journey is paused again it will ask for itself."""
    run = held_run(due)
    if run is not None and run.wait is not None:
        engine.machines.complete(run.wait.token)


def _release(due: Due, journey: LiveJourney, engine: Engine) -> None:
    run, how = held_run(due), journey.late or {}
    if run is None or run.wait is None:
        return
    if journey.state is State.LIVE and how.get("how") == "spread":
        at = parse_iso(journey.since) + timedelta(seconds=_share(due.id) * how["seconds"])
        later = Due(at, RELEASE, due.id, {**due.task, "journey": journey.name})
        now = engine.clock.calendar()
        put_due(later, now=now, pace=engine.clock.pace, shards=engine.due_shards)
        return
    if journey.state is State.LIVE and how.get("how") == "skip":
        _skip_if_late(run, parse_iso(journey.since) - timedelta(seconds=how["seconds"]))
    engine.machines.complete(run.wait.token)


def _skip_if_late(run: Enrolment, oldest: datetime) -> None:
    """A message that was due before is settled here; the step finds it so, and the run goes on."""
    assert run.wait is not None
    journey, _ = published(run.journey, run.version)
    digest = message_digest(run.id, run.wait.step, round_of(journey, run.rounds, run.wait.step))
    message = get_message(run.contact, digest)
    if message and message.state is MessageState.PLANNED and message.due and parse_iso(message.due) < oldest:
        move(message, MessageState.SKIPPED, only_from={MessageState.PLANNED}, reason=LATE)


def held_run(due: Due) -> Enrolment | None:
    """The run, if it still stands in this hold."""
    run = store.get_enrolment(due.task["enrolment"])
    if run is None or run.status is not Status.ACTIVE or run.wait is None:
        return None
    is_here = run.leg == due.task["leg"] and run.wait.step == due.task["step"]
    return run if is_here and run.wait.kind is WaitKind.HOLD else None


def _share(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32
