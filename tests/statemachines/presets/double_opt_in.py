"""Ann leaves her address in a form, of a Monday at three in the afternoon, and has agreed to nothing yet."""

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

OF = Preset(
    "double-opt-in",
    without={
        Case.UNSUBSCRIBES: "nobody can leave what they have not agreed to yet",
        Case.NIGHT: "who signs up at night is asked at night",
    },
)
SAID = {"channel": "email", "purpose": "marketing", "topic": "news", "source": "form"}
ASKED = "2026-01-05 15:00 mail Please confirm your address"


def asks(world: World) -> None:
    does(world, "Consent Requested", **SAID)


@OF.story(ASKED, ends="completed")
def who_says_nothing_gets_nothing_more(world: World) -> None:
    lives(world)
    asks(world)
    days(world, 30)


@OF.story(
    ASKED,
    "2026-01-07 15:00 skip Ask for confirmation: nothing_to_confirm",
    ends=["exited goal", "completed"],
    tells=Case.GOAL,
)
def who_confirms_is_asked_no_more(world: World) -> None:
    lives(world)
    asks(world)
    days(world, 1)
    does(world, "Consent Given", **SAID)
    days(world, 1)
    asks(world)
    days(world, 30)


@OF.story(ASKED, "2026-01-06 15:10 mail Please confirm your address", ends="completed")
def who_asks_again_is_sent_one_more(world: World) -> None:
    lives(world)
    asks(world)
    days(world, 1)
    asks(world)
    days(world, 30)


@OF.story(
    ASKED,
    "2026-02-04 15:00 mail Please confirm your address",
    ends=["completed", "completed"],
    tells=Case.AGAIN,
)
def a_month_later_it_begins_anew(world: World) -> None:
    lives(world)
    asks(world)
    days(world, 30)
    asks(world)
    days(world, 30)


@OF.story("2026-01-05 15:00 skip Ask for confirmation: no_address", ends="completed", tells=Case.SKIP)
def without_a_mailbox_nobody_is_asked(world: World) -> None:
    lives(world, email=None)
    asks(world)
    days(world, 30)


@OF.story(
    "2026-01-06 03:00 mail Please confirm your address",
    "2026-01-07 03:10 skip Ask once more: journey_stopped",
    ends="exited journey_stopped",
)
def it_is_paused_goes_on_and_is_stopped(world: World) -> None:
    pauses(world, "double-opt-in")
    lives(world)
    asks(world)
    days(world, 0.5)
    resumes(world, "double-opt-in")
    days(world, 1)
    asks(world)
    stops(world, "double-opt-in")
    days(world, 30)


@OF.story("2026-01-05 23:00 mail Please confirm your address", ends="completed")
def who_signs_up_at_night_is_asked_at_once(world: World) -> None:
    mails_by_day(world)
    lives(world)
    days(world, 8 / 24)
    asks(world)
    days(world, 30)
