"""Ann said yes a year ago and gave no sign since; she is asked of a Monday, at three in the afternoon."""

from tests.faults.people import clicks, unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import (
    Case,
    Preset,
    comes_into,
    days,
    does,
    lives,
    mails_by_day,
    pauses,
    stops,
)
from tests.statemachines.presets.sunset import is_silent

OF = Preset("re-permission")
ASKED = "2026-01-05 15:00 mail Do you still want our letters?"
ONCE_MORE = "2026-01-12 15:00 mail Do you still want our letters?"


def is_asked(world: World) -> None:
    lives(world)
    comes_into(world, "consent-old")


@OF.story(ASKED, ONCE_MORE, ends="completed")
def twice_and_silence_is_a_no(world: World) -> None:
    is_asked(world)
    days(world, 30)
    assert is_silent()


@OF.story(ASKED, ends="exited said yes")
def who_says_yes_stays(world: World) -> None:
    is_asked(world)
    days(world, 3)
    clicks(world, "Do you still")
    days(world, 30)
    assert not is_silent()


@OF.story(ASKED, ONCE_MORE, ends="exited said yes")
def the_second_time_as_well(world: World) -> None:
    is_asked(world)
    days(world, 10)
    world.get(world.services.mails[-1].links[0])
    days(world, 30)


@OF.story(ASKED, ends="exited goal", tells=Case.GOAL)
def an_order_is_an_answer(world: World) -> None:
    is_asked(world)
    days(world, 3)
    does(world, "Order Completed", order_id="1", total=24)
    days(world, 30)


@OF.story(
    ASKED,
    "2026-01-12 15:00 skip Ask whether they want letters: unsubscribed",
    ends="completed",
    tells=(Case.UNSUBSCRIBES, Case.SKIP),
)
def who_unsubscribes_is_not_asked_again(world: World) -> None:
    is_asked(world)
    days(world, 3)
    unsubscribes(world, "Do you still")
    days(world, 30)


@OF.story(
    "2026-01-05 17:00 skip Ask whether they want letters: journey_stopped", ends="exited journey_stopped"
)
def a_pause_and_then_the_end(world: World) -> None:
    pauses(world, "re-permission")
    is_asked(world)
    days(world, 2 / 24)
    stops(world, "re-permission")
    days(world, 30)


@OF.story(
    "2027-01-05 15:01 mail Do you still want our letters?",
    "2027-01-12 15:01 mail Do you still want our letters?",
    ends="completed",
)
def a_year_of_silence_is_what_lets_in(world: World) -> None:
    lives(world)
    days(world, 400)


@OF.story(
    "2026-01-06 08:00 mail Do you still want our letters?",
    "2026-01-13 08:00 mail Do you still want our letters?",
    ends="completed",
    tells=Case.NIGHT,
)
def nobody_is_asked_at_night(world: World) -> None:
    mails_by_day(world)
    lives(world)
    days(world, 7 / 24)
    comes_into(world, "consent-old")
    days(world, 30)


@OF.story(
    ASKED,
    "2027-01-04 15:00 mail Do you still want our letters?",
    "2027-01-11 15:00 mail Do you still want our letters?",
    ends=["exited said yes", "completed"],
    tells=Case.AGAIN,
)
def whoever_said_yes_is_asked_again_after_a_year(world: World) -> None:
    is_asked(world)
    days(world, 3)
    clicks(world, "Do you still")
    days(world, 361)
    comes_into(world, "consent-old")
    days(world, 30)
