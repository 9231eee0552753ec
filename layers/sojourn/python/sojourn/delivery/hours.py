"""Hours of the local day, across DST and midnight. Local time is computed for the target date (lessons 20, 21, 22)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sojourn.contacts.zones import zone_named
from sojourn.delivery.model import Window

DEFAULT_ZONE = "UTC"
LOOKED_AHEAD = timedelta(days=15)  # every weekday twice, and across any change of the clocks
MINUTES_A_DAY = 24 * 60
A_DAY = timedelta(days=1)


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of this name; an unknown one is bad data, not an exception."""
    return zone_named(name) or ZoneInfo(DEFAULT_ZONE)


@lru_cache(maxsize=4096)  # one decision asks for the same moment several times
def next_open(window: Window, zone: ZoneInfo, at: datetime) -> datetime:
    """The first moment at or after `at` that lies in the window of some local day."""
    today = at.astimezone(zone).date()
    for ahead in range(-1, LOOKED_AHEAD.days):
        day = today + timedelta(days=ahead)
        if window.days and day.weekday() not in window.days:
            continue
        opens, closes = _span(window, zone, day)
        if at < closes and opens < closes:
            return max(at, opens)
    raise AssertionError("a window opens every week")


def next_open_in_all(window: Window, zones: Iterable[ZoneInfo], at: datetime) -> datetime | None:
    """The first moment that lies in the window of every zone; None when there is none."""
    zones = tuple(zones)
    if len(zones) == 1:
        return next_open(window, zones[0], at)
    moment = at
    while moment <= at + LOOKED_AHEAD:
        latest = max(next_open(window, zone, moment) for zone in zones)
        if latest == moment:
            return moment
        moment = latest
    return None


def middle_hour(window: Window) -> Window:
    """The hour in the middle of a window: there it is open in as many zones around as a window so long can be."""
    start, length = _minutes(window.start), _length(window)
    if length <= 60:
        return window
    begin = start + (length - 60) // 2
    # The hour of a window that crosses midnight may be the next morning's.
    days = window.days if begin < MINUTES_A_DAY else tuple(sorted((day + 1) % 7 for day in window.days))
    return Window(_clock(begin), _clock(begin + 60), days)


@lru_cache(maxsize=256)
def within(window: Window, bounds: Window) -> Window | None:
    """What of a window lies in others' bounds, which do not cross midnight; the longest part where there are two."""
    low, high = _minutes(bounds.start), _minutes(bounds.end)
    start = _minutes(window.start)
    end = start + _length(window)
    today = (max(start, low), min(end, high), 0)
    tomorrow = (max(start, low + MINUTES_A_DAY), min(end, high + MINUTES_A_DAY), 1)
    begin, until, later = max(today, tomorrow, key=lambda part: part[1] - part[0])
    if begin >= until:
        return None
    days = tuple(sorted((day + later) % 7 for day in window.days))
    return replace(window, start=_clock(begin), end=_clock(until), days=days)


def day_start(zone: ZoneInfo, day: date) -> datetime:
    """The first moment of a local day, which in a few places is not midnight."""
    return _instant(day, time(0), zone)


def _span(window: Window, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
    last_day = day + A_DAY if end <= start else day
    return _instant(day, start, zone), _instant(last_day, end, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local time as an instant: of two it is the first (fold 0); one in a gap moves forward, for Python
    reckons it with the offset before the gap."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _length(window: Window) -> int:
    return (_minutes(window.end) - _minutes(window.start)) % MINUTES_A_DAY or MINUTES_A_DAY


def _minutes(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes % MINUTES_A_DAY, 60)
    return f"{hours:02d}:{rest:02d}"
