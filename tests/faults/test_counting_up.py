"""Two journeys that change one attribute by what it was, at one moment: neither is lost, whatever dies on the way."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from sojourn.clock import iso
from sojourn.contacts.store import find_contact, get_profile
from tests.faults.explore import EVERY_CHECK, explore
from tests.faults.invariants import left_over, people
from tests.faults.people import does, introduces
from tests.faults.world import HOUR, START, World, a_world, publish

pytestmark = pytest.mark.slow
COUNTS = """
journey: {name}
purpose: marketing
entry: {{event: Go}}
steps:
  - update: Count it
    increment: {{visits: 1, points: 10}}
    add: {{interests: {name}}}
  - branch: Was it counted?
    if: {{attribute: visits, at least: 1}}
    then: [{{exit: It was, reason: counted}}]
"""


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world:
        for name in ("one", "two"):
            publish(world, name, COUNTS.format(name=name))
        yield world


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


def story(world: World) -> None:
    """Both runs begin in one batch: each takes its step before the other's event is folded."""
    introduces(world, visits=5)
    does(world, "Go")
    world.run_until(START + HOUR)


def wrong(world: World) -> list[str]:
    (profile,) = people("PROFILE")
    traits = json.loads(profile["traits"])
    found = traits["visits"], traits.get("points"), sorted(traits.get("interests", []))
    problems = [] if found == (7, 20, ["one", "two"]) else [f"counted {found}"]
    reasons = [row.get("reason") for row in people("ENROL#")]
    return [*problems, *([] if reasons == ["counted"] * 2 else [f"ended by {reasons}"]), *left_over(world)]


def test_counting_up_survives_every_fault(world: World, record_property: Callable[..., None]):
    points = explore(world, story, wrong, functions={"take_step"}, kinds=EVERY_CHECK)

    record_property("points", len(points))
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= 30


def test_who_said_it_otherwise_afterwards_is_right(world: World):
    """A statement that is newer than the count is what is counted on from."""
    story(world)
    world.collect({"type": "identify", "userId": "ann", "messageId": "9", "traits": {"visits": 100},
                   "timestamp": iso(world.clock.calendar())})  # fmt: skip
    world.run_until(START + 2 * HOUR)

    assert get_profile(find_contact("u#ann") or "").attributes["visits"] == 100


def test_a_visitor_whom_a_journey_counts_is_not_known_by_it(world: World):
    """Nobody who can vouch for it has said who this is: what a browser says of an address still counts."""
    world.collect(
        {"type": "track", "event": "Go", "anonymousId": "v1", "messageId": "1", "timestamp": iso(START)}
    )
    world.run_until(START + timedelta(minutes=10))

    profile = get_profile(find_contact("a#v1") or "")
    assert (profile.attributes["visits"], profile.is_known) == (2, False)
