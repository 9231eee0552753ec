"""Ann signs up of a Monday, at three in the afternoon."""

from tests.faults.people import clicks, texts, unsubscribes
from tests.faults.world import World
from tests.statemachines.presets.stage import Case, Preset, days, does, lives, pauses, resumes, stops

OF = Preset("welcome")
WELCOMED = "2026-01-05 15:00 mail Welcome, Ann"
REMINDED = "2026-01-09 15:00 mail The guide is still here"
TEXTED = "2026-01-09 15:00 text Fieldnotes & Co: 15% off your first orde"
ASKED = "2026-01-16 15:00 mail One question, Ann"


def signs_up(world: World, **traits: object) -> None:
    lives(world, **traits)
    does(world, "Signed Up")


@OF.story(WELCOMED, REMINDED, TEXTED, ASKED, ends="completed")
def who_does_not_click_is_reminded(world: World) -> None:
    signs_up(world)
    days(world, 30)


@OF.story(
    WELCOMED,
    "2026-01-08 09:00 mail Chapter two: how to listen to a shelf",
    "2026-01-08 09:00 text Fieldnotes & Co: 15% off your first orde",
    "2026-01-15 09:00 mail One question, Ann",
    ends="completed",
)
def who_clicks_reads_on(world: World) -> None:
    signs_up(world)
    days(world, 2.75)
    clicks(world, "Welcome")
    days(world, 30)


@OF.story(WELCOMED, ends="exited goal", tells=Case.GOAL)
def who_orders_in_the_first_wait_is_welcome_enough(world: World) -> None:
    signs_up(world)
    days(world, 1)
    does(world, "Order Completed", order_id="1", total=24)
    days(world, 30)


@OF.story(
    WELCOMED,
    "2026-01-07 23:00 mail Chapter two: how to listen to a shelf",
    "2026-01-08 09:00 text Fieldnotes & Co: 15% off your first orde",
    "2026-01-15 09:00 mail One question, Ann",
    ends="completed",
    tells=Case.NIGHT,
)
def who_clicks_at_night_is_texted_in_the_morning(world: World) -> None:
    signs_up(world)
    days(world, 2 + 8 / 24)
    clicks(world, "Welcome")
    days(world, 30)


@OF.story(
    WELCOMED,
    "2026-01-09 15:00 skip Send the reminder: unsubscribed",
    TEXTED,
    "2026-01-16 15:00 skip Ask for feedback: unsubscribed",
    ends="completed",
    tells=(Case.UNSUBSCRIBES, Case.SKIP),
)
def who_unsubscribes_midway_gets_the_text_alone(world: World) -> None:
    signs_up(world)
    days(world, 3)
    unsubscribes(world, "Welcome")
    days(world, 30)


@OF.story(
    WELCOMED,
    "2026-01-09 15:00 skip Text an offer: suppressed",
    REMINDED,
    ASKED,
    ends="completed",
    tells=Case.SKIP,
)
def who_wants_no_texts_gets_none(world: World) -> None:
    signs_up(world)
    days(world, 1)
    texts(world, "STOP")
    days(world, 30)


@OF.story(WELCOMED, REMINDED, TEXTED, ASKED, ends="completed", tells=Case.AGAIN)
def nobody_is_welcomed_twice(world: World) -> None:
    signs_up(world)
    days(world, 20)
    does(world, "Signed Up")
    days(world, 30)


@OF.story(
    "2026-01-06 15:00 mail Welcome, Ann",
    "2026-01-10 15:00 skip Send the reminder: journey_stopped",
    ends="exited journey_stopped",
)
def it_is_paused_goes_on_and_is_stopped(world: World) -> None:
    pauses(world, "welcome")
    signs_up(world)
    days(world, 1)
    resumes(world, "welcome")
    days(world, 3)
    stops(world, "welcome")
    days(world, 30)
