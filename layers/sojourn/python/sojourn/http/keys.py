"""Keys by their hash: a presented key is looked up, never compared, so timing tells nothing.

keys.find("write", presented) → Key(name) or None
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sojourn import config
from sojourn.clock import Clock
from sojourn.tables import store_errors_translated

KIND = "KEY"
LONGEST_KEY = 256
REMEMBERED_FOR = timedelta(seconds=60)  # a revoked key works on for so long at most
REMEMBERED_REFUSALS_FOR = timedelta(seconds=5)  # a new key is known after so long at most
MOST_REMEMBERED = 1_000
RESERVED_NAME = "sojourn"  # the source of our own events; nobody may sign with it

Lookup = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is good; its name is the source of what comes in with it."""

    name: str


def key_row_id(kind: str, presented: str) -> str:
    """Where a key of this kind (`write`, `api`) stands in the Config table."""
    return f"{kind}#{hashlib.sha256(presented.encode('utf-8', 'replace')).hexdigest()}"


def read_key_row(row_id: str) -> Mapping[str, Any] | None:
    """The Config row of a key."""
    with store_errors_translated():
        row = config.get(KIND, row_id)
    return row.data if row else None


@dataclass(slots=True)
class Keys:
    """The keys that this container has met lately."""

    clock: Clock
    lookup: Lookup = read_key_row
    _met: dict[str, tuple[datetime, Key | None]] = field(default_factory=dict)

    def find(self, kind: str, presented: str) -> Key | None:
        """The key, when it is known and active."""
        if not 0 < len(presented) <= LONGEST_KEY:
            return None
        row_id = key_row_id(kind, presented)
        until, key = self._met.get(row_id, (None, None))
        if until is not None and self.clock.wall() < until:
            return key
        return self._meet(row_id)

    def _meet(self, row_id: str) -> Key | None:
        key = _key(self.lookup(row_id))
        if len(self._met) >= MOST_REMEMBERED:  # strangers try keys: forget all rather than grow
            self._met.clear()
        span = REMEMBERED_FOR if key else REMEMBERED_REFUSALS_FOR
        self._met[row_id] = (self.clock.wall() + span, key)
        return key


def _key(row: Mapping[str, Any] | None) -> Key | None:
    if row is None or row.get("active") is not True:
        return None
    name = row.get("name")
    if not isinstance(name, str) or not name or "#" in name or name == RESERVED_NAME:
        return None
    return Key(name)
