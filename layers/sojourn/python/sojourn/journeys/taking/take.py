"""One step of a run that is neither a send nor a wait: done once, whatever attempt asks for it.

The row says which step was taken last, and which of its ways; who asks again is answered from there.
"""

from collections.abc import Callable
from typing import Any

from sojourn.journeys.engine import Engine
from sojourn.journeys.shape import shape_of
from sojourn.journeys.taking import branch, leaving, repeat, request, update
from sojourn.journeys.taking.task import Here, TakeTask
from sojourn.journeys.versions import published
from sojourn.journeys.wait import running

Answer = dict[str, Any]
TAKERS: dict[str, tuple[Callable[[Here], Answer], Callable[[Here], Answer]]] = {
    "branch": (branch.take, branch.again),
    "update": (update.take, update.again),
    "start": (request.start, update.again),
    "end": (request.end, update.again),
    "repeat": (repeat.take, repeat.again),
    "exit": (leaving.take, update.again),
}


def take_step(task: TakeTask, *, engine: Engine) -> Answer:
    """Do it, and answer what the state needs; EnrolmentEndedError, Parked and Path<n> are for the machine to catch."""
    run = running(task.enrolment, task.leg)
    journey, _ = published(run.journey, run.version)
    here = Here(task, run, journey, shape_of(journey).steps[task.step], engine)
    take, again = TAKERS[here.step.kind]
    is_done = run.taken is not None and (run.taken.step, run.taken.entered) == (
        task.step,
        task.taken().entered,
    )
    return again(here) if is_done else take(here)
