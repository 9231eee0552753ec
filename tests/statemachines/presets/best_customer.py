"""Ann becomes one of the best customers, of a Monday, at three in the afternoon."""

from tests.faults.people import clicks, texts, unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import (
    Case,
    Preset,
    comes_into,
    days,
    does,
    lives,
    pauses,
    resumes,
    stops,
)

OF = Preset("best-customer")
THANKED = "2026-01-06 10:00 mail First look, before the doors open, Ann"
TOLD = "2026-01-11 10:00 text Fieldnotes & Co: Ann, you now see new re"


def becomes_one(world: World) -> None:
    lives(world)
    comes_into(world, "best-customers")


@OF.story(THANKED, TOLD, ends="completed")
def who_does_not_look_is_told_by_text(world: World) -> None:
    becomes_one(world)
    days(world, 20)


@OF.story(THANKED, ends="completed")
def who_looks_in_is_not_told_again(world: World) -> None:
    becomes_one(world)
    days(world, 2)
    clicks(world, "First look")
    days(world, 20)


@OF.story(THANKED, ends="exited goal", tells=Case.GOAL)
def an_order_in_the_wait_ends_it(world: World) -> None:
    becomes_one(world)
    days(world, 3)
    does(world, "Order Completed", order_id="1", total=24)
    days(world, 20)


@OF.story(THANKED, "2026-01-11 10:00 skip Tell them by text: suppressed", ends="completed", tells=Case.SKIP)
def who_wants_no_texts_gets_none(world: World) -> None:
    becomes_one(world)
    days(world, 2)
    texts(world, "STOP")
    days(world, 20)


@OF.story(
    "2026-01-06 22:00 mail First look, before the doors open, Ann",
    "2026-01-12 10:00 text Fieldnotes & Co: Ann, you now see new re",
    ends="completed",
    tells=Case.NIGHT,
)
def a_text_is_held_over_the_night(world: World) -> None:
    becomes_one(world)
    days(world, 0.5)
    pauses(world, "best-customer")
    days(world, 19 / 24)
    resumes(world, "best-customer")
    days(world, 20)


@OF.story(
    THANKED,
    TOLD,
    "2027-01-05 10:00 skip Thank them: unsubscribed",
    "2027-01-05 10:00 text Fieldnotes & Co: Ann, you now see new re",
    ends=["completed", "completed"],
    tells=(Case.AGAIN, Case.UNSUBSCRIBES),
)
def a_year_later_she_is_thanked_again(world: World) -> None:
    becomes_one(world)
    days(world, 30)
    comes_into(world, "best-customers")
    unsubscribes(world, "First look")
    days(world, 334)
    comes_into(world, "best-customers")
    days(world, 20)


@OF.story("2026-01-06 10:00 skip Thank them: journey_stopped", ends="exited journey_stopped")
def a_stopped_one_says_nothing(world: World) -> None:
    becomes_one(world)
    days(world, 0.5)
    stops(world, "best-customer")
    days(world, 20)
