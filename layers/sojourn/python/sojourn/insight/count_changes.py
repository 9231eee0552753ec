"""From a batch of the People stream to the counters: one transaction, counted once however often the batch comes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sojourn import telemetry
from sojourn.errors import PoisonRecordError
from sojourn.insight.counting import Change, Deltas, deltas, merged
from sojourn.insight.daily import with_days
from sojourn.insight.reputation import on_one_row, reputation_deltas
from sojourn.insight.store import add
from sojourn.telemetry import Metric

Record = Mapping[str, Any]


def count_changes(records: Sequence[Record], *, wall: datetime) -> None:
    """Add up what the batch changes; a record that cannot be read is counted as poison and passed over."""
    batch = [_sequence(record) for record in records]
    moved = with_days(on_one_row(merged(_readable(records))), batch)
    counted = add(moved, batch=batch, wall=wall) if moved else False
    is_repeated = bool(moved) and not counted
    # Counted once, it is nothing that the stream's own metrics do not say.
    say = telemetry.note if is_repeated else telemetry.detail
    say("changes counted", records=len(records), rows=len(moved), repeated=is_repeated)


def _readable(records: Sequence[Record]) -> Iterator[Deltas]:
    for record in records:
        try:
            change = Change.from_record(record)
            yield deltas(change)
            yield reputation_deltas(change)
        except PoisonRecordError as error:
            telemetry.count(Metric.RECORDS_POISONED)
            telemetry.warn("record passed over", sequence=_sequence(record), error=str(error))


def _sequence(record: Record) -> str:
    """The record's sequence number; "" of one that has none, which is as good a name as any for poison."""
    images = record.get("dynamodb")
    return str(images.get("SequenceNumber", "")) if isinstance(images, Mapping) else ""
