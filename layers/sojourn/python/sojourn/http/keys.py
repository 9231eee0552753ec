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
LONGEST_NAME = 100  # it is part of every event's range key, which has 1,024 bytes
SERVER, BROWSER = "server", "browser"
WRITE = "write"
REMEMBERED_FOR = timedelta(seconds=60)  # a revoked key works on for so long at most
REMEMBERED_REFUSALS_FOR = timedelta(seconds=5)  # a new key is known after so long at most
MOST_REMEMBERED = 1_000
RESERVED_NAME = "sojourn"  # the source of our own events; nobody may sign with it
API_SOURCE = "api"  # the source of what operators say

Lookup = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is good; its name is the source of what comes in with it.

    A `browser` key is public: anybody may read it on the page that it serves.
    """

    name: str
    is_browser: bool = False
    origins: tuple[str, ...] = ()  # whose pages may use it; none named: any page
    rate: int | None = None  # requests in a second, where the key has a limit of its own
    role: str = "admin"  # of an API key; keys older than roles have none, and may everything

    def is_for(self, origin: str | None) -> bool:
        """Whether a page of this origin may use it. Programs name no origin: a list keeps pages out, nobody else."""
        return not self.origins or origin is None or origin.lower() in self.origins


def key_row_id(kind: str, presented: str) -> str:
    """Where a key of this kind (`write`, `api`) stands in the Config table."""
    return f"{kind}#{hashlib.sha256(presented.encode('utf-8', 'replace')).hexdigest()}"


def read_key_row(row_id: str) -> Mapping[str, Any] | None:
    """The Config row of a key."""
    with store_errors_translated():
        row = config.get(KIND, row_id)
    return row.data if row else None


def active(kind: str) -> tuple[Key, ...]:
    """All good keys of this kind, as far as people know them: name and role."""
    with store_errors_translated():
        keys = [_key(row.data) for row in config.query(KIND, f"{kind}#")]
    return tuple(key for key in keys if key)


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
        if until is None or self.clock.wall() >= until:
            key = self._meet(row_id)
        # What stands on public pages opens nothing but the door for events.
        return None if key and key.is_browser and kind != WRITE else key

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
    if not isinstance(name, str) or not is_key_name(name):
        return None
    is_browser = row.get("kind") == BROWSER
    rate = row.get("rate")
    return Key(
        name,
        is_browser,
        tuple(row.get("origins") or ()) if is_browser else (),
        rate if isinstance(rate, int) and not isinstance(rate, bool) and rate > 0 else None,
        str(row.get("role") or "admin"),
    )


def is_key_name(name: str) -> bool:
    """Whether a key may bear this name: our own events and imports have sources that nobody else may sign with."""
    is_plain = bool(name.strip()) and len(name) <= LONGEST_NAME and "#" not in name and ":" not in name
    return is_plain and name not in (RESERVED_NAME, API_SOURCE)
