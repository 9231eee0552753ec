"""Ann's first order is of a Monday, at three in the afternoon."""

from tests.faults.people import unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import (
    Case,
    Preset,
    days,
    does,
    lives,
    mails_by_day,
    pauses,
    resumes,
    stops,
)

OF = Preset("review")
ASKED = "2026-01-15 15:00 mail How does it sound, Ann?"


def buys(world: World, order: str = "1") -> None:
    does(world, "Order Completed", order_id=order, total=24)


@OF.story(ASKED, ends="completed")
def who_says_nothing_is_left_in_peace(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 30)


@OF.story(ASKED, "2026-01-17 15:00 mail Thank you, and three that go with it", ends="completed")
def who_liked_it_is_shown_what_goes_with_it(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 12)
    does(world, "Review Submitted", rating=5)
    days(world, 30)


@OF.story(ASKED, "2026-01-17 15:00 mail We would like to make it good", ends="completed")
def who_did_not_is_asked_what_was_wrong(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 12)
    does(world, "Review Submitted", rating=2)
    days(world, 30)


@OF.story("2026-01-15 15:00 mail How does it sound, Ann?", ends="completed", tells=Case.AGAIN)
def only_the_first_order_asks(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 20)
    buys(world, "2")
    days(world, 30)


@OF.story(
    ASKED,
    "2026-01-17 15:00 skip Show what goes with it: unsubscribed",
    ends="completed",
    tells=(Case.UNSUBSCRIBES, Case.SKIP),
)
def who_unsubscribes_midway_may_still_praise(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 11)
    unsubscribes(world, "How does")
    days(world, 1)
    does(world, "Review Submitted", rating=5)
    days(world, 30)


@OF.story(
    "2026-01-16 15:00 mail How does it sound, Ann?",
    "2026-01-17 15:00 skip Show what goes with it: journey_stopped",
    ends="exited journey_stopped",
)
def it_is_paused_goes_on_and_is_stopped(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 9)
    pauses(world, "review")
    days(world, 2)
    resumes(world, "review")
    days(world, 0.5)
    stops(world, "review")
    days(world, 0.5)
    does(world, "Review Submitted", rating=5)
    days(world, 30)


@OF.story("2026-01-10 15:00 mail Thank you, and three that go with it", ends="completed", tells=Case.GOAL)
def who_reviews_unasked(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 5)
    does(world, "Review Submitted", rating=5)
    days(world, 30)


@OF.story("2026-01-16 08:00 mail How does it sound, Ann?", ends="completed", tells=Case.NIGHT)
def who_bought_late_is_asked_in_the_morning(world: World) -> None:
    mails_by_day(world)
    lives(world)
    days(world, 7 / 24)
    buys(world)
    days(world, 30)
