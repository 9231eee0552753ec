"""What a workspace decides of consent: the Config row SETTING / tracking, kept for a minute."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn import config

KIND, TRACKING = "SETTING", "tracking"
ON = "on"
KEPT_SECONDS = 60.0


def read_tracking() -> Mapping[str, Any]:
    """The row {"default": "on" | "off"} as it stands; nothing when nobody decided."""
    row = config.get(KIND, TRACKING)
    return row.data if row else {}


def read_topics() -> Mapping[str, str]:
    """The topics that the preference page offers to everybody, with their labels; the Config row SETTING / topics."""
    row = config.get(KIND, "topics")
    return {str(name): str(label) for name, label in row.data.items()} if row else {}


@dataclass(slots=True)
class TrackingDefault:
    """Whether people who never said a word of it are measured: no, unless the workspace says so."""

    read_row: Callable[[], Mapping[str, Any]] = read_tracking
    elapsed: Callable[[], float] = time.monotonic
    _is_on: bool = False
    _read_at: float | None = None

    def __call__(self) -> bool:
        """The answer, at most a minute old."""
        if self._read_at is None or self.elapsed() - self._read_at >= KEPT_SECONDS:
            self._is_on = self.read_row().get("default") == ON
            self._read_at = self.elapsed()
        return self._is_on
