"""When an event happened, from what its client says and when it came in.

no timestamp                  received
not a date of RFC 3339        received, flagged
sentAt up to a year off       timestamp, moved by as much as the client's clock was wrong
sentAt further off            timestamp as it is, flagged (a replay of old events, most likely)
more than 5 minutes ahead     received, flagged
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.clock import iso
from sojourn.events.model import NO_TIME

LONGEST_TIMESTAMP = 64
SHORTEST_TIMESTAMP = len("2026-11-21")
FIRST_YEAR, LAST_YEAR = 1900, 9998  # a time zone may not carry a date out of the calendar
A_YEAR = timedelta(days=366)
AHEAD = timedelta(minutes=5)
NO_SKEW = timedelta()

TIMESTAMP_INVALID = "timestamp_invalid"
TIMESTAMP_FUTURE = "timestamp_future"
SKEW_OVER_A_YEAR = "skew_over_a_year"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """When, how that stands in the key, and what was odd about it."""

    at: datetime
    client_time: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Skew:
    """How far the client's clock was behind ours when it sent; more than a year is no skew but a replay."""

    by: timedelta = NO_SKEW
    is_too_large: bool = False


def skew_of(sent_at: Any, *, wall: datetime) -> Skew:
    """From the client's sentAt and our wall, whatever the calendar says."""
    sent = client_time(sent_at)
    if sent is None:
        return Skew()
    by = wall - sent
    return Skew(is_too_large=True) if abs(by) > A_YEAR else Skew(by)


def occurred(timestamp: Any, skew: Skew, *, received: datetime) -> Occurrence:
    """The table at the top of this module."""
    if timestamp is None:
        return Occurrence(received, NO_TIME)
    stated = client_time(timestamp)
    if stated is None:
        return Occurrence(received, NO_TIME, TIMESTAMP_INVALID)
    at = stated + skew.by
    if at > received + AHEAD:
        return Occurrence(received, iso(stated), TIMESTAMP_FUTURE)
    return Occurrence(at, iso(stated), SKEW_OVER_A_YEAR if skew.is_too_large else "")


def client_time(value: Any) -> datetime | None:
    """The moment that a client wrote as text; a date alone is its midnight, no offset is UTC."""
    if not isinstance(value, str) or not SHORTEST_TIMESTAMP <= len(value) <= LONGEST_TIMESTAMP:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
