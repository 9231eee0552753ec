"""How fast the calendar runs, and from when."""

from __future__ import annotations

import json
import math
import os
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from infra.local.state import Local, StartError
from sojourn.clock import iso, parse_iso


@dataclass(frozen=True, slots=True)
class Pace:
    """PACE calendar seconds in a wall second; the calendar shows `start` when the wall shows `wall`."""

    pace: float
    start: str
    wall: str

    @classmethod
    def from_env(cls, now: datetime, env: Mapping[str, str] = os.environ) -> Self:
        """What was asked for by PACE and CALENDAR_START; without them, the world's own time."""
        try:
            pace = float(env.get("PACE") or 1)
            start = parse_iso(env["CALENDAR_START"]) if env.get("CALENDAR_START") else now
        except ValueError as error:
            raise StartError(f"PACE is a number, CALENDAR_START an RFC 3339 instant: {error}") from None
        if not (math.isfinite(pace) and pace > 0):
            raise StartError(f"PACE must be above 0, not {pace}")
        return cls(pace, iso(start), iso(now))

    def environment(self) -> dict[str, str]:
        """What the functions' clock reads."""
        return {
            "SOJOURN_PACE": f"{self.pace:g}",
            "SOJOURN_CALENDAR_START": self.start,
            "SOJOURN_CALENDAR_WALL": self.wall,
        }

    @property
    def is_the_worlds(self) -> bool:
        """The calendar is the wall's own: nothing to set when all is ready."""
        return self.pace == 1 and self.start == self.wall


def start_calendar(local: Local) -> Local:
    """From now on it is `calendar_start`, for functions and post office; local.json says so too.

    For when all is ready: after a deployment, or when a demo begins. Nobody should be on a journey yet.
    """
    wall = iso(datetime.now(UTC))
    clock = {"SOJOURN_CALENDAR_START": local.calendar_start, "SOJOURN_CALENDAR_WALL": wall}
    _post(f"{local.endpoint_url}/_sojourn/clock", clock)
    _post(f"{local.post_office_url}/config", {"calendar_wall": wall})
    started = replace(local, calendar_wall=wall)
    started.write()
    return started


def _post(url: str, value: Mapping[str, object]) -> None:
    request = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=60).close()
