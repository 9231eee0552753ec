"""Every fault at every call of the functions that take steps and wait: each step is taken once, and nobody is stuck.

See test_walk.py for what a fault is. The story: a wait until a local time, a change with a branch behind it, a branch
of its own, rounds whose legs park, a ranked wait, the way out.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from sojourn.journeys.versions import published
from tests.faults.explore import EVERY_CHECK, explore
from tests.faults.invariants import left_over, people, providers
from tests.faults.people import does, introduces
from tests.faults.world import START, World, a_world, publish
from tests.playing import HEAD

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
NEVER = "".join(f"            - {{send: Never {number}, template: reminder}}\n" for number in range(480))
STEPS = f"""
  - wait: Till the morning
    until: "09:00"
  - update: Count the visit
    increment: {{visits: 1}}
    add: {{tags: vip}}
  - branch: A visitor?
    if: {{attribute: visits, is: 1}}
    then: [{{send: Hello, template: welcome}}]
  - repeat: Twice
    times: 3
    steps:
      - wait: A day
        for: 1 day
      - branch: Never?
        if: {{attribute: plan, is: none}}
        then:
{NEVER}  - wait for: The best
    ranked: true
    answers:
      - any: [{{event: First}}]
        then: [{{exit: Was first, reason: first}}]
      - any: [{{event: Second}}]
        then: [{{exit: Was second, reason: second}}]
    up to: 3 days
    otherwise: [{{exit: Silent, reason: silent}}]
"""


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world:
        published.cache_clear()
        publish(world, "play", f"{HEAD}steps:{STEPS}")
        yield world


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


def story(world: World) -> None:
    """Ann comes in, and answers with what stands second; the hourly check finds what was lost on the way."""
    introduces(world)
    does(world, "Go")
    world.run_until(START + 5 * DAY)
    does(world, "Second")
    world.run_until(START + 12 * DAY)


def wrong(world: World) -> list[str]:
    found = [(row["status"], row.get("reason", "")) for row in people("ENROL#play#")]
    problems = [] if found == [("exited", "second")] else [f"runs are {found}"]
    (profile,) = people("PROFILE")
    if '"visits":1' not in profile["traits"].replace(" ", ""):
        problems.append(f"the visit was counted otherwise: {profile['traits']}")
    if {row["step"] for row in people("MSG#")} != {"Hello"}:
        problems.append(f"messages are {[row['step'] for row in people('MSG#')]}")
    return [*problems, *providers(world), *left_over(world)]


def test_the_story_without_a_fault(world: World):
    story(world)

    assert wrong(world) == []
    assert len([each for each in world.walker.executions.values() if each.name.startswith("play-")]) > 1


def test_steps_survive_every_fault(world: World, record_property: Callable[..., None]):
    points = explore(
        world, story, wrong, functions={"take_step", "park_token", "sweep_due"}, kinds=EVERY_CHECK
    )

    record_property("points", len(points))
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= 60
