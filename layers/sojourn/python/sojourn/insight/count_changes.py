"""From a batch of the People stream to the counters: one transaction, counted once however often the batch comes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sojourn import telemetry
from sojourn.errors import PoisonRecordError
from sojourn.insight.counting import Change, Deltas, deltas, merged
from sojourn.insight.store import add
from sojourn.telemetry import Metric

Record = Mapping[str, Any]


def count_changes(records: Sequence[Record], *, wall: datetime) -> None:
    """Add up what the batch changes; a record that cannot be read is counted as poison and passed over."""
    moved = merged(_readable(records))
    counted = add(moved, batch=[_sequence(record) for record in records], wall=wall) if moved else False
    telemetry.note(
        "changes counted", records=len(records), rows=len(moved), repeated=bool(moved) and not counted
    )


def _readable(records: Sequence[Record]) -> Iterator[Deltas]:
    for record in records:
        try:
            yield deltas(Change.from_record(record))
        except PoisonRecordError as error:
            telemetry.count(Metric.RECORDS_POISONED)
            telemetry.warn("record passed over", sequence=_sequence(record), error=str(error))


def _sequence(record: Record) -> str:
    """The record's sequence number; "" of one that has none, which is as good a name as any for poison."""
    images = record.get("dynamodb")
    return str(images.get("SequenceNumber", "")) if isinstance(images, Mapping) else ""
