"""Tasks for people: one of settling, silence and leaving wins; lists are true; twice is once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.contacts.store import people_key
from sojourn.errors import StoreBusyError
from sojourn.journeys import store as runs
from sojourn.journeys.enrolment import Status, WaitKind, WaitState
from sojourn.journeys.reconcile import reconcile
from sojourn.journeys.sweep import sweep
from sojourn.journeys.tasks import store
from sojourn.journeys.tasks.model import (
    NoSuchOutcomeError,
    Task,
    TaskSettledError,
    TaskState,
    TaskUnknownError,
)
from sojourn.journeys.tasks.settle import settle, still_open
from sojourn.journeys.wait import Engine, park
from sojourn.tables import PeopleRow
from tests.journeys import CONTACT, NOW, Machines, an_engine
from tests.partiql import empty
from tests.tasks import DUE, a_park_task, come_to_the_task


@pytest.fixture(autouse=True)
def _tables(tables: None) -> None:
    empty("People", "Identity", "Due", "Config", "Events")


@pytest.fixture
def engine() -> Engine:
    return an_engine()


def machines(engine: Engine) -> Machines:
    assert isinstance(engine.machines, Machines)
    return engine.machines


def clock(engine: Engine) -> ManualClock:
    assert isinstance(engine.clock, ManualClock)
    return engine.clock


def open_tasks(engine: Engine, assign: str = "sales") -> list[Task]:
    found, _ = store.listed(assign, 200, None)
    return list(still_open(found, engine=engine))


def the_task(engine: Engine) -> Task:
    (task,) = open_tasks(engine)
    return task


def test_whoever_comes_to_a_task_waits_and_the_task_stands_in_its_list(engine: Engine):
    run = come_to_the_task(engine)

    there, task = runs.get_enrolment(run.id), the_task(engine)
    assert there
    assert there.wait
    assert (there.at, there.until, there.wait.kind) == ("Call them", DUE, WaitKind.TASK)
    assert (task.enrolment, task.step, task.assign, task.note, task.due, task.opened_at) == (
        run.id, "Call them", "Sales", "Ask how they like it", DUE, iso(NOW),
    )  # fmt: skip
    assert task.outcomes == ("reached", "Not reached", "Wrong number")
    assert store.count_listed(" SALES ") == 1
    assert open_tasks(engine, "support") == []


def test_the_first_outcome_is_the_states_success(engine: Engine):
    come_to_the_task(engine)

    done = settle(the_task(engine).id, "reached", by="bob", engine=engine)

    assert machines(engine).answered == ["token"]
    assert (done.state, done.outcome, done.by, done.settled_at, done.heard) == (
        TaskState.DONE, "reached", "bob", iso(NOW), True,
    )  # fmt: skip
    assert store.count_listed("sales") == 0


@pytest.mark.parametrize(("outcome", "path"), [("Not reached", "Path2"), (" wrong NUMBER ", "Path3")])
def test_another_outcome_is_a_path_by_its_number(outcome: str, path: str, engine: Engine):
    run = come_to_the_task(engine)

    settle(the_task(engine).id, outcome, by="bob", engine=engine)

    there = runs.get_enrolment(run.id)
    assert machines(engine).failed == [("token", path)]
    assert there
    assert there.wait
    assert there.wait.state is WaitState.ANSWERED


def test_a_task_is_settled_once(engine: Engine):
    come_to_the_task(engine)
    task = the_task(engine)
    settle(task.id, "reached", by="bob", engine=engine)

    for outcome in ("reached", "not reached"):
        with pytest.raises(TaskSettledError) as raised:
            settle(task.id, outcome, by="eve", engine=engine)
        assert (raised.value.task.outcome, raised.value.task.by) == ("reached", "bob")
    assert machines(engine).answered == ["token"]
    assert machines(engine).failed == []


def test_an_outcome_that_the_task_does_not_know(engine: Engine):
    come_to_the_task(engine)

    with pytest.raises(NoSuchOutcomeError) as raised:
        settle(the_task(engine).id, "postponed", by="bob", engine=engine)

    assert raised.value.outcomes == ("reached", "Not reached", "Wrong number")
    assert machines(engine).answered == []


@pytest.mark.parametrize(
    "task",
    ["", "x", "a.b.c", "a.b.1.2", f"aaa.welcome.1.{'0' * 16}", f"a#b.welcome.1.{'0' * 16}", f"a.b.0.{'0' * 16}"],
)  # fmt: skip
def test_a_task_that_is_not_there(task: str, engine: Engine):
    with pytest.raises(TaskUnknownError):
        settle(task, "reached", by="bob", engine=engine)


def test_a_task_that_nobody_settles_ends_when_it_is_due(engine: Engine):
    come_to_the_task(engine)
    task = the_task(engine)

    clock(engine).advance(172_801)
    sweep(engine=engine)

    assert machines(engine).failed == [("token", "WaitEndedError")]
    machines(engine).gone.add("token")
    with pytest.raises(TaskSettledError) as raised:
        settle(task.id, "reached", by="bob", engine=engine)
    assert raised.value.task.state is TaskState.LATE
    assert open_tasks(engine) == []


def test_before_it_is_due_the_sweep_leaves_a_task_alone(engine: Engine):
    come_to_the_task(engine)

    clock(engine).advance(172_700)
    sweep(engine=engine)

    assert machines(engine).failed == []
    assert the_task(engine).state is TaskState.OPEN


def test_whoever_has_left_the_journey_is_in_no_list(engine: Engine):
    run = come_to_the_task(engine)
    task = the_task(engine)
    runs.end(run.id, Status.EXITED, reason="goal", now=iso(NOW))

    with pytest.raises(TaskSettledError) as raised:
        settle(task.id, "reached", by="bob", engine=engine)

    assert raised.value.task.state is TaskState.OVER
    assert store.count_listed("sales") == 0
    assert machines(engine).answered == []


def test_a_list_closes_what_nobody_waits_for(engine: Engine):
    run = come_to_the_task(engine)
    runs.end(run.id, Status.EXITED, reason="goal", now=iso(NOW))

    assert open_tasks(engine) == []
    assert store.count_listed("sales") == 0


def test_a_state_that_asks_again_has_the_same_task_and_the_newer_token(engine: Engine):
    run = come_to_the_task(engine)
    clock(engine).advance(3_600)

    park(a_park_task(run, "newer"), engine=engine)
    task = the_task(engine)
    settle(task.id, "reached", by="bob", engine=engine)

    assert (task.due, task.opened_at) == (DUE, iso(NOW))
    assert machines(engine).answered == ["newer"]


def test_a_later_leg_keeps_the_day_on_which_it_is_due(engine: Engine):
    run = come_to_the_task(engine)
    clock(engine).advance(3_600)
    there = runs.get_enrolment(run.id)
    assert there is not None
    later = runs.next_leg(there, start_at="Call them", until=there.until)

    park(a_park_task(later, "second"), engine=engine)

    assert the_task(engine).due == DUE


def test_whoever_dies_between_winning_and_writing_comes_again(engine: Engine):
    run = come_to_the_task(engine)
    task, there = the_task(engine), runs.get_enrolment(run.id)
    assert there is not None
    assert runs.answering(there, event=task.mark(1), path=1, until=iso(NOW))

    with pytest.raises(TaskSettledError):
        settle(task.id, "not reached", by="eve", engine=engine)
    assert the_task(engine).state is TaskState.OPEN
    settle(task.id, "reached", by="bob", engine=engine)

    assert machines(engine).answered == ["token"]


def test_whoever_dies_before_the_state_heard_of_it_leaves_it_to_the_next_who_looks(engine: Engine):
    come_to_the_task(engine)
    task = the_task(engine)
    machines(engine).breaks = StoreBusyError("states")
    with pytest.raises(StoreBusyError):
        settle(task.id, "reached", by="bob", engine=engine)
    machines(engine).breaks = None

    with pytest.raises(TaskSettledError) as raised:
        settle(task.id, "reached", by="bob", engine=engine)

    assert machines(engine).answered == ["token"]
    assert (raised.value.task.state, raised.value.task.heard) == (TaskState.DONE, True)


def test_what_was_settled_before_the_state_asked_again_is_answered_at_once(engine: Engine):
    run = come_to_the_task(engine)
    task = the_task(engine)
    store.close(task, TaskState.DONE, at=iso(NOW), number=2, by="bob")

    park(a_park_task(run, "newer"), engine=engine)

    assert machines(engine).failed == [("newer", "Path2")]


def test_reconcile_tells_the_state_what_it_did_not_hear(engine: Engine):
    run = come_to_the_task(engine)
    task, there = the_task(engine), runs.get_enrolment(run.id)
    assert there is not None
    runs.answering(there, event=task.mark(2), path=2, until=iso(NOW))
    machines(engine).stands[there.execution] = "RUNNING"

    clock(engine).advance(timedelta(hours=1).total_seconds())
    reconcile(engine=engine)

    assert machines(engine).failed == [("token", "Path2")]
    assert open_tasks(engine) == []
    told = store.get_task(task.id)
    assert told
    assert (told.state, told.outcome) == (TaskState.DONE, "Not reached")


def test_reconcile_puts_the_end_of_a_task_again(engine: Engine):
    run = come_to_the_task(engine)
    empty("Due")
    machines(engine).stands[run.execution] = "RUNNING"

    clock(engine).advance(timedelta(days=2, hours=1).total_seconds())
    reconcile(engine=engine)
    sweep(engine=engine)

    assert machines(engine).failed == [("token", "WaitEndedError")]


def test_each_visit_in_another_round_is_a_task_of_its_own():
    task = Task(
        enrolment="a.welcome.1", digest="0" * 16, step="Call them", round="1", assign="sales", note="",
        outcomes=("yes", "no"), identity="u#ann", version=1, opened_at="", due=DUE,
    )  # fmt: skip
    second = replace(task, digest="1" * 16, round="2")

    assert task.number_in(task.mark(2)) == 2
    assert second.number_in(task.mark(2)) == 0
    assert task.number_in("2026-01-05T20:00:00.000Z#web#1") == 0


def test_a_list_comes_in_pages_by_the_day_on_which_tasks_are_due(engine: Engine):
    contacts = [letter * 20 for letter in "bcd"]
    for contact in contacts:
        clock(engine).advance(60)
        come_to_the_task(engine, contact=contact)

    first, more = store.listed("sales", 2, None)
    second, end = store.listed("sales", 2, more)

    assert [task.enrolment[0] for task, _ in [*first, *second]] == ["b", "c", "d"]
    assert end is None


def test_more_tasks_than_one_request_reads_are_listed(engine: Engine):
    for number in range(60):
        come_to_the_task(engine, contact=f"{number:020d}")

    assert len(open_tasks(engine)) == 60


def test_the_task_is_one_of_the_persons_own_rows(engine: Engine):
    come_to_the_task(engine)

    kinds = {row.sk.partition("#")[0] for row in PeopleRow.query(people_key(CONTACT))}

    assert kinds == {"ENROL", "TASK"}


def test_a_run_that_is_over_is_told_so(engine: Engine):
    run = come_to_the_task(engine)
    runs.end(run.id, Status.EXITED, reason="goal", now=iso(NOW))

    park(a_park_task(run, "newer"), engine=engine)

    assert machines(engine).failed == [("newer", "EnrolmentEndedError")]
