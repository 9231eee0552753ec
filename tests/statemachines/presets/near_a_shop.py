"""Ann's phone says where she is; the shops are in Oslo and Bergen. It is three in the afternoon of a Monday."""

from tests.faults.people import unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import (
    HOUR,
    Case,
    Preset,
    days,
    does,
    learns,
    lives,
    pauses,
    resumes,
    stops,
)

OF = Preset("near-a-shop")
OSLO, NOWHERE = {"lat": 59.92, "lon": 10.75}, {"lat": 0.0, "lon": 0.0}
TEXTED = "2026-01-05 15:00 text Fieldnotes & Co: You are round the corne"


@OF.story(TEXTED, ends="completed")
def who_comes_near_by_day_gets_a_text(world: World) -> None:
    lives(world, location=OSLO)
    days(world, 3)


@OF.story(
    "2026-01-05 20:00 skip Text an invitation: outside_hours",
    "2026-01-05 20:00 mail There is a shop of ours near you",
    ends="completed",
    tells=(Case.NIGHT, Case.SKIP),
)
def when_the_shop_is_closed_it_is_a_mail(world: World) -> None:
    lives(world)
    world.run_until(world.clock.calendar() + 5 * HOUR)
    learns(world, location=OSLO)
    days(world, 3)


@OF.story(
    TEXTED,
    "2026-04-06 16:00 text Fieldnotes & Co: You are round the corne",
    ends=["completed"] * 2,
    tells=Case.AGAIN,
)
def again_after_ninety_days_and_not_before(world: World) -> None:
    lives(world, location=OSLO)
    for wait in (10, 10, 40, 31, 1):
        days(world, wait / 2)
        learns(world, location=NOWHERE)
        days(world, wait / 2)
        learns(world, location=OSLO)
    days(world, 3)


@OF.story(
    "2026-01-05 15:00 skip Text an invitation: no_address",
    "2026-01-05 15:00 mail There is a shop of ours near you",
    "2026-04-15 16:00 skip Text an invitation: no_address",
    "2026-04-15 16:00 skip Write an invitation: unsubscribed",
    ends=["completed", "completed"],
    tells=Case.UNSUBSCRIBES,
)
def who_unsubscribes_is_not_invited_again(world: World) -> None:
    lives(world, phone=None, location=OSLO)
    days(world, 1)
    unsubscribes(world, "There is a shop")
    learns(world, location=NOWHERE)
    days(world, 99)
    learns(world, location=OSLO)
    days(world, 3)


@OF.story("2026-01-05 15:30 skip Text an invitation: journey_stopped", ends="exited journey_stopped")
def a_pause_and_then_the_end(world: World) -> None:
    pauses(world, "near-a-shop")
    lives(world, location=OSLO)
    world.run_until(world.clock.calendar() + HOUR / 2)
    stops(world, "near-a-shop")
    days(world, 3)


@OF.story("2026-01-05 15:00 skip Text an invitation: run_ended", ends="exited goal", tells=Case.GOAL)
def who_walks_in_while_it_is_paused_needs_no_invitation(world: World) -> None:
    pauses(world, "near-a-shop")
    lives(world, location=OSLO)
    world.run_until(world.clock.calendar() + HOUR / 2)
    does(world, "Store Visited")
    resumes(world, "near-a-shop")
    days(world, 3)
