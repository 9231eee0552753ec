"""Ann ordered once, of a Monday, at three in the afternoon; in July it is half a year ago, by her own watch."""

from tests.faults.people import texts, unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import Case, Preset, days, does, lives, pauses, stops

OF = Preset("win-back")
MISSED = "2026-07-05 15:01 mail It has been a while, Ann"
TEN = "2026-07-19 15:01 mail Ten percent, to begin again"
TWENTY = "2026-07-19 15:01 mail Twenty percent, because it is you"
LAST = "2026-08-06 15:01 text Fieldnotes & Co: Ann, your code ends soo"
HALF_A_YEAR = 181


def bought(world: World, total: float = 24) -> None:
    lives(world)
    does(world, "Order Completed", order_id="1", total=total, currency="USD")
    days(world, HALF_A_YEAR + 1)


@OF.story(MISSED, TEN, LAST, ends="completed")
def three_waves_in_five_weeks(world: World) -> None:
    bought(world)
    days(world, 60)


@OF.story(MISSED, TWENTY, LAST, ends="completed")
def who_bought_for_much_is_offered_more(world: World) -> None:
    bought(world, 200)
    days(world, 60)


@OF.story(MISSED, ends="exited goal", tells=Case.GOAL)
def an_order_in_the_first_wait_ends_it(world: World) -> None:
    bought(world)
    days(world, 5)
    does(world, "Order Completed", order_id="2", total=24, currency="USD")
    days(world, 60)


@OF.story(MISSED, TEN, ends="exited goal")
def an_order_while_no_execution_is_open_ends_it_too(world: World) -> None:
    bought(world)
    days(world, 20)
    does(world, "Order Completed", order_id="2", total=24, currency="USD")
    days(world, 60)


@OF.story(
    MISSED,
    "2026-07-19 15:01 skip Offer ten percent: unsubscribed",
    LAST,
    ends="completed",
    tells=Case.UNSUBSCRIBES,
)
def who_unsubscribes_from_mail_gets_the_text(world: World) -> None:
    bought(world)
    days(world, 5)
    unsubscribes(world, "It has been")
    days(world, 60)


@OF.story(
    MISSED,
    TEN,
    "2026-08-06 15:01 skip Text the last word: suppressed",
    "2026-08-06 15:01 mail The last word about your code",
    ends="completed",
    tells=Case.SKIP,
)
def who_wants_no_texts_gets_the_last_word_by_mail(world: World) -> None:
    bought(world)
    days(world, 20)
    texts(world, "STOP")
    days(world, 60)


@OF.story(
    MISSED,
    "2026-07-21 16:00 skip Offer ten percent: journey_stopped",
    ends="exited journey_stopped",
)
def a_pause_and_then_the_end(world: World) -> None:
    bought(world)
    days(world, 10)
    pauses(world, "win-back")
    days(world, 5)
    stops(world, "win-back")
    days(world, 60)


@OF.story(
    MISSED,
    "2027-01-10 16:01 mail It has been a while, Ann",
    "2027-01-24 16:01 mail Ten percent, to begin again",
    "2027-02-11 16:01 text Fieldnotes & Co: Ann, your code ends soo",
    ends=["exited goal", "completed"],
    tells=Case.AGAIN,
)
def who_came_back_and_lapsed_again_is_written_to_again(world: World) -> None:
    bought(world)
    days(world, 4)
    does(world, "Order Completed", order_id="2", total=24, currency="USD")
    days(world, 300)


@OF.story(
    "2026-07-05 22:01 mail It has been a while, Ann",
    "2026-07-19 22:01 mail Ten percent, to begin again",
    "2026-08-07 09:00 text Fieldnotes & Co: Ann, your code ends soo",
    ends="completed",
    tells=Case.NIGHT,
)
def nobody_is_texted_at_night(world: World) -> None:
    lives(world)
    days(world, 7 / 24)
    does(world, "Order Completed", order_id="1", total=24, currency="USD")
    days(world, HALF_A_YEAR + 61)
