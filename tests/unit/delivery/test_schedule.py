"""One scheduler: held against a grid of minutes, on which each moment is asked by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace
from sojourn.contacts.zones import Place, ZoneSource
from sojourn.delivery.caps import DAY, WEEK, Ledger, Room, Unit, counts, in_ms
from sojourn.delivery.model import Cap, HoldReason, Window
from sojourn.delivery.release import LocalHours, hours_of
from sojourn.delivery.schedule import Constraint, Deadline, Never, Slot, earliest, in_order
from sojourn.delivery.turns.model import Limits, TurnsHere
from tests.feedback import a_message

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# Each zone with a week in which its clocks change: an hour forth and back, half an hour, at midnight.
WEEKS = [
    ("Europe/Berlin", "2026-03-27"),
    ("Europe/Berlin", "2026-10-23"),
    ("America/New_York", "2026-03-06"),
    ("America/New_York", "2026-10-30"),
    ("Australia/Lord_Howe", "2026-04-03"),
    ("Australia/Lord_Howe", "2026-10-02"),
    ("America/Havana", "2026-03-06"),
    ("America/Havana", "2026-10-30"),
    ("Africa/Casablanca", "2026-02-13"),
    ("Asia/Kathmandu", "2026-01-09"),
]
LONG_AHEAD = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Paced:
    """The account's rate and quota as a constraint."""

    turns: TurnsHere
    limits: Limits

    def opens(self, at: datetime) -> datetime:
        """The first turn from `at` on."""
        return self.turns.opens(self.limits, at).at


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(window: Window, zone: str, now: datetime) -> LocalHours:
    return hours_of(window, "sms", Profile("c", traits={"timezone": zone}), Workspace(), now=now)


def stands_open(window: Window, zone: ZoneInfo, moment: datetime) -> bool:
    """A window of a local day, by its two ends as instants: written apart from the code that it judges."""
    local = moment.astimezone(zone)
    for back in (1, 0):
        day = (local - timedelta(days=back)).date()
        if window.days and day.weekday() not in window.days:
            continue
        opens = datetime.fromisoformat(f"{day}T{window.start}").replace(tzinfo=zone).astimezone(UTC)
        last = day + timedelta(days=1) if window.end <= window.start else day
        closes = datetime.fromisoformat(f"{last}T{window.end}").replace(tzinfo=zone).astimezone(UTC)
        if opens <= moment < closes:
            return True
    return False


def has_room(cap: Cap, units: Sequence[Unit], zone: ZoneInfo, moment: datetime) -> bool:
    """No window with this moment in it holds more than the cap: each window that begins with a message is counted."""
    times = sorted([unit.at for unit in units if counts(cap, unit)] + [in_ms(moment)])
    if cap.is_calendar:

        def period(time: int) -> object:
            local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time)).astimezone(zone).date()
            return local - timedelta(days=local.weekday()) if cap.seconds == WEEK else local

        return sum(period(time) == period(in_ms(moment)) for time in times) <= cap.most
    here, width = in_ms(moment), cap.seconds * 1000
    return all(
        sum(begin <= time < begin + width for time in times) <= cap.most
        for begin in times
        if begin <= here < begin + width
    )


quarters = st.integers(0, 95)
windows = st.builds(
    lambda start, length, days: Window(_quarter(start), _quarter(start + length), tuple(sorted(days))),
    quarters,
    st.integers(1, 95),
    st.sets(st.integers(0, 6), max_size=4),
)
caps = st.builds(
    lambda most, span, is_calendar, channel: Cap(
        most=most, seconds=span if not is_calendar else DAY, is_calendar=is_calendar, channel=channel
    ),
    st.integers(1, 2),
    st.sampled_from([3600, 6 * 3600, DAY, 3 * DAY]),
    st.booleans(),
    st.sampled_from(["", "sms"]),
)
# What stands in the ledger was admitted: apart enough for every cap that is drawn.
spread = st.lists(st.integers(0, 5 * 24 * 60), max_size=4, unique=True)


def _quarter(number: int) -> str:
    return f"{number % 96 // 4:02d}:{number % 4 * 15:02d}"


@settings(max_examples=200)
@given(
    st.sampled_from(WEEKS),
    st.integers(0, 7 * 24 * 60),
    windows,
    st.lists(caps, max_size=2),
    spread,
    st.lists(st.integers(0, 3 * 24 * 60), max_size=6),
    st.integers(0, 3),
)
def test_it_is_the_first_minute_at_which_all_that_is_asked_says_yes(
    week: tuple[str, str],
    minute: int,
    window: Window,
    limits: list[Cap],
    standing: list[int],
    mails: list[int],
    quota: int,
):
    zone, start = ZoneInfo(week[0]), utc(week[1])
    now = start + minute * MINUTE
    units = [
        Unit(digest=str(at), at=in_ms(start + at * MINUTE), kept=60 * DAY, channel="sms", held=False)
        for at in sorted(standing)
    ]
    message = a_message(channel="sms")
    local = hours(window, week[0], now)
    room = Room(caps=limits, ledger=Ledger("c", 1, units), message=message, priority=0, zone=zone, now=now)
    taken = sorted(in_ms(start + at * MINUTE) for at in mails)
    paced = Paced(TurnsHere(taken), Limits(quota=quota))
    asked: list[tuple[HoldReason, Constraint]] = [(HoldReason.HOURS, local), (HoldReason.CAP, room)]
    asked += [(HoldReason.QUOTA, paced)] if quota else []

    slot = earliest(now, asked, Deadline(now + LONG_AHEAD))

    day = Cap(most=quota, seconds=DAY)
    mailed = [Unit(digest="", at=at, kept=0, channel="email") for at in taken]
    grid = (now + step * MINUTE for step in range(int(LONG_AHEAD / MINUTE)))
    first = next(
        each
        for each in grid
        if stands_open(window, zone, each)
        and all(has_room(cap, units, zone, each) for cap in limits)
        and (not quota or has_room(day, mailed, zone, each))
    )
    assert isinstance(slot, Slot)
    assert slot.at == first
    assert (slot.waits_for is None) == (first == now)


@given(st.lists(st.integers(0, 5_000), max_size=60), st.integers(1, 5), st.integers(0, 20))
def test_turns_are_never_more_than_the_rate_in_a_second_nor_the_quota_in_a_day(
    asked: list[int], rate: int, quota: int
):
    """T61, T63."""
    turns, limits, start = TurnsHere(), Limits(rate=rate, quota=quota), utc("2026-01-05")

    for ms in asked:
        turns.take(limits, now=start + timedelta(milliseconds=ms), urgent=True)

    taken = turns.taken
    assert len(taken) == len(asked)  # none is lost
    assert all(later - earlier >= 1000 for earlier, later in zip(taken, taken[rate:], strict=False))
    if quota:
        assert all(
            later - earlier >= DAY * 1000 for earlier, later in zip(taken, taken[quota:], strict=False)
        )


def test_a_part_of_the_days_mails_is_kept_for_what_people_asked_for():
    """T63."""
    turns, limits, now = TurnsHere(), Limits(quota=20), utc("2026-01-05")
    for _ in range(19):
        assert turns.take(limits, now=now).at == now

    assert turns.opens(limits, now).at == now + timedelta(days=1)
    assert turns.opens(limits, now).waits_for is HoldReason.QUOTA
    assert turns.take(limits, now=now, urgent=True).at == now
    assert turns.take(limits, now=now, urgent=True).at == now + timedelta(days=1)


NOON = utc("2026-01-05T12:00")
EVENING = Window("20:00", "21:00")


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        (Deadline(NOON + 8 * HOUR), Slot(NOON + 8 * HOUR, HoldReason.HOURS)),
        (Deadline(NOON + 8 * HOUR, with_the_day=True), Never("expired", NOON + 8 * HOUR)),
        (Deadline(NOON + 8 * HOUR - timedelta(milliseconds=1)), Never("expired", NOON + 8 * HOUR)),
    ],
)
def test_what_would_be_too_late_is_known_at_once(deadline: Deadline, expected: Slot | Never):
    asked: list[tuple[HoldReason, Constraint]] = [(HoldReason.HOURS, hours(EVENING, "UTC", NOON))]

    assert earliest(NOON, asked, deadline) == expected


def test_where_no_moment_is_there_is_none():
    everywhere = LocalHours(EVENING, Place((ZoneInfo("Asia/Tokyo"), ZoneInfo("UTC")), ZoneSource.PHONE))

    assert earliest(NOON, [(HoldReason.HOURS, everywhere)], Deadline(NOON)) == Never("no_common_hours")


@dataclass(frozen=True, slots=True)
class Held:
    priority: int
    due: str
    id: str


def test_of_those_whose_hold_ends_the_higher_goes_first_then_who_waits_longer():
    low, high = Held(1, "2026-01-01", "a"), Held(5, "2026-01-02", "b")
    older, twin = Held(1, "2025-12-31", "c"), Held(5, "2026-01-02", "a")

    assert in_order([low, high, older, twin]) == [twin, high, older, low]
