"""Ann buys what is used up, of a Monday, at three in the afternoon; the shop says until when it lasts."""

from tests.faults.world import World
from tests.statemachines.presets.stage import Case, Preset, days, does, lives, pauses, stops

OF = Preset("replenishment")
LOW = "2026-01-31 10:00 mail What you ordered runs low"
AGAIN = "2026-02-05 10:00 text Fieldnotes & Co: Running low, Ann? Your "


def buys(world: World, order: str = "1", *, sku: str = "fluid", at: str | None = "2026-02-05") -> None:
    lasts = {"refill_at": at} if at else {}
    does(world, "Order Completed", order_id=order, total=12, refill_sku=sku, **lasts)


@OF.story(LOW, AGAIN, ends="completed")
def five_days_before_it_is_used_up_and_on_the_day(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 60)


@OF.story(
    "2026-02-02 15:00 mail What you ordered runs low",
    "2026-02-07 15:00 text Fieldnotes & Co: Running low, Ann? Your ",
    ends="completed",
)
def after_four_weeks_when_nobody_says(world: World) -> None:
    lives(world)
    buys(world, at=None)
    days(world, 60)


@OF.story(ends=[])
def what_is_not_used_up_is_not_reminded_of(world: World) -> None:
    lives(world)
    does(world, "Order Completed", order_id="1", total=24)
    days(world, 60)


@OF.story(
    "2026-02-20 10:00 mail What you ordered runs low",
    "2026-02-25 10:00 text Fieldnotes & Co: Running low, Ann? Your ",
    ends=["exited goal", "completed"],
    tells=Case.GOAL,
)
def who_buys_it_again_before_is_reminded_of_that_one(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 20)
    buys(world, "2", at="2026-02-25")
    days(world, 60)


@OF.story(LOW, LOW, AGAIN, AGAIN, ends=["completed", "completed"])
def two_things_are_two_runs(world: World) -> None:
    lives(world)
    buys(world)
    buys(world, "2", sku="stylus")
    days(world, 60)


@OF.story(
    LOW,
    "2026-03-02 15:00 mail What you ordered runs low",
    "2026-03-07 15:00 text Fieldnotes & Co: Running low, Ann? Your ",
    ends=["exited goal", "completed"],
    tells=Case.AGAIN,
)
def who_refills_at_the_first_word_hears_no_second_until_that_runs_low_too(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 28)
    does(world, "Order Completed", order_id="2", total=12, refill_sku="fluid")
    days(world, 60)


@OF.story(
    "2026-01-31 10:00 skip Remind them: unsubscribed",
    AGAIN,
    ends="completed",
    tells=(Case.UNSUBSCRIBES, Case.SKIP),
)
def who_unsubscribes_midway_gets_the_text_alone(world: World) -> None:
    lives(world)
    days(world, 1 / 24)
    buys(world)
    does(world, "Consent Withdrawn", channel="email", purpose="marketing", source="form")
    days(world, 60)


@OF.story("2026-01-31 12:00 skip Remind them: journey_stopped", ends="exited journey_stopped")
def a_pause_and_then_the_end(world: World) -> None:
    lives(world)
    buys(world)
    days(world, 20)
    pauses(world, "replenishment")
    days(world, 5 + 21 / 24)
    stops(world, "replenishment")
    days(world, 60)


@OF.story(
    "2026-02-02 22:00 mail What you ordered runs low",
    "2026-02-08 09:00 text Fieldnotes & Co: Running low, Ann? Your ",
    ends="completed",
    tells=Case.NIGHT,
)
def what_was_bought_late_is_texted_about_in_the_morning(world: World) -> None:
    lives(world)
    days(world, 7 / 24)
    buys(world, at=None)
    days(world, 60)
