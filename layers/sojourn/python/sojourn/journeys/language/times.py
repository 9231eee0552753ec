"""Times as a journey says them: how long, during which hours, until which moment, counted from what. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Self

from sojourn.rules.literals import path_of, path_said

Definition = dict[str, Any]


class Unit(StrEnum):
    """The units of a duration. A day is 24 hours."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3_600, Unit.DAY: 86_400, Unit.WEEK: 604_800}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DURATION = re.compile(r"([0-9]{1,9}) *(minute|hour|day|week)s?")
CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9])"
DAY = "|".join(DAYS)
HOURS = re.compile(
    rf"(?:((?:{DAY})(?: *- *(?:{DAY}))?(?: *, *(?:{DAY})(?: *- *(?:{DAY}))?)*) +)?{CLOCK} *[-–] *{CLOCK}"
)
MOMENT = re.compile(rf"(?:({'|'.join(WEEKDAYS)}))?(?: *{CLOCK})?")


@dataclass(frozen=True, slots=True)
class Duration:
    """`2 days`: a whole number of one unit."""

    amount: int
    unit: Unit

    @property
    def seconds(self) -> int:
        """Calendar seconds."""
        return self.amount * SECONDS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}{'' if self.amount == 1 else 's'}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The duration that the words name; ValueError when they name none."""
        match = DURATION.fullmatch(text.strip())
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), Unit(match[2]))


@dataclass(frozen=True, slots=True)
class Hours:
    """`mon-fri 09:00-17:00`: a half-open window of local days (all of them, unless said); it may cross midnight.

    `days` are numbers from 0, Monday: the day on which the window opens.
    """

    start: time
    end: time
    days: tuple[int, ...] = ()

    def __str__(self) -> str:
        days = f"{','.join(DAYS[day] for day in self.days)} " if self.days else ""
        return f"{days}{self.start:%H:%M}-{self.end:%H:%M}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The window that the words name; ValueError when they name none."""
        match = HOURS.fullmatch(text.strip().lower())
        if match is None:
            raise ValueError(text)
        days, *clock = match.groups()
        start_hour, start_minute, end_hour, end_minute = map(int, clock)
        return cls(time(start_hour, start_minute), time(end_hour, end_minute), _days(days or ""))


@dataclass(frozen=True, slots=True)
class Clock:
    """`monday 09:00`: the next such moment where the contact is; a time of day, a weekday, or both."""

    at: time | None = None
    weekday: int | None = None

    def __str__(self) -> str:
        parts = (
            WEEKDAYS[self.weekday] if self.weekday is not None else "",
            f"{self.at:%H:%M}" if self.at else "",
        )
        return " ".join(part for part in parts if part)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The moment that the words name; ValueError when they name none."""
        match = MOMENT.fullmatch(text.strip().lower())
        if match is None or not any(match.groups()):
            raise ValueError(text)
        day, hour, minute = match.groups()
        return cls(time(int(hour), int(minute)) if hour else None, WEEKDAYS.index(day) if day else None)


class Of(StrEnum):
    """Whose date it is."""

    CONTACT = "contact"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Date:
    """A date of the contact, or of the event that let them in, and a distance from it: `3 days before renewal_date`.

    `at` is the local time of that day; without it a bare date means 00:00, and a date with a time keeps it. `yearly`
    takes the next return of the day, 29 February on the 28th in other years.
    """

    path: tuple[str, ...]
    of: Of = Of.CONTACT
    offset: Duration | None = None
    is_before: bool = False
    at: time | None = None
    yearly: bool = False

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        key = "before" if self.is_before else "after"
        return {
            "date": path_said(self.path),
            **({"of": self.of.value} if self.of is not Of.CONTACT else {}),
            **({key: str(self.offset)} if self.offset else {}),
            **({"at": f"{self.at:%H:%M}"} if self.at else {}),
            **({"yearly": True} if self.yearly else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        offset = definition.get("before") or definition.get("after")
        return cls(
            path=path_of(definition["date"]),
            of=Of(definition.get("of", Of.CONTACT)),
            offset=Duration.from_text(offset) if offset else None,
            is_before="before" in definition,
            at=time.fromisoformat(definition["at"]) if "at" in definition else None,
            yearly=definition.get("yearly", False),
        )


class Anchor(StrEnum):
    """The moment of a message from which a wait counts; while it has not come, from when it was sent."""

    SENT = "sent"
    PLANNED = "planned"  # when the contact came to it: holds do not push later waits
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"


@dataclass(frozen=True, slots=True)
class Since:
    """`since: {delivered: Send the welcome}`."""

    anchor: Anchor
    send: str

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {self.anchor.value: self.send}

    @classmethod
    def from_definition(cls, definition: Mapping[str, str]) -> Self:
        """What `to_definition` wrote."""
        ((anchor, send),) = definition.items()
        return cls(Anchor(anchor), send)


def _days(text: str) -> tuple[int, ...]:
    """`mon-wed, fri` as numbers; a range may go over Sunday."""
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, *ends = (DAYS.index(each.strip()) for each in part.split("-"))
        last = ends[0] if ends else first
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return tuple(sorted(found))
