"""Ann was born on 10 March 1990, and in 2026 New York puts its clocks forward two days before."""

from tests.faults.people import texts, unsubscribes
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

OF = Preset("birthday")
BORN = "1990-03-10"


@OF.story(
    "2026-03-10 09:00 mail Happy birthday, Ann",
    "2027-03-10 09:00 mail Happy birthday, Ann",
    ends=["completed", "completed"],
    tells=Case.AGAIN,
)
def every_year_at_nine_where_she_is(world: World) -> None:
    lives(world, birthday=BORN)
    days(world, 450)


@OF.story(
    "2026-03-10 09:00 mail Happy birthday, Ann",
    "2027-03-10 09:00 skip Congratulate: unsubscribed",
    "2027-03-10 09:00 text Fieldnotes & Co: Happy birthday, Ann! 15",
    ends=["completed", "completed"],
    tells=Case.UNSUBSCRIBES,
)
def who_unsubscribes_is_congratulated_by_text(world: World) -> None:
    lives(world, birthday=BORN)
    days(world, 70)
    unsubscribes(world, "Happy birthday")
    days(world, 380)


@OF.story(
    "2026-03-10 09:00 skip Congratulate by text: suppressed",
    "2026-03-10 09:00 skip Congratulate: unsubscribed",
    ends="completed",
)
def who_wants_nothing_gets_nothing(world: World) -> None:
    lives(world, birthday=BORN)
    days(world, 1)
    does(world, "Consent Withdrawn", channel="email", purpose="marketing", source="form")
    texts(world, "STOP")
    days(world, 70)


@OF.story(
    "2026-03-10 09:00 skip Congratulate: no_address",
    "2026-03-10 09:00 text Fieldnotes & Co: Happy birthday, Ann! 15",
    ends="completed",
    tells=Case.SKIP,
)
def without_a_mailbox_it_is_a_text(world: World) -> None:
    lives(world, birthday=BORN, email=None)
    days(world, 70)


@OF.story("2026-03-28 09:00 mail Happy birthday, Ann", ends="completed")
def the_day_that_was_put_right_is_the_one_that_counts(world: World) -> None:
    lives(world, birthday=BORN)
    days(world, 30)
    learns(world, birthday="1990-03-28")
    days(world, 60)


@OF.story("2026-03-10 12:00 skip Congratulate: journey_stopped", ends="exited journey_stopped")
def what_was_paused_on_the_day_and_stopped_at_noon_goes_nowhere(world: World) -> None:
    lives(world, birthday=BORN)
    days(world, 60)
    pauses(world, "birthday")
    days(world, 3 + 20 / 24)
    stops(world, "birthday")
    days(world, 3)


@OF.story("2026-03-10 09:00 skip Congratulate: run_ended", ends="exited goal", tells=Case.GOAL)
def who_buys_while_it_is_paused_has_what_she_wanted(world: World) -> None:
    lives(world, birthday=BORN)
    days(world, 60)
    pauses(world, "birthday")
    days(world, 3 + 20 / 24)
    does(world, "Order Completed", order_id="1", total=24)
    resumes(world, "birthday")
    days(world, 3)


@OF.story("2026-03-10 10:00 mail Happy birthday, Ann", ends="completed", tells=Case.NIGHT)
def where_mails_begin_at_ten_she_is_congratulated_at_ten(world: World) -> None:
    mails_by_day(world, start="10:00")
    lives(world, birthday=BORN)
    days(world, 70)
