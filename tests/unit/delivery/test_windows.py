"""Hours that open on some days only, held against a grid of minutes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.delivery.hours import middle_hour, next_open, within
from sojourn.delivery.model import Window

ZONES = (
    "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu",
    "America/Havana", "Pacific/Apia",
)  # fmt: skip
# Two weeks round a change of the clocks of some zone: Berlin, New York, Lord Howe, Havana.
WEEKS = ("2026-03-27", "2026-10-23", "2026-03-06", "2026-10-30", "2026-04-03", "2026-10-02")
MINUTE = timedelta(minutes=1)
ALLOWED = Window("08:00", "21:00")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "window", "at", "expected"),
    [
        # T52: Friday 18:00 in Los Angeles is Saturday in UTC.
        ("America/Los_Angeles", Window("18:00", "19:00", (4,)), "2026-07-20T00:00", "2026-07-25T01:00"),
        # T56: Friday 17:00 is too late for Friday, and waits for Monday.
        ("Europe/Berlin", Window("09:00", "17:00", (0, 1, 2, 3, 4)), "2026-01-09T16:00", "2026-01-12T08:00"),
        ("Europe/Berlin", Window("09:00", "17:00", (0, 1, 2, 3, 4)), "2026-01-09T15:59", "2026-01-09T15:59"),
        # Friday's night is open on Saturday's morning, and Saturday's own is not.
        ("UTC", Window("22:00", "04:00", (4,)), "2026-01-10T03:00", "2026-01-10T03:00"),
        ("UTC", Window("22:00", "04:00", (4,)), "2026-01-10T04:00", "2026-01-16T22:00"),
        # A window that lies in the hour which the clocks leap over opens on the next day.
        ("Europe/Berlin", Window("02:30", "03:15"), "2026-03-29T00:45", "2026-03-30T00:30"),
    ],
)
def test_the_days_are_those_of_the_contact(zone: str, window: Window, at: str, expected: str):
    assert next_open(window, ZoneInfo(zone), utc(at)) == utc(expected)


@pytest.mark.parametrize(
    ("start", "end", "days"), [("09:00", "09:00", ()), ("09:00", "10:00", (7,)), ("09:00", "10:00", (-1,))]
)
def test_a_window_that_never_opens_cannot_be_made(start: str, end: str, days: tuple[int, ...]):
    """T57."""
    with pytest.raises(ValueError, match=r"never opens|no days"):
        Window(start, end, days)


def is_open(window: Window, local: datetime) -> bool:
    """By the wall clock alone: what a person there would say, where the clocks do not change."""
    now, today = f"{local:%H:%M}", local.weekday()
    days = window.days or range(7)
    if window.start < window.end:
        return window.start <= now < window.end and today in days
    return (now >= window.start and today in days) or (now < window.end and (today - 1) % 7 in days)


@given(
    st.sampled_from(WEEKS),
    st.integers(0, 14 * 1440),
    st.sampled_from(ZONES),
    st.integers(0, 95),
    st.integers(17, 95),
    st.sets(st.integers(0, 6), max_size=3),
)
def test_it_is_what_a_grid_of_minutes_says(
    week: str, minute: int, zone: str, start: int, length: int, days: set[int]
):
    window = Window(_quarter(start), _quarter(start + length), tuple(sorted(days)))
    at = utc(week) + minute * MINUTE

    moment = next_open(window, ZoneInfo(zone), at)

    before = (at + step * MINUTE for step in range(int((moment - at) / MINUTE)))
    first = next((each for each in before if is_open(window, each.astimezone(ZoneInfo(zone)))), moment)
    # By the clock on the wall a window may stand open twice where the clocks go back; it is open the first time.
    assert moment == first or _is_repeated(first, zone) or _changes_near(first, zone)
    assert is_open(window, moment.astimezone(ZoneInfo(zone))) or _changes_near(moment, zone)


def _is_repeated(moment: datetime, zone: str) -> bool:
    return bool(moment.astimezone(ZoneInfo(zone)).fold)


def _changes_near(moment: datetime, zone: str) -> bool:
    offsets = {
        (moment + hours * timedelta(hours=1)).astimezone(ZoneInfo(zone)).utcoffset() for hours in (-2, 2)
    }
    return len(offsets) > 1


def _quarter(number: int) -> str:
    return f"{number % 96 // 4:02d}:{number % 4 * 15:02d}"


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window("09:00", "20:00"), Window("09:00", "20:00")),
        (Window("06:00", "22:00", (5,)), Window("08:00", "21:00", (5,))),
        (Window("20:00", "09:30"), Window("08:00", "09:30")),  # the longer part, which is the next morning's
        (Window("20:00", "09:30", (6,)), Window("08:00", "09:30", (0,))),
        (Window("19:00", "08:30"), Window("19:00", "21:00")),
        (Window("21:00", "06:00"), None),
    ],
)
def test_hours_are_kept_within_what_is_allowed(window: Window, expected: Window | None):
    assert within(window, ALLOWED) == expected


def test_the_middle_hour_of_fridays_night_is_saturdays():
    assert middle_hour(Window("22:00", "04:00", (4,))) == Window("00:30", "01:30", (5,))
