"""The Task that takes steps: what it answers and raises. What steps do: tests/statemachines/test_running.py."""

from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.errors import EnrolmentEndedError, Parked, PathTakenError
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status, WaitKind
from tests.faults.invariants import people
from tests.faults.people import does, introduces
from tests.faults.world import World, a_world, publish, rows
from tests.playing import HEAD, run_of

STEPS = """
  - repeat: Often
    times: 5
    until: {attribute: plan, is: pro}
    steps:
      - branch: Which plan?
        paths:
          - if: {attribute: plan, is: free}
            then: [{wait: A day, for: 1 day}]
        otherwise: [{wait: Two days, for: 2 days}]
  - update: Note it
    set: {seen: true}
    add: {tags: [vip, old], interests: tea}
    remove: {lists: news}
    unset: [trial]
  - exit: The end
"""


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world:
        publish(world, "play", f"{HEAD}steps:{STEPS}")
        yield world


@pytest.fixture
def world(made: World) -> World:
    """Ann has come in; her execution is for the tests to play."""
    made.reset()
    introduces(made)
    does(made, "Go")
    made.call("react", {"Records": made.services.streams["Events"]})
    made.walker.executions.clear()
    return made


def a_task(step: str, **facts: Any) -> dict[str, Any]:
    (row,) = people("ENROL#")
    enrolment = f"{row['pk'].removeprefix('C#')}.play.1"
    return {"enrolment": enrolment, "leg": 1, "step": step, "next": "", "attempt": 0, **facts}


def test_a_branch_is_an_error_by_the_number_of_its_path(world: World):
    with pytest.raises(PathTakenError) as taken:
        world.call("take_step", a_task("Which plan?"))

    assert type(taken.value).__name__ == "Path2"
    assert run_of(world).at == "Two days"


def test_a_round_is_counted_once_for_each_time_that_its_state_is_entered(world: World):
    first = a_task("Often", entered="t1")

    answers = [world.call("take_step", task) for task in (first, first, a_task("Often", entered="t2"))]

    assert [answer["round"] for answer in answers] == ["1", "1", "2"]
    assert run_of(world).rounds == {"Often": 2}


def test_a_repeat_parks_before_the_round_that_would_be_too_many(world: World):
    for entered in ("t1", "t2"):
        world.call("take_step", a_task("Often", entered=entered, park_after=2))

    for _ in range(2):
        with pytest.raises(Parked):
            world.call("take_step", a_task("Often", entered="t3", park_after=2))

    run = run_of(world)
    assert run.wait is not None
    assert (run.wait.kind, run.wait.step, run.rounds) == (WaitKind.PARK, "Often", {"Often": 3})
    assert len(list(rows("Due"))) == 1


def test_the_next_leg_begins_at_the_head_of_the_round(world: World):
    world.call("take_step", a_task("Often", entered="t1", park_after=1))
    with pytest.raises(Parked):
        world.call("take_step", a_task("Often", entered="t2", park_after=1))

    world.tick("sweep_due")

    run = run_of(world)
    assert run.input == {"enrolment": run.id, "leg": 2, "at": "Which plan?", "round": "2"}


def test_what_a_step_changes_is_told_by_events_of_its_own(world: World):
    world.clock.advance(60)
    store.move_to(a_task("")["enrolment"], 1, at="Note it", until="2026-01-05T20:01:00.000Z")

    world.call("take_step", a_task("Note it", next="The end"))
    world.pump()

    told = sorted((row.attrs["type"].value, row.attrs["event"].value) for row in rows("Events"))
    assert told == [
        ("identify", ""),
        ("identify", ""),  # what is set or taken away
        ("identify", ""),  # what is added to
        ("track", "Go"),
        ("track", "List Left"),
        ("track", "Tag Added"),
        ("track", "Tag Added"),
    ]
    (profile,) = people("PROFILE")
    assert '"seen":true' in profile["traits"].replace(" ", "")
    assert '"interests":["tea"]' in profile["traits"].replace(" ", "")


def test_an_exit_without_a_reason_says_so_and_who_asks_again_hears_that_it_is_over(world: World):
    assert world.call("take_step", a_task("The end")) == {}

    run = run_of(world)
    assert (run.status, run.reason) == (Status.EXITED, "exit")
    with pytest.raises(EnrolmentEndedError):
        world.call("take_step", a_task("The end"))


def test_a_leg_that_was_taken_over_takes_no_step(world: World):
    with pytest.raises(EnrolmentEndedError):
        world.call("take_step", a_task("Which plan?", leg=2))
