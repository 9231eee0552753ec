"""Ann fills baskets: on a Monday, at three in the afternoon."""

from tests.faults.people import unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import (
    HOUR,
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

OF = Preset("cart")
FILLED, BOUGHT = "Cart Updated", "Order Completed"
REMINDED = "2026-01-05 16:00 mail Still on the counter, Ann"
POSTAGE = "2026-01-06 16:00 mail The postage is on us, Ann"


@OF.story(REMINDED, ends="completed")
def a_small_basket_is_worth_one_letter(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=24)
    days(world, 10)


@OF.story(REMINDED, POSTAGE, ends="completed")
def a_large_one_two(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=75)
    days(world, 10)


@OF.story(ends="completed", tells=Case.GOAL)
def who_buys_within_the_hour_is_not_written_to(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=24)
    days(world, 1 / 48)
    does(world, BOUGHT, cart_id="a", order_id="1", total=24)
    days(world, 10)


@OF.story(REMINDED, ends="completed")
def who_buys_within_the_day_gets_no_second_letter(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=80)
    days(world, 0.5)
    does(world, BOUGHT, cart_id="a", order_id="1", total=80)
    days(world, 10)


@OF.story(REMINDED, POSTAGE, ends=["completed", "completed"])
def one_basket_is_bought_and_the_other_is_not_forgotten(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=90)
    does(world, FILLED, cart_id="b", value=90)
    days(world, 1 / 48)
    does(world, BOUGHT, cart_id="b", order_id="1", total=90)
    days(world, 10)


@OF.story(ends="exited emptied")
def who_empties_the_basket_thought_better_of_it(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=24)
    days(world, 1 / 48)
    does(world, FILLED, cart_id="a", value=0)
    days(world, 10)


@OF.story(
    REMINDED,
    "2026-01-08 16:00 mail Still on the counter, Ann",
    ends=["completed", "completed"],
    tells=Case.AGAIN,
)
def the_same_basket_is_mentioned_again_after_three_days_and_not_before(world: World) -> None:
    lives(world)
    for value in (24, 30, 36, 24, 30):
        does(world, FILLED, cart_id="a", value=value)
        days(world, 1)
    days(world, 10)


@OF.story(
    REMINDED,
    "2026-01-06 16:00 skip Offer the postage: unsubscribed",
    ends="completed",
    tells=(Case.UNSUBSCRIBES, Case.SKIP),
)
def who_unsubscribes_midway_gets_no_second_letter(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=80)
    days(world, 0.5)
    unsubscribes(world, "Still")
    days(world, 10)


@OF.story("2026-01-05 18:00 mail Still on the counter, Ann", ends="completed")
def what_was_paused_goes_on_late(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=24)
    world.run_until(world.clock.calendar() + HOUR / 2)
    pauses(world, "cart")
    world.run_until(world.clock.calendar() + 2.5 * HOUR)
    resumes(world, "cart")
    days(world, 10)


@OF.story("2026-01-05 16:00 skip Send the basket: journey_stopped", ends="exited journey_stopped")
def what_was_stopped_sends_nothing_more(world: World) -> None:
    lives(world)
    does(world, FILLED, cart_id="a", value=24)
    world.run_until(world.clock.calendar() + HOUR / 2)
    stops(world, "cart")
    days(world, 10)


@OF.story("2026-01-06 08:00 mail Still on the counter, Ann", ends="completed", tells=Case.NIGHT)
def a_basket_of_the_evening_is_mentioned_in_the_morning(world: World) -> None:
    mails_by_day(world)
    lives(world)
    days(world, 6 / 24)
    does(world, FILLED, cart_id="a", value=24)
    days(world, 10)
