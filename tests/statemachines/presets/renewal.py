"""Ann's subscription renews itself on 4 March. What tells of a contract asks nobody whether it may."""

from tests.faults.world import World
from tests.statemachines.presets.stage import (
    Case,
    Preset,
    days,
    does,
    learns,
    lives,
    mails_by_day,
    pauses,
    resumes,
    stops,
)

OF = Preset("renewal", without={Case.NIGHT: "what tells of a contract goes at any hour"})
ON = "2026-03-04"
A_MONTH = "2026-02-02 09:00 mail Your subscription renews in a month"
THREE_DAYS = "2026-03-01 09:00 mail Your subscription renews in three days"


@OF.story(A_MONTH, THREE_DAYS, ends=["completed", "completed"])
def a_month_and_three_days_before(world: World) -> None:
    lives(world, renewal_date=ON)
    days(world, 90)


@OF.story(THREE_DAYS, ends="completed")
def who_signed_late_is_told_once(world: World) -> None:
    lives(world)
    days(world, 40)
    learns(world, renewal_date=ON)
    days(world, 60)


@OF.story(A_MONTH, ends="completed")
def who_has_renewed_is_not_told_again(world: World) -> None:
    lives(world, renewal_date=ON)
    days(world, 40)
    does(world, "Subscription Renewed")
    days(world, 60)


@OF.story(A_MONTH, ends="completed")
def who_has_cancelled_is_not_either(world: World) -> None:
    lives(world, renewal_date=ON)
    days(world, 40)
    does(world, "Subscription Cancelled")
    days(world, 60)


@OF.story(
    A_MONTH,
    THREE_DAYS,
    "2027-02-02 09:00 mail Your subscription renews in a month",
    "2027-03-01 09:00 mail Your subscription renews in three days",
    ends=["completed"] * 4,
    tells=Case.AGAIN,
)
def the_next_date_lets_in_again(world: World) -> None:
    lives(world, renewal_date=ON)
    days(world, 58)
    does(world, "Subscription Renewed")
    learns(world, renewal_date="2027-03-04")
    days(world, 400)


@OF.story(A_MONTH, THREE_DAYS, ends=["completed", "completed"], tells=Case.UNSUBSCRIBES)
def who_unsubscribed_is_told_all_the_same(world: World) -> None:
    lives(world, renewal_date=ON)
    days(world, 1)
    does(world, "Consent Withdrawn", channel="email", purpose="marketing", source="form")
    days(world, 90)


@OF.story("2026-02-02 12:00 skip Tell them a month before: journey_stopped", ends="exited journey_stopped")
def a_pause_and_then_the_end(world: World) -> None:
    lives(world, renewal_date=ON)
    days(world, 20)
    pauses(world, "renewal")
    days(world, 7 + 21 / 24)
    stops(world, "renewal")
    days(world, 60)


@OF.story(
    "2026-02-02 09:00 skip Tell them a month before: no_address",
    "2026-03-01 09:00 skip Tell them three days before: no_address",
    ends=["completed", "completed"],
    tells=Case.SKIP,
)
def without_a_mailbox_nobody_is_told(world: World) -> None:
    lives(world, renewal_date=ON, email=None)
    days(world, 90)


@OF.story("2026-02-02 09:00 skip Tell them a month before: run_ended", ends="exited goal", tells=Case.GOAL)
def who_renews_while_it_is_paused_is_not_told(world: World) -> None:
    lives(world, renewal_date=ON)
    days(world, 20)
    pauses(world, "renewal")
    days(world, 7 + 21 / 24)
    does(world, "Subscription Renewed")
    resumes(world, "renewal")
    days(world, 60)


@OF.story(A_MONTH, THREE_DAYS, ends=["completed", "completed"])
def the_hours_of_marketing_are_not_those_of_a_contract(world: World) -> None:
    mails_by_day(world, start="10:00")
    lives(world, renewal_date=ON)
    days(world, 90)
