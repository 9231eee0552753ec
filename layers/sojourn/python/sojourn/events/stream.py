"""The table's stream: what was inserted, in order; a record that cannot be read is for the operator."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.events.model import Event
from sojourn.events.rejections import RejectedRecord, Rejection
from sojourn.events.store import from_stream

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Sequenced:
    """An event and its place in the stream."""

    event: Event
    sequence: str


def read_stream(records: Iterable[Mapping[str, Any]]) -> tuple[list[Sequenced], list[RejectedRecord]]:
    """The inserted events, and the records that are no events."""
    events: list[Sequenced] = []
    unreadable: list[RejectedRecord] = []
    for index, record in enumerate(records):
        if record.get("eventName") != "INSERT":
            continue
        try:
            events.append(Sequenced(from_stream(record), str(int(record["dynamodb"]["SequenceNumber"]))))
        except UNREADABLE as error:
            rejection = Rejection("unreadable_record", f"{type(error).__name__}: {error}")
            unreadable.append(RejectedRecord(dict(record), rejection, index, "stream", stored=True))
    return events, unreadable


def poisoned(event: Event, reason: str, *, code: str = "no_effect", field: str = "") -> RejectedRecord:
    """The record of an event that could be read and could not take effect; with a `field`, only that had none."""
    record = {
        "pk": event.pk,
        "sk": event.sk,
        "type": event.type,
        "event": event.event,
        "payload": event.payload,
    }
    return RejectedRecord(record, Rejection(code, reason, field), 0, event.source, stored=True)
