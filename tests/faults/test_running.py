"""Faults at the calls of what pauses, resumes and stops a journey, and of what keeps people: nobody is lost, no
message goes twice, and every one of them ends in a state with a name (T42, T43).

Every check hurts each place of stopping once, ALL_FAULTS=1 each call; of pausing and resuming it hurts each call.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.faults.explore import explore
from tests.faults.invariants import counters, people
from tests.faults.network import Kind
from tests.faults.operating import an_operated_world, anew, asks, ends, resting
from tests.faults.people import does, introduces
from tests.faults.world import HOUR, START, World

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
IS_FULL = "ALL_FAULTS" in os.environ
HARDEST = tuple(Kind) if IS_FULL else (Kind.ANSWER_LOST, Kind.DEATH_AFTER)
PLAY = """
journey: play
purpose: marketing
entry: {event: Go}
steps:
  - wait: A while
    for: 1 hour
  - send: One
    template: welcome
  - wait: A day
    for: 1 day
  - send: Two
    template: reminder
"""
REST = """
journey: rest
purpose: marketing
entry: {event: Rest}
caps: [{at most: 5, per: 1 day}]
steps:
  - branch: Where?
    paths:
      - if: {attribute: plan, is: token}
        then: [{wait for: An answer, any: [{event: Never}], up to: 9 days}]
      - if: {attribute: plan, is: parked}
        then: [{wait: Three weeks, for: 3 weeks}]
      - if: {attribute: plan, is: held}
        then: [{send: In the morning, template: welcome, hours: "10:00-11:00"}]
      - if: {attribute: plan, is: timer}
        then: [{wait: Till the morning, until: "09:00"}]
      - if: {attribute: plan, is: task}
        then: [{task: Call them, assign: sales, due: 2 days, outcomes: {reached: []}}]
  - wait: A day
    for: 1 day
  - send: After it
    template: reminder
"""
KINDS_OF_REST = ("token", "parked", "held", *(("timer", "task", "still") if IS_FULL else ()))
JOURNEYS = {"play": PLAY, "rest": REST}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with an_operated_world(**JOURNEYS) as world:
        yield world


LATE = {
    "send": {("One", "sent"), ("Two", "sent")},
    "skip 1 hour": {("One", "skipped"), ("Two", "sent")},
    "spread 2 hours": {("One", "sent"), ("Two", "sent")},
}
EVERYWHERE, IN_THE_SWEEP = ("api", "park_token", "sweep_due"), ("sweep_due",)


@pytest.mark.parametrize(
    ("late", "functions", "at_least"),
    [("send", EVERYWHERE, 30), ("skip 1 hour", IN_THE_SWEEP, 20), ("spread 2 hours", IN_THE_SWEEP, 20)],
)
def test_pause_and_resume_survive_every_fault(
    made: World, late: str, functions: tuple[str, ...], at_least: int, record_property: Callable[..., None]
):
    world = anew(made)

    def story(world: World) -> None:
        introduces(world)
        does(world, "Go")
        world.run_until(START + HOUR / 2)
        asks(world, "/api/journeys/play/pause")
        world.run_until(START + 3 * HOUR)
        asks(world, "/api/journeys/play/resume", {"late": late})
        world.run_until(START + 6 * DAY)

    def wrong(world: World) -> list[str]:
        found = {(row["step"], row["state"]) for row in people("MSG#")}
        may = {(step, "unknown") for step, state in LATE[late] if state == "sent"}
        told = [] if found <= LATE[late] | may and len(found) == 2 else [f"messages are {found}"]
        done = [] if ends() == {"ann": ("completed", "")} else [f"runs are {ends()}"]
        return [*told, *done, *resting(world), *counters("play")]

    points = explore(world, story, wrong, functions=functions, kinds=HARDEST)

    record_property("points", len(points))
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= at_least, len(points)


def test_stop_survives_every_fault_wherever_people_are(made: World, record_property: Callable[..., None]):
    """T43: whoever waits leaves too, and what was deferred is skipped."""
    world = anew(made)

    def story(world: World) -> None:
        for plan in KINDS_OF_REST:
            introduces(world, plan, plan=plan, email=f"{plan}@example.org", phone=None)
            does(world, "Rest", plan)
        world.run_until(START + HOUR)
        asks(world, "/api/journeys/rest/stop")
        world.run_until(START + 2 * HOUR)
        told.append(asks(world, "/api/journeys/rest/stop"))
        world.run_until(START + 2 * DAY)

    def wrong(world: World) -> list[str]:
        out = ("exited", "journey_stopped")
        left = [f"{name} is {end}" for name, end in ends().items() if end != out]
        messages = {(row["step"], row["state"], row.get("reason")) for row in people("MSG#")}
        if messages != {("In the morning", "skipped", "journey_stopped")}:
            left.append(f"messages are {messages}")
        if (told[-1]["ended"], told[-1]["is_done"]) != (len(KINDS_OF_REST), True):
            left.append(f"progress is {told[-1]}")
        return [*left, *resting(world), *counters("rest")]

    told: list[dict[str, object]] = []
    points = explore(world, story, wrong, functions={"api", "sweep_due"}, kinds=HARDEST, a_place=1)

    record_property("points", len(points))
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= 52
