"""Two clocks, both passed in.

The *calendar* is the time of events, waits, hours and windows; the *wall* is the time of leases, rates, TTL and
metrics. In production they are one. On the local cloud the calendar starts at an origin and runs `pace` times faster.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self
from urllib.parse import urlsplit

from sojourn.errors import PaceRefusedError

LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}


class Clock(Protocol):
    """What the code knows of time."""

    @property
    def pace(self) -> float:
        """Calendar seconds that pass in one wall second."""
        ...

    def calendar(self) -> datetime:
        """Now, for whatever people experience."""
        ...

    def wall(self) -> datetime:
        """Now, for whatever machines experience."""
        ...

    def pause(self, seconds: float) -> None:
        """Let so much of the wall's time pass."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock; its calendar may be paced, on the local cloud only."""

    pace: float = 1.0
    calendar_start: datetime | None = None
    wall_start: datetime | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """A plain clock, or a paced one when SOJOURN_PACE and its companions are set."""
        if "SOJOURN_PACE" not in env:
            return cls()
        if not is_on_loopback(env):
            raise PaceRefusedError
        return cls(
            pace=float(env["SOJOURN_PACE"]),
            calendar_start=parse_iso(env["SOJOURN_CALENDAR_START"]),
            wall_start=parse_iso(env["SOJOURN_CALENDAR_WALL"]),
        )

    def calendar(self) -> datetime:
        """Now on the calendar."""
        now = datetime.now(UTC)
        if self.calendar_start is None or self.wall_start is None:
            return now
        return self.calendar_start + (now - self.wall_start) * self.pace

    def wall(self) -> datetime:
        """Now on the wall."""
        return datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        """Do nothing for so long."""
        time.sleep(seconds)


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until it is told to move: for tests and rehearsals."""

    now: datetime
    pace: float = 1.0

    def calendar(self) -> datetime:
        """The moment it was last moved to."""
        return self.now

    def wall(self) -> datetime:
        """The same moment: walls and calendars agree in tests."""
        return self.now

    def pause(self, seconds: float) -> None:
        """Nobody waits: the clock moves on."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self.now += timedelta(seconds=seconds)


def is_on_loopback(env: Mapping[str, str] = os.environ) -> bool:
    """Whether AWS is this machine: some things are allowed there alone."""
    return urlsplit(env.get("AWS_ENDPOINT_URL", "")).hostname in LOOPBACK_HOSTS


_given: list[Clock] = []


def use_clock(clock: Clock | None) -> None:
    """Live by this clock from now on: for tests and rehearsals. None gives the machine's own back."""
    _given[:] = [clock] if clock else []


def machine_clock() -> Clock:
    """The clock that a container lives by: the one it was given, or the machine's own."""
    return _given[0] if _given else SystemClock.from_env()


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: sorts as text in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_iso(text: str) -> datetime:
    """The aware UTC datetime that `iso` wrote (any RFC 3339 offset is accepted)."""
    return datetime.fromisoformat(text).astimezone(UTC)
