"""Ann orders for much, of a Monday, at three in the afternoon."""

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

OF = Preset("upsell")
SHOWN = "2026-01-08 15:00 mail The same music, pressed better"


def buys(world: World, total: float, order: str = "1") -> None:
    does(world, "Order Completed", order_id=order, total=total)


@OF.story(SHOWN, ends="completed")
def a_large_order_is_followed_by_the_better_editions(world: World) -> None:
    lives(world)
    buys(world, 60)
    days(world, 10)


@OF.story(ends=[])
def a_small_one_is_not(world: World) -> None:
    lives(world)
    buys(world, 59.99)
    days(world, 10)


@OF.story(ends="exited goal", tells=Case.GOAL)
def who_orders_again_while_we_wait_needs_no_offer(world: World) -> None:
    lives(world)
    buys(world, 80)
    days(world, 1)
    buys(world, 20, "2")
    days(world, 10)


@OF.story(
    SHOWN,
    "2026-04-08 16:00 skip Show the better editions: unsubscribed",
    ends=["completed", "completed"],
    tells=(Case.UNSUBSCRIBES, Case.SKIP, Case.AGAIN),
)
def again_after_ninety_days_and_not_before(world: World) -> None:
    lives(world)
    buys(world, 80)
    days(world, 89)
    buys(world, 80, "2")
    days(world, 1)
    unsubscribes(world, "The same")
    buys(world, 80, "3")
    days(world, 30)


@OF.story("2026-01-09 15:00 skip Show the better editions: journey_stopped", ends="exited journey_stopped")
def a_pause_comes_in_between_and_then_the_end(world: World) -> None:
    lives(world)
    buys(world, 80)
    days(world, 2)
    pauses(world, "upsell")
    days(world, 2)
    stops(world, "upsell")
    days(world, 10)


@OF.story("2026-01-09 15:00 mail The same music, pressed better", ends="completed")
def what_was_paused_goes_out_late(world: World) -> None:
    lives(world)
    buys(world, 80)
    days(world, 2)
    pauses(world, "upsell")
    days(world, 2)
    resumes(world, "upsell")
    days(world, 10)


@OF.story("2026-01-09 08:00 mail The same music, pressed better", ends="completed", tells=Case.NIGHT)
def an_order_of_the_evening_is_followed_in_the_morning(world: World) -> None:
    mails_by_day(world)
    lives(world)
    days(world, 7 / 24)
    buys(world, 80)
    days(world, 10)
