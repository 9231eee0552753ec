"""What park_token does for a task: the run waits, the task stands in its list, and the sweep ends it when it is due.

In this order: who settles a task finds a run that waits for it. Asked twice, it is the same task; one that was settled
before the state could hear of it is answered at once.
"""

from sojourn.clock import iso
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Wait, WaitKind
from sojourn.journeys.rounds import round_of
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import HumanTask
from sojourn.journeys.tasks.model import Task, TaskState
from sojourn.journeys.tasks.settle import go_on
from sojourn.journeys.tasks.store import get_task, put_open
from sojourn.journeys.versions import published
from sojourn.journeys.wait import ParkTask, deadline_of, put_down
from sojourn.messages.model import message_digest


def park_for_person(task: ParkTask, *, engine: Engine) -> None:
    """Register the wait and open the task."""
    wait = Wait(step=task.step, kind=WaitKind.TASK, token=task.token)
    run = store.register(task.enrolment, task.leg, wait, until=iso(deadline_of(task, engine)))
    asked = asked_of(run, now=iso(engine.clock.calendar()))
    there = get_task(asked.id)
    if there and _was_left(there) and _answered(run, asked.number_of(there.outcome), there, engine):
        return
    if there is None or there.state is not TaskState.OPEN or there.due != asked.due:
        put_open(asked)
    put_down(run, "deadline", engine=engine)


def _was_left(task: Task) -> bool:
    """Whether somebody settled it, and the journey did not hear of it."""
    return task.state is TaskState.DONE and not task.heard


def _answered(run: Enrolment, number: int, task: Task, engine: Engine) -> bool:
    """False for an outcome that the step does not know any more."""
    now = iso(engine.clock.calendar())
    if not number or not store.answering(run, event=task.mark(number), path=number, until=now):
        return False
    go_on(run, task, engine=engine)
    return True


def asked_of(run: Enrolment, *, now: str) -> Task:
    """What the step asks somebody to do for the contact of this run."""
    assert run.wait is not None
    journey, _ = published(run.journey, run.version)
    step = shape_of(journey).steps[run.wait.step]
    assert isinstance(step, HumanTask), run.wait.step
    round_ = round_of(journey, run.rounds, step.name)
    return Task(
        enrolment=run.id,
        digest=message_digest(run.id, step.name, round_),
        step=step.name,
        round=round_,
        assign=step.assign,
        note=step.note,
        outcomes=tuple(outcome.word for outcome in step.outcomes),
        identity=run.identity,
        version=run.version,
        opened_at=now,
        due=run.until,
    )
