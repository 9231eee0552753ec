"""Hours of the local day, across DST and midnight. Local time is computed for the target date (lessons 20, 22)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sojourn.delivery.model import Window

DEFAULT_ZONE = "UTC"


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of this name; an unknown one is bad data, not an exception."""
    try:
        return ZoneInfo(name or DEFAULT_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)


def next_open(window: Window, zone: ZoneInfo, at: datetime) -> datetime:
    """The first moment at or after `at` that lies in the window of some local day."""
    today = at.astimezone(zone).date()
    for day in range(-1, 3):
        opens, closes = _span(window, zone, today + timedelta(days=day))
        if at < closes:
            return max(at, opens)
    raise AssertionError("a window opens every day")


def _span(window: Window, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
    last_day = day + timedelta(days=1) if end <= start else day
    return _instant(day, start, zone), _instant(last_day, end, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local time as an instant: of two it is the first (fold 0); one in a gap moves forward, for Python
    reckons it with the offset before the gap."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
