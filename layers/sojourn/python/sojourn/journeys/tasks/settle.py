"""Settle a task, and tell which tasks are still asked for.

The run's row decides who wins (house law 7): waiting → answering(outcome) → the task is done → token → answered.
Whoever dies midway comes again with the same outcome; another one finds the task settled. A token that is gone means
that the time was up, or the contact out of the journey, a moment before: the task is late.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sojourn.clock import iso
from sojourn.journeys import store as runs
from sojourn.journeys.answering import tell
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind, WaitState
from sojourn.journeys.tasks import store
from sojourn.journeys.tasks.model import (
    NoSuchOutcomeError,
    Task,
    TaskSettledError,
    TaskState,
    TaskUnknownError,
)


def settle(task_id: str, outcome: str, *, by: str, engine: Engine) -> Task:
    """The task, done; TaskUnknownError, NoSuchOutcomeError and TaskSettledError say why it cannot be."""
    task = store.get_task(task_id)
    if task is None:
        raise TaskUnknownError(task_id)
    number, run = task.number_of(outcome), runs.get_enrolment(task.enrolment)
    if not number:
        raise NoSuchOutcomeError(task.outcomes)
    now = iso(engine.clock.calendar())
    if task.state is not TaskState.OPEN or run is None or not waits_for(run, task):
        raise TaskSettledError(_as_it_ended(task, run, engine=engine))
    if not runs.answering(run, event=task.mark(number), path=number, until=now):
        raise TaskSettledError(store.get_task(task_id) or task)
    told = go_on(run, _closed(task, number, by, now), engine=engine)
    if told.state is not TaskState.DONE:
        raise TaskSettledError(told)
    return told


def _closed(task: Task, number: int, by: str, now: str) -> Task:
    """The task, done; TaskSettledError when somebody else was quicker."""
    mine = replace(task, state=TaskState.DONE, outcome=task.outcomes[number - 1], by=by, settled_at=now)
    done = store.close(task, TaskState.DONE, at=now, number=number, by=by) or store.get_task(task.id)
    if done != mine:  # the SDK may have asked twice: then it is ours all the same
        raise TaskSettledError(done or task)
    return mine


def still_open(tasks: Iterable[tuple[Task, Enrolment | None]], *, engine: Engine) -> Iterator[Task]:
    """Those that somebody waits for; the others are closed by whoever looks at them first."""
    for task, run in tasks:
        if task.state is TaskState.OPEN and run is not None and waits_for(run, task):
            yield task
        else:
            _as_it_ended(task, run, engine=engine)


def go_on(run: Enrolment, task: Task, *, engine: Engine) -> Task:
    """Tell the journey what a task was settled with, and the task whether the journey heard it."""
    alive = tell(run, task.number_of(task.outcome), engine=engine)
    return store.mark(task, TaskState.DONE if alive else TaskState.LATE) or task


def waits_for(run: Enrolment, task: Task) -> bool:
    """Whether the run stands at this very task; it may be about to go on, by an outcome of it."""
    wait = run.wait
    if (
        run.status is not Status.ACTIVE
        or wait is None
        or (wait.kind, wait.step) != (WaitKind.TASK, task.step)
    ):
        return False
    if wait.state is WaitState.WAITING:
        return run.until == task.due  # another visit has another moment
    return wait.state is WaitState.ANSWERING and task.number_in(wait.event) > 0


def _as_it_ended(task: Task, run: Enrolment | None, *, engine: Engine) -> Task:
    """A task that is settled, or that nobody waits for: with what became of it, and told if it was left half told."""
    if task.state is TaskState.DONE and not task.heard and run is not None and waits_for(run, task):
        return go_on(run, task, engine=engine)
    if task.state is not TaskState.OPEN:
        return task
    now = iso(engine.clock.calendar())
    number = task.number_in(run.wait.event) if run and run.wait else 0
    state = TaskState.LATE if now >= task.due else TaskState.OVER
    closed = store.close(task, TaskState.DONE if number else state, at=now, number=number)
    return closed or store.get_task(task.id) or task
