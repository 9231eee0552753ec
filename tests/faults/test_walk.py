"""Every fault at every call of a story: nothing happens twice, nothing is lost, and the sums add up.

A fault is one call that fails (before or after its effect, by throttling, or with the whole function), however often
the SDK tries. Whoever called the function calls again, as on AWS. Each point is a process of its own (see explore.py).
"""

from collections.abc import Callable

import pytest

from tests.faults.coming_together import coming_together, wrong_after_coming_together
from tests.faults.explore import EVERY_CHECK, Point, Story, Verify, explore
from tests.faults.network import Kind
from tests.faults.stories import (
    bought,
    returning,
    silent,
    welcome,
    with_comeback,
    wrong_after_bought,
    wrong_after_returning,
    wrong_after_silent,
    wrong_after_welcome,
)
from tests.faults.world import World

pytestmark = pytest.mark.slow
# The other kinds are a subset of what these do.
HARDEST = (Kind.ERROR_AFTER, Kind.ANSWER_LOST, Kind.DEATH_BEFORE, Kind.DEATH_AFTER)


def assert_no_harm(points: list[Point], at_least: int, tell: Callable[[str], object]) -> None:
    harmed = [str(point) for point in points if point.problems]
    tell(f"{len(points)} points, {len(harmed)} harmed")
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= at_least


def test_the_welcome_story_survives_every_fault(world: World, record_property: Callable[..., None]):
    points = explore(world, welcome, wrong_after_welcome)

    record_property("points", len(points))
    assert_no_harm(points, 420, print)


def test_the_goal_survives_every_fault_in_what_ends_the_run(
    world: World, record_property: Callable[..., None]
):
    points = explore(world, bought, wrong_after_bought, functions={"react", "park_token"}, kinds=HARDEST)

    record_property("points", len(points))
    assert_no_harm(points, 70, print)


@pytest.mark.parametrize(
    ("story", "wrong"), [(silent, wrong_after_silent), (returning, wrong_after_returning)]
)
def test_a_parked_wait_and_its_second_leg_survive_every_fault(
    world: World, story: Story, wrong: Verify, record_property: Callable[..., None]
):
    with_comeback(world)

    points = explore(world, story, wrong, functions={"park_token", "sweep_due"}, kinds=HARDEST)

    record_property("points", len(points))
    assert_no_harm(points, 55, print)


def test_people_who_turn_out_to_be_one_survive_every_fault_in_react(
    world: World, record_property: Callable[..., None]
):
    """T46: the survivor goes on once, allows no more than either did, and is what the events make of them."""
    points = explore(
        world, coming_together, wrong_after_coming_together, functions={"react"}, kinds=EVERY_CHECK
    )

    record_property("points", len(points))
    assert_no_harm(points, 90, print)


def test_without_word_from_the_provider_a_doubtful_mail_stays_unknown_and_is_never_sent_twice(
    world: World, record_property: Callable[..., None]
):
    world.deliveries = False

    points = explore(world, welcome, wrong_after_welcome, functions={"send_message"}, kinds=HARDEST)

    record_property("points", len(points))
    assert_no_harm(points, 70, print)
