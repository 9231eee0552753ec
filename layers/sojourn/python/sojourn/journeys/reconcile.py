"""Find runs that should have moved on and did not; say what is wrong with each, and mend it (lesson 17).

| what is found                                            | repair                                             |
|----------------------------------------------------------|----------------------------------------------------|
| no execution under the leg's name                        | start it: the row names it                         |
| execution failed, timed out or was stopped               | the row says `failed`, with the execution's status |
| execution succeeded, the row is active                   | the row says `completed`                           |
| execution runs, a wait has been `answering` for too long | answer the token again, by the path that won       |
| execution runs, a hold or a deadline is over             | put its due row again                              |
| execution runs, the moment of a wait has come            | put its due row again                              |
| execution runs, the time of somebody's task is up        | put its due row again                              |
| execution runs, a message is `sending` for too long      | the message becomes `unknown`                      |
| a parked wait is over, or a repeat parked before a round | start the next leg                                 |
| the run's version is not there (a restore lost it)   | nothing: it is told of, and the others are mended  |
| a parked wait is over where the person lived before      | it goes on, by the clock of where they live now    |

Branches that a Task carried leave nobody stuck: the row stands behind them. A run that stands at a state which writes
nothing (a Wait, a split) is `healthy` while its execution runs.
"""

from collections import Counter
from datetime import timedelta

from sojourn import telemetry
from sojourn.clock import iso
from sojourn.errors import EnrolmentEndedError, NotFoundError, StaleWriteError
from sojourn.journeys import store
from sojourn.journeys.answering import tell
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind, WaitState
from sojourn.journeys.graph import following
from sojourn.journeys.rounds import round_of
from sojourn.journeys.store import OPEN_SHARDS
from sojourn.journeys.timers import moved_to, wait_longer
from sojourn.journeys.versions import published
from sojourn.journeys.wait import DUE_OF, Engine, put_down, resume_at
from sojourn.messages.model import MessageState, message_digest
from sojourn.messages.store import get_message, move

GRACE = timedelta(minutes=15)  # far beyond every Task's time-out and its retries
PACED_GRACE = timedelta(seconds=20)  # wall time, where the calendar runs faster
FAILED = {"FAILED", "TIMED_OUT", "ABORTED"}


def reconcile(*, engine: Engine) -> Counter[str]:
    """Look through everything overdue; the answer counts the repairs by kind."""
    before = iso(engine.clock.calendar() - max(GRACE, PACED_GRACE * engine.clock.pace))
    repairs: Counter[str] = Counter()
    for shard in range(OPEN_SHARDS):
        for enrolment in store.overdue(shard, before=before):
            if enrolment.status is Status.ACTIVE and enrolment.until < before:
                repairs[_repaired(enrolment, engine)] += 1
    return repairs


def _repaired(enrolment: Enrolment, engine: Engine) -> str:
    """One that cannot be repaired is told of at each pass, and keeps nobody else waiting."""
    try:
        return _repair(enrolment, engine)
    except NotFoundError as error:
        telemetry.warn("run not readable", enrolment=enrolment.id, error=str(error))
        return "unreadable"


def _repair(enrolment: Enrolment, engine: Engine) -> str:
    if enrolment.wait and enrolment.wait.kind is WaitKind.PARK:
        return _next_leg(enrolment, engine)
    status = engine.machines.status(enrolment)
    if status is None:
        engine.machines.start(enrolment)
        return "started"
    if status in FAILED:
        _settle_vanished(enrolment)
        store.end(enrolment.id, Status.FAILED, reason=status.lower(), now=_now(engine))
        return "failed"
    if status == "SUCCEEDED":
        store.end(enrolment.id, Status.COMPLETED, reason="", now=_now(engine))
        return "completed"
    return _nudge(enrolment, engine)


def _next_leg(enrolment: Enrolment, engine: Engine) -> str:
    journey, _ = published(enrolment.journey, enrolment.version)
    then = following(journey, enrolment.at)
    if later := moved_to(enrolment, engine.clock.calendar()):
        wait_longer(enrolment, later, next_name=then, engine=engine)
        return "waits_on"
    try:
        resume_at(enrolment, then, engine=engine)
    except (StaleWriteError, EnrolmentEndedError):
        return "healthy"
    return "unparked"


def _nudge(enrolment: Enrolment, engine: Engine) -> str:
    """The execution is alive; what does it stand on?"""
    wait = enrolment.wait
    if wait and wait.state is WaitState.ANSWERING:
        tell(enrolment, wait.path, engine=engine)
        return "answered"
    if wait and wait.state is WaitState.WAITING:
        journey, _ = published(enrolment.journey, enrolment.version)
        put_down(enrolment, DUE_OF[wait.kind], engine=engine, next=following(journey, wait.step))
        return "due_again"
    return _settle_vanished(enrolment)


def _settle_vanished(enrolment: Enrolment) -> str:
    journey, _ = published(enrolment.journey, enrolment.version)
    digest = message_digest(enrolment.id, enrolment.at, round_of(journey, enrolment.rounds, enrolment.at))
    message = get_message(enrolment.contact, digest)
    if message and message.state is MessageState.SENDING:
        if move(message, MessageState.UNKNOWN, only_from={MessageState.SENDING}, reason="claim_expired"):
            return "unknown"
    return "healthy"


def _now(engine: Engine) -> str:
    return iso(engine.clock.calendar())
