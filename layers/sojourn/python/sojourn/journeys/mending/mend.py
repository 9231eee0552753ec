"""A person's word on a run that failed or stands still: it goes on from a step, or it is over.

Law 2: the row is the authority and executions are disposable. So a run goes on with a new leg, begun where it
stands: the row first, then the execution; what the old leg still does is refused by the row. A message has its id by
enrolment, step and round, so none goes twice. Said twice, the second word finds another leg and does nothing. Who dies
between row and execution leaves a run that `reconcile` starts.
"""

from enum import StrEnum

from sojourn.clock import iso
from sojourn.errors import StaleWriteError
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrol import leave
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.live import State, live
from sojourn.journeys.mending.store import put_away, reopen
from sojourn.journeys.moments import due_after
from sojourn.journeys.rounds import round_of
from sojourn.journeys.versions import published
from sojourn.journeys.wait import forget_due

BY_HAND = "end_requested"


class No(StrEnum):
    """Why a run may not go on."""

    OVER = "over"  # it came to an end of its own
    STOPPED = "stopped"  # the journey was
    AGAIN = "again"  # the person has come in again since
    NO_STEP = "no_step"  # its version has none of this name
    MOVED = "moved"  # somebody else, or it by itself, was faster


def may_go_on(run: Enrolment, step: str) -> No | None:
    """Whether anything speaks against it."""
    if run.status not in (Status.ACTIVE, Status.FAILED):
        return No.OVER
    there = live().get(run.journey)
    if there is None or there.state is State.STOPPED:
        return No.STOPPED
    journey, _ = published(run.journey, run.version)
    if step not in steps_by_name(journey):
        return No.NO_STEP
    if run.status is Status.FAILED and _came_again(run):
        return No.AGAIN
    return None


def go_on(run: Enrolment, step: str, *, engine: Engine) -> Enrolment | No:
    """The run with its new leg, which begins at this step."""
    if no := may_go_on(run, step):
        return no
    journey, _ = published(run.journey, run.version)
    until = iso(due_after(journey, step, engine.clock.calendar()))
    round_ = round_of(journey, run.rounds, step)
    if run.status is Status.FAILED:
        there = reopen(run, start_at=step, start_round=round_, until=until)
        if there is None:
            return No.MOVED
    else:
        try:
            there = store.next_leg(run, start_at=step, start_round=round_, until=until)
        except StaleWriteError:
            return No.MOVED
        forget_due(run, engine=engine)
        engine.machines.stop(run)  # its old leg; the run has none of the reasons to be over
    engine.machines.start(there)
    return there


def end(run: Enrolment, *, engine: Engine) -> bool:
    """An active run is over; a failed one stays failed and is listed no more. False when it was so already."""
    if run.status is Status.FAILED:
        return put_away(run)
    if run.status is not Status.ACTIVE:
        return False
    forget_due(run, engine=engine)
    leave(run, BY_HAND, engine=engine)
    return True


def _came_again(run: Enrolment) -> bool:
    theirs = store.enrolments_of(run.contact, run.journey)
    return any(each.entry > run.entry and each.key == run.key for each in theirs)
