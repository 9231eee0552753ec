"""An event, as it stands in the table and as everything downstream sees it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sojourn.clock import iso

INTERNAL_SOURCE = "sojourn"  # the source of events that our own functions write
IMPORT_PREFIX = "import:"  # of the source of imported events; no key may bear such a name
IMPORTED_ROW = re.compile(r"[0-9a-f]{32}-(\d{1,9})")  # at the beginning of an imported event's id
NO_TIME = "-"  # stands in the key of an event whose client named no time


class EventType(StrEnum):
    """The six calls of Segment's specification."""

    TRACK = "track"
    IDENTIFY = "identify"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


class Trust(StrEnum):
    """What the key of a call proves: a browser's key is public, so anybody may have written what came with it."""

    SERVER = "server"
    PROVED = "proved"  # a browser's key, and the hash that proves its user
    BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that somebody did; `at` is the calendar's time, corrected for the client's clock."""

    pk: str
    sk: str
    type: str
    event: str
    at: datetime
    received_at: datetime
    source: str
    message_id: str
    payload: Mapping[str, Any]
    trust: Trust = Trust.SERVER

    @property
    def key(self) -> str:
        """What names this event everywhere else."""
        return f"{self.pk}|{self.sk}"

    @property
    def properties(self) -> Mapping[str, Any]:
        """What a track call tells of the deed."""
        return self.payload.get("properties") or {}

    @property
    def traits(self) -> Mapping[str, Any]:
        """What an identify call tells of the person."""
        return self.payload.get("traits") or {}

    @property
    def context(self) -> Mapping[str, Any]:
        """What the client tells of its surroundings."""
        return self.payload.get("context") or {}

    @property
    def is_internal(self) -> bool:
        """Whether one of our own functions wrote it."""
        return self.source == INTERNAL_SOURCE

    @property
    def is_imported(self) -> bool:
        """Whether it came in bulk: imported history moves nobody."""
        return self.source.startswith(IMPORT_PREFIX)

    @property
    def row(self) -> int:
        """Where it stood in the file that it came in; 0 for what came otherwise."""
        found = IMPORTED_ROW.match(self.message_id) if self.is_imported else None
        return int(found[1]) if found else 0


def sort_key(client_time: str, source: str, message_id: str) -> str:
    """Sorts by the client's own time; the source keeps two clients' message ids apart."""
    return f"{client_time}#{source}#{message_id}"


def internal_event(
    pk: str, name: str, *, at: datetime, message_id: str, properties: Mapping[str, Any]
) -> Event:
    """A track event of our own; the same `at` and `message_id` make the same event, however often it is written."""
    return Event(
        pk=pk,
        sk=sort_key(iso(at), INTERNAL_SOURCE, message_id),
        type=EventType.TRACK.value,
        event=name,
        at=at,
        received_at=at,
        source=INTERNAL_SOURCE,
        message_id=message_id,
        payload={"properties": dict(properties)},
    )
