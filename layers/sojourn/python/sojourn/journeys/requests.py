"""A request to let somebody in: our own event, which whoever reads events acts upon. One key makes one event."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.errors import Hopeless, StoreBusyError
from sojourn.events.model import INTERNAL_SOURCE, NO_TIME, Event, EventType, sort_key
from sojourn.events.store import history, insert
from sojourn.journeys.language.entering import REQUESTED

MOST_PROPERTIES = 32_768  # bytes of JSON


class KeyReusedError(Hopeless):
    """The Idempotency-Key stands for another request."""


def request_entry(
    pk: str, journey: str, properties: Mapping[str, Any], *, at: datetime, key: str = ""
) -> tuple[str, bool]:
    """Write the event; the answer is its message id, and whether it is new. KeyReusedError when the key was used for
    something else before."""
    event = _event(pk, journey, properties, at=at, key=key)
    inserted = insert([event])
    if inserted.failed:
        raise StoreBusyError("events")
    if inserted.written:
        return event.message_id, True
    for there in history([pk], event_name=REQUESTED):
        if there.message_id == event.message_id and there.properties != event.properties:
            raise KeyReusedError(key)
    return event.message_id, False


def _event(pk: str, journey: str, properties: Mapping[str, Any], *, at: datetime, key: str) -> Event:
    """Without a time in its key, so that it is the same whenever it is sent again."""
    told = {**properties, "journey": journey}
    said = f"{journey}|{key}" if key else f"{journey}|{iso(at)}|{pk}|{json.dumps(told, sort_keys=True)}"
    message_id = hashlib.sha256(said.encode()).hexdigest()
    return Event(
        pk=pk,
        sk=sort_key(NO_TIME, INTERNAL_SOURCE, message_id),
        type=EventType.TRACK.value,
        event=REQUESTED,
        at=at,
        received_at=at,
        source=INTERNAL_SOURCE,
        message_id=message_id,
        payload={"properties": told},
    )
