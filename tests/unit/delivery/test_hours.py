"""Hours of the local day."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.delivery.hours import next_open, zone_of
from sojourn.delivery.model import Window

BERLIN, LOS_ANGELES, NEW_YORK = "Europe/Berlin", "America/Los_Angeles", "America/New_York"
DAY = Window("09:00", "21:00")
ZONES = [BERLIN, LOS_ANGELES, NEW_YORK, "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


def opens(zone: str, at: str, window: Window = DAY) -> str:
    moment = next_open(window, ZoneInfo(zone), datetime.fromisoformat(at).replace(tzinfo=UTC))
    return moment.isoformat(timespec="minutes").removesuffix("+00:00")


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        (BERLIN, "2026-03-28T20:00", "2026-03-29T07:00"),  # T47: the night of the gap
        (BERLIN, "2026-10-24T20:00", "2026-10-25T08:00"),  # T48: the night of the fold
        (NEW_YORK, "2026-01-08T03:00", "2026-01-08T14:00"),
        (NEW_YORK, "2026-01-08T14:00", "2026-01-08T14:00"),  # half open: the start is in
        (NEW_YORK, "2026-01-09T01:59", "2026-01-09T01:59"),
        (NEW_YORK, "2026-01-09T02:00", "2026-01-09T14:00"),  # … and the end is out
        ("Pacific/Kiritimati", "2026-01-08T12:00", "2026-01-08T19:00"),
    ],
)
def test_the_next_open_moment(zone: str, at: str, expected: str):
    assert opens(zone, at) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-08T20:00", "2026-01-08T21:00"),
        ("2026-01-08T23:30", "2026-01-08T23:30"),
        ("2026-01-09T04:59", "2026-01-09T04:59"),
        ("2026-01-09T05:00", "2026-01-09T21:00"),
    ],
)
def test_a_window_may_cross_midnight(at: str, expected: str):
    assert opens("UTC", at, Window("21:00", "05:00")) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-29T00:30", "2026-03-29T01:30"),  # 02:30 is not there: it is 03:30
        ("2026-10-24T23:00", "2026-10-25T00:30"),  # 02:30 is there twice: the first
    ],
)
def test_a_start_in_the_gap_moves_forward_and_in_the_fold_is_the_first(at: str, expected: str):
    """J5."""
    assert opens(BERLIN, at, Window("02:30", "04:00")) == expected


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.integers(0, 95),
    st.integers(1, 95),
)
def test_it_is_never_before_never_late_and_always_in_the_window(
    at: datetime, zone: str, start: int, length: int
):
    begin, end = _quarter(start), _quarter((start + length) % 96)

    moment = next_open(Window(f"{begin:%H:%M}", f"{end:%H:%M}"), ZoneInfo(zone), at)

    assert at <= moment <= at + timedelta(hours=50)
    assert next_open(Window(f"{begin:%H:%M}", f"{end:%H:%M}"), ZoneInfo(zone), moment) == moment
    if length > 8 and moment != at:  # longer than any gap
        assert (moment.astimezone(ZoneInfo(zone)).time() >= begin) or begin > end


def _quarter(number: int) -> time:
    return time(number // 4, number % 4 * 15)


@pytest.mark.parametrize(
    "name", [None, "", "Mars/Phobos", "../../etc/passwd", "/etc/passwd", "a\0b", "x" * 500]
)
def test_a_zone_that_is_none_is_utc(name: str | None):
    """J4."""
    assert zone_of(name) == ZoneInfo("UTC")
