"""Hours of the local day, across DST and midnight. Local time is computed for the target date (lessons 20, 22)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sojourn.contacts.zones import zone_named
from sojourn.delivery.model import Window

DEFAULT_ZONE = "UTC"
LOOKED_AHEAD = timedelta(days=8)  # every weekday, and across any change of the clocks
MINUTES_A_DAY = 24 * 60


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of this name; an unknown one is bad data, not an exception."""
    return zone_named(name) or ZoneInfo(DEFAULT_ZONE)


def next_open(window: Window, zone: ZoneInfo, at: datetime) -> datetime:
    """The first moment at or after `at` that lies in the window of some local day."""
    today = at.astimezone(zone).date()
    for day in range(-1, 3):
        opens, closes = _span(window, zone, today + timedelta(days=day))
        if at < closes:
            return max(at, opens)
    raise AssertionError("a window opens every day")


def next_open_in_all(window: Window, zones: Iterable[ZoneInfo], at: datetime) -> datetime | None:
    """The first moment that lies in the window of every zone; None when there is none."""
    zones = tuple(zones)
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
    return Window(_clock(begin), _clock(begin + 60))


def _span(window: Window, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
    last_day = day + timedelta(days=1) if end <= start else day
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
