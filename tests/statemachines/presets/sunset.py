"""Ann answered none of our letters, and comes into the segment of the unengaged of a Monday, at three."""

from sojourn.contacts.store import get_profile
from tests.faults.invariants import people
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
    resumes,
    stops,
)

OF = Preset("sunset")
CALLED = "2026-01-05 15:00 mail Shall we stop writing?"


def falls_silent(world: World) -> None:
    lives(world)
    comes_into(world, "unengaged")


def is_silent() -> bool:
    """Whether she is in the segment that every preset leaves in peace."""
    return any(row["sk"] == "SEG#silent" and row["is_in"] == "True" for row in people("SEG#silent"))


@OF.story(CALLED, ends="completed")
def who_says_nothing_is_written_to_no_more(world: World) -> None:
    falls_silent(world)
    days(world, 15)
    assert is_silent()
    assert get_profile(people("PROFILE")[0]["pk"][2:]).attributes["mailing_stopped"] is True


@OF.story(CALLED, ends="completed")
def who_orders_after_it_is_back(world: World) -> None:
    falls_silent(world)
    days(world, 15)
    does(world, "Order Completed", order_id="1", total=24)
    days(world, 1)
    assert not is_silent()


@OF.story(CALLED, ends="exited stays")
def who_clicks_stays(world: World) -> None:
    falls_silent(world)
    days(world, 3)
    clicks(world, "Shall we")
    days(world, 20)
    assert not is_silent()


@OF.story(CALLED, ends="exited goal", tells=Case.GOAL)
def who_orders_meanwhile_stays_too(world: World) -> None:
    falls_silent(world)
    days(world, 3)
    does(world, "Order Completed", order_id="1", total=24)
    days(world, 20)
    assert not is_silent()


@OF.story(
    CALLED,
    "2026-07-06 16:00 skip Send the last call: unsubscribed",
    ends=["completed", "exited skipped:unsubscribed"],
    tells=(Case.UNSUBSCRIBES, Case.SKIP, Case.AGAIN),
)
def who_unsubscribes_is_not_called_again(world: World) -> None:
    falls_silent(world)
    days(world, 3)
    unsubscribes(world, "Shall we")
    days(world, 179)
    comes_into(world, "unengaged")
    days(world, 20)


@OF.story(ends=[])
def whose_clicks_may_not_be_counted_is_not_judged_by_them(world: World) -> None:
    lives(world)
    days(world, 1)
    said = {"channel": "email", "purpose": "tracking", "source": "form"}
    does(world, "Consent Withdrawn", **said)
    comes_into(world, "unengaged")
    days(world, 20)


@OF.story("2026-01-05 17:00 mail Shall we stop writing?", ends="completed")
def a_pause_holds_the_letter_and_a_stop_only_what_sends(world: World) -> None:
    pauses(world, "sunset")
    falls_silent(world)
    days(world, 2 / 24)
    resumes(world, "sunset")
    days(world, 3)
    stops(world, "sunset")
    days(world, 20)


@OF.story("2026-01-06 08:00 mail Shall we stop writing?", ends="completed", tells=Case.NIGHT)
def nobody_is_called_at_night(world: World) -> None:
    mails_by_day(world)
    lives(world)
    days(world, 7 / 24)
    comes_into(world, "unengaged")
    days(world, 20)
