"""The hourly repair: each way to be stuck is found, told of, and mended so that the run comes to its end. What each is
on its row: tests/unit/journeys/test_reconcile.py."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.store import EnrolmentRow
from sojourn.messages.store import MessageRow
from tests.faults.invariants import left_over, people
from tests.faults.people import sign_up
from tests.faults.world import HOUR, START, World
from tests.partiql import empty
from tests.playing import legs, play, run_of

DAY = timedelta(days=1)
OVER = "  - exit: Over\n    reason: over\n"
WAIT_FOR = """\
  - wait for: An answer
    any: [{event: Back}]
    up to: 3 days
    then: [{exit: Back, reason: back}]
"""
TILL_NINE = "  - wait: Till nine\n    until: '09:00'\n"
TASK = "  - task: Call them\n    assign: sales\n    due: 2 days\n    outcomes: [reached, not reached]\n"
HELD = "  - send: At noon\n    template: reminder\n    hours: 12:00-13:00\n"
PARKED = "  - wait: Three weeks\n    for: 3 weeks\n"
RANKED = """\
  - wait for: First
    ranked: true
    answers: [{any: [{event: A}]}, {any: [{event: B}]}]
    up to: 2 days
"""


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


def test_healthy_runs_are_left_alone(world: World):
    sign_up(world)
    world.run_until(START + HOUR)

    assert world.call("reconcile", {}) == {}


def test_a_run_whose_execution_vanished_is_started_again(world: World):
    sign_up(world)
    world.call("react", {"Records": world.services.streams["Events"]})
    world.read["Events"] = 2
    world.walker.executions.clear()
    world.clock.advance(3600)

    assert world.call("reconcile", {}) == {"started": 1}

    world.run_until(START + 2 * HOUR)
    assert len(world.services.mails) == 1


def stopped(world: World, run: Enrolment) -> None:
    """Somebody ended the execution in the console."""
    world.walker.stop(legs(world)[-1].arn)


def nothing_is_due(world: World, run: Enrolment) -> None:
    """The rows that the sweep would come to are lost."""
    empty("Due")


def half_answered(world: World, run: Enrolment) -> None:
    """The wait was given to an event, and whoever gave it died."""
    assert store.answering(run, event="e", path=1, until=run.until)


def end_not_noted(world: World, run: Enrolment) -> None:
    """The execution came to its end, and the row does not say so."""
    world.run_until(START + 5 * DAY)
    EnrolmentRow.of(run).save()


STUCK: dict[str, tuple[str, Callable[[World, Enrolment], None], str, str]] = {
    "failed": (WAIT_FOR + OVER, stopped, "failed", "aborted"),
    "completed": (WAIT_FOR + OVER, end_not_noted, "completed", "completed"),
    "half answered": (WAIT_FOR + OVER, half_answered, "answered", "back"),
    "a timer": (TILL_NINE + OVER, nothing_is_due, "due_again", "over"),
    "a hold": (HELD + OVER, nothing_is_due, "due_again", "over"),
    "a task": (TASK + OVER, nothing_is_due, "due_again", "over"),
    "a ranked wait": (RANKED + OVER, nothing_is_due, "due_again", "over"),
    "parked": (PARKED + OVER, nothing_is_due, "unparked", "over"),
}


@pytest.mark.parametrize("stuck", STUCK)
def test_whoever_is_stuck_is_found_told_of_and_goes_on(
    world: World, stuck: str, capsys: pytest.CaptureFixture[str]
):
    steps, breaks, repair, end = STUCK[stuck]
    play(world, steps)
    world.run_until(START + HOUR)

    breaks(world, run_of(world))
    world.clock.advance(30 * DAY.total_seconds())
    capsys.readouterr()

    assert world.call("reconcile", {}) == {repair: 1}
    assert '"Repairs":[1.0]' in capsys.readouterr().out.replace(" ", "")
    world.run_until(world.clock.calendar() + DAY)
    found = run_of(world)
    assert (found.reason or found.status.value) == end
    assert [each for each in left_over(world) if not each.startswith("still failed")] == []


def test_a_message_that_nobody_comes_back_to_is_doubtful_and_told_of(
    world: World, capsys: pytest.CaptureFixture[str]
):
    """The function claimed it and died, and the state machine does not call again."""
    play(world, "  - send: Hello\n    template: reminder\n  - wait: A week\n    for: 1 week\n" + OVER)
    world.run_until(START + HOUR)
    (row,) = people("MSG#")
    run = run_of(world)
    MessageRow(row["pk"], row["sk"]).update(actions=[MessageRow.state.set("sending")])
    store.move_to(run.id, run.leg, at="Hello", until=run.started_at)
    capsys.readouterr()

    assert world.call("reconcile", {}) == {"unknown": 1}
    assert '"Repairs":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert [row["state"] for row in people("MSG#")] == ["unknown"]
