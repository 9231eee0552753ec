"""Ann asks for a way to be erased on the page of her preferences, of a Monday at three in the afternoon."""

from tests.faults.world import World
from tests.statemachines.presets.stage import Case, Preset, asks_for, days, leaves, lives, pauses, stops

OF = Preset(
    "erasure-link",
    without={
        Case.GOAL: "it has no goal but the one mail",
        Case.NIGHT: "who asks at night is answered at night",
    },
)
WHAT = "Erasure Requested"
SENT = "2026-01-05 15:00 mail Your wish to be erased"


@OF.story(SENT, ends="completed")
def who_asks_is_answered_at_once(world: World) -> None:
    lives(world)
    asks_for(world, WHAT)
    days(world, 3)


@OF.story(SENT, ends="completed", tells=Case.UNSUBSCRIBES)
def who_left_all_letters_too(world: World) -> None:
    lives(world)
    leaves(world)
    asks_for(world, WHAT)
    days(world, 3)


@OF.story("2026-01-05 15:00 skip Send the link: no_address", ends="completed", tells=Case.SKIP)
def without_a_mailbox_there_is_no_answer(world: World) -> None:
    lives(world, email=None)
    asks_for(world, WHAT)
    days(world, 3)


@OF.story(
    SENT, "2026-01-06 15:05 mail Your wish to be erased", ends=["completed", "completed"], tells=Case.AGAIN
)
def each_request_is_answered_but_not_within_ten_minutes(world: World) -> None:
    lives(world)
    asks_for(world, WHAT)
    days(world, 5 / 1440)
    asks_for(world, WHAT)
    days(world, 1)
    asks_for(world, WHAT)
    days(world, 3)


@OF.story("2026-01-06 15:00 skip Send the link: journey_stopped", ends="exited journey_stopped")
def a_pause_and_then_the_end(world: World) -> None:
    pauses(world, "erasure-link")
    lives(world)
    asks_for(world, WHAT)
    days(world, 1)
    stops(world, "erasure-link")
    days(world, 3)
