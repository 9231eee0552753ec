"""Ann opens a preference page whose link has ended and asks for a new one, of a Monday at three in the afternoon."""

from tests.faults.world import World
from tests.statemachines.presets.stage import (
    Case,
    Preset,
    asks_for,
    days,
    leaves,
    lives,
    pauses,
    resumes,
    stops,
)

OF = Preset(
    "preferences-link",
    without={
        Case.GOAL: "it has no goal but the one mail",
        Case.NIGHT: "who asks at night is answered at night",
    },
)
WHAT = "Preferences Requested"
SENT = "2026-01-05 15:00 mail Your link to what you get from us"


@OF.story(SENT, ends="completed")
def who_asks_is_answered_at_once(world: World) -> None:
    lives(world)
    asks_for(world, WHAT)
    days(world, 20)


@OF.story(SENT, "2026-01-08 15:10 mail Your link to what you get from us", ends="completed")
def who_asks_again_is_sent_one_more(world: World) -> None:
    lives(world)
    asks_for(world, WHAT)
    days(world, 3)
    asks_for(world, WHAT)
    days(world, 20)


@OF.story(SENT, ends="completed", tells=Case.UNSUBSCRIBES)
def who_left_all_letters_too(world: World) -> None:
    lives(world)
    leaves(world)
    asks_for(world, WHAT)
    days(world, 20)


@OF.story("2026-01-05 15:00 skip Send a new link: no_address", ends="completed", tells=Case.SKIP)
def without_a_mailbox_there_is_no_answer(world: World) -> None:
    lives(world, email=None)
    asks_for(world, WHAT)
    days(world, 20)


@OF.story(
    SENT,
    "2026-02-04 15:00 mail Your link to what you get from us",
    ends=["completed", "completed"],
    tells=Case.AGAIN,
)
def a_month_later_it_begins_anew(world: World) -> None:
    lives(world)
    asks_for(world, WHAT)
    days(world, 30)
    asks_for(world, WHAT)
    days(world, 20)


@OF.story(
    "2026-01-05 21:00 mail Your link to what you get from us",
    "2026-01-06 21:10 skip Send one more link: journey_stopped",
    ends="exited journey_stopped",
)
def it_is_paused_goes_on_and_is_stopped(world: World) -> None:
    pauses(world, "preferences-link")
    lives(world)
    asks_for(world, WHAT)
    days(world, 0.25)
    resumes(world, "preferences-link")
    days(world, 1)
    asks_for(world, WHAT)
    days(world, 1 / 24 / 60)
    stops(world, "preferences-link")
    days(world, 20)
