"""Faults at the calls of a migration: whoever stands in a step that is gone moves, finishes or leaves, once each;
the figures add up, and nobody stands on a step that their version does not have.

Every check hurts each place in the code once, ALL_FAULTS=1 each call.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.migrating.migrate import migration_of
from sojourn.journeys.model import END
from sojourn.journeys.store import enrolments_of
from sojourn.journeys.versions import published
from tests.faults.explore import explore
from tests.faults.invariants import counters, people
from tests.faults.network import Kind
from tests.faults.operating import an_operated_world, anew, asks, ends, resting
from tests.faults.people import does, introduces
from tests.faults.world import HOUR, START, World, publish

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
IS_FULL = "ALL_FAULTS" in os.environ
KINDS = tuple(Kind) if IS_FULL else (Kind.ANSWER_LOST, Kind.DEATH_AFTER)
OLD = """
journey: moved
purpose: marketing
entry: {event: Move}
steps:
  - branch: Where?
    paths:
      - if: {attribute: plan, is: token}
        then: [{wait for: An answer, any: [{event: Never}], up to: 9 days}]
      - if: {attribute: plan, is: parked}
        then: [{wait: Three weeks, for: 3 weeks}]
      - if: {attribute: plan, is: held}
        then: [{send: In the morning, template: welcome, hours: "10:00-11:00"}]
  - wait: A week
    for: 1 week
  - send: After it
    template: reminder
"""
NEW = """
journey: moved
purpose: marketing
entry: {event: Move}
steps:
  - wait: A day
    for: 1 day
  - send: At last
    template: reminder
"""
CLAUSES: dict[str, Any] = {
    "An answer": {"move": "A day"},
    "Three weeks": "finish",
    "In the morning": {"move": "At last"},
    "A week": "exit",
}
ENDS = {
    "token": ("completed", ""),
    "parked": ("completed", "migrated"),
    "held": ("completed", ""),
    "still": ("exited", "migrated"),
}
FIGURES = {"move": 2, "finish": 1, "exit": 1}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with an_operated_world(moved=OLD) as world:
        yield world


def story(world: World) -> None:
    for plan in ENDS:
        introduces(world, plan, plan=plan, email=f"{plan}@example.org", phone=None)
        does(world, "Move", plan)
    world.run_until(START + HOUR)
    publish(world, "moved", NEW)
    asks(world, "/api/journeys/moved/migrations", {"clauses": CLAUSES})
    world.run_until(START + 10 * DAY)


def wrong(world: World) -> list[str]:
    problems = [] if ends() == ENDS else [f"runs are {ends()}"]
    there = migration_of("moved", 2)
    if there is None or not there.is_done or there.figures != FIGURES:
        problems.append(f"the migration is {there}")
    found = sorted((row["step"], row["state"]) for row in people("MSG#"))
    if found != [("At last", "sent"), ("At last", "sent"), ("In the morning", "skipped")]:
        problems.append(f"messages are {found}")
    return [*problems, *_lost(), *resting(world), *counters("moved")]


def _lost() -> Iterator[str]:
    """Who stands on a step that their version does not have."""
    for contact in {row["pk"].removeprefix("C#") for row in people("ENROL#")}:
        for run in enrolments_of(contact, "moved"):
            if run.at not in {*steps_by_name(published("moved", run.version)[0]), END}:
                yield f"{run.id} stands at {run.at} of version {run.version}"


def test_a_migration_survives_every_fault(made: World, record_property: Callable[..., None]):
    world = anew(made)

    points = explore(world, story, wrong, functions={"api", "sweep_due"}, kinds=KINDS, a_place=1)

    record_property("points", len(points))
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= 58, len(points)
