"""Ann orders of a Monday; two weeks later is a Monday too, and the evening of the Thursday behind it is quiet."""

from tests.faults.people import unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import Case, Preset, days, does, lives, mails_by_day, pauses, stops

OF = Preset("cross-sell")
SHOWN = "2026-01-22 18:00 mail Three that go with what you have"


def buys(world: World, order: str = "1") -> None:
    does(world, "Order Completed", order_id=order, total=24)


@OF.story(SHOWN, ends="completed")
def what_goes_with_it_is_shown_on_a_thursday_evening(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 40)


@OF.story("2026-01-22 18:00 mail Three more that swing", ends="completed")
def who_looks_at_jazz_is_shown_jazz(world: World) -> None:
    lives(world)
    does(world, "Product Viewed", product_id="low-orchard", category="Jazz")
    buys(world)
    days(world, 40)


@OF.story("2026-01-22 21:00 mail Three that go with what you have", ends="completed")
def the_evening_is_that_of_where_she_lives(world: World) -> None:
    lives(world, timezone="America/Los_Angeles")
    buys(world)
    days(world, 40)


@OF.story(ends="exited goal", tells=Case.GOAL)
def who_orders_again_by_themselves_is_left_alone_for_the_month(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 8)
    buys(world, "2")
    days(world, 60)


@OF.story(
    SHOWN,
    "2026-02-19 18:00 skip Show what goes with it: unsubscribed",
    ends=["completed", "completed"],
    tells=(Case.UNSUBSCRIBES, Case.SKIP, Case.AGAIN),
)
def who_unsubscribes_is_not_written_to_again(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 31)
    unsubscribes(world, "Three that")
    buys(world, "2")
    days(world, 40)


@OF.story("2026-01-25 15:00 skip Show what goes with it: journey_stopped", ends="exited journey_stopped")
def a_pause_comes_in_between_and_then_the_end(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 10)
    pauses(world, "cross-sell")
    days(world, 10)
    stops(world, "cross-sell")
    days(world, 10)


@OF.story("2026-01-23 08:00 mail Three that go with what you have", ends="completed", tells=Case.NIGHT)
def where_mails_end_at_five_it_is_the_next_morning(world: World) -> None:
    mails_by_day(world, end="17:00")
    lives(world)
    buys(world)
    days(world, 40)
