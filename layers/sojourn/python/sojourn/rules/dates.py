"""Dates as data hold them: a day, or a day with a time. Pure.

A date alone is its midnight on the contact's wall, and so is a time without an offset. Nothing here raises: the ends of
the calendar stay within it.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sojourn.rules.spans import on_the_wall

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.{0,40}")
PAST, FAR = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def moment_of(value: Any, zone: tzinfo) -> datetime | None:
    """The moment (UTC) that a value names; None when it names none."""
    said = _read(value)
    if said is None:
        return None
    return _in_utc(said if isinstance(said, datetime) else datetime.combine(said, time()), zone)


def day_of(value: Any, zone: tzinfo) -> date | None:
    """The day that a value names: of a moment, the one on the contact's wall."""
    said = _read(value)
    if not isinstance(said, datetime):
        return said
    try:
        return said.date() if said.tzinfo is None else said.astimezone(zone).date()
    except (OverflowError, ValueError):
        return said.date()


def end_of(value: Any, zone: tzinfo) -> datetime | None:
    """The first moment after a day that a value names; None when it names a moment, or nothing."""
    said = _read(value)
    if said is None or isinstance(said, datetime):
        return None
    return midnight(said, zone, days=1)


def midnight(day: date, zone: tzinfo, *, days: int = 0) -> datetime:
    """The moment when a day begins on the wall, or one some days after it."""
    try:
        return _in_utc(datetime.combine(day + timedelta(days=days), time()), zone)
    except OverflowError:
        return FAR if days > 0 else PAST


def _read(value: Any) -> date | datetime | None:
    if not isinstance(value, str):
        return value if isinstance(value, date) else None
    try:
        if DAY.fullmatch(value):
            return date.fromisoformat(value)
        return datetime.fromisoformat(value) if MOMENT.fullmatch(value) else None
    except ValueError:
        return None


def _in_utc(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return on_the_wall(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return PAST if moment.year < 100 else FAR
