"""What the operator keeps of a request: records that were turned away, and how many were there already.

A client is told at once what was turned away: nothing here fails a request whose good events are stored, and what
cannot be written is logged. A stream, or a shop, is told nothing: for them it is written, or they come again.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sojourn import telemetry
from sojourn.errors import StoreBusyError
from sojourn.events.encode import encode_json
from sojourn.events.rejections import RejectedRecord
from sojourn.events.surroundings import truncated_ip
from sojourn.events.wire import ROUNDS, chunks, wire

SHARDS = 8
PUTS_A_CALL = 25
LONGEST_RECORD = 64 * 1024
SECRETS = {"writeKey", "userHash", "previousHash"}


def keep_rejected(records: Iterable[RejectedRecord], *, received_at: str) -> None:
    """Write the whole records with their reasons, for as long as the workspace keeps them; or log that it cannot be."""
    there = list(records)
    try:
        write_rejected(there, received_at=received_at)
    except StoreBusyError as error:
        telemetry.warn("rejected events not kept", error=str(error), count=len(there))


def write_rejected(records: Iterable[RejectedRecord], *, received_at: str) -> None:
    """The same; StoreBusyError when the table does not take them."""
    kept_for = timedelta(days=int(wire().settings.rejected_events_kept_days))
    ttl = int((wire().clock.wall() + kept_for).timestamp())
    rows = {}
    for record in records:
        row = rejected_row(record, received_at=received_at, ttl=ttl)
        rows[row["pk"]["S"], row["sk"]["S"]] = row  # a call that names a key twice would be refused
    for chunk in chunks(rows.values(), PUTS_A_CALL):
        _put({wire().settings.rejected_events_table: [{"PutRequest": {"Item": row}} for row in chunk]})


def count_duplicates(count: int, *, received_at: str) -> None:
    """Add to the day's figure; costs nothing on a day without duplicates."""
    if not count:
        return
    try:
        wire().call(
            "update_item",
            TableName=wire().settings.counters_table,
            Key={"pk": {"S": "events"}, "sk": {"S": received_at[:10]}},
            UpdateExpression="ADD duplicates :count",
            ExpressionAttributeValues={":count": {"N": str(count)}},
        )
    except StoreBusyError as error:
        telemetry.warn("duplicates not counted", error=str(error), count=count)


def rejected_row(record: RejectedRecord, *, received_at: str, ttl: int) -> dict[str, Any]:
    """The row of a record; `truncated` when the record is longer than a row should be."""
    text = _text(record.record)
    digest = hashlib.sha256(f"{record.index}|{record.rejection.field}|{text}".encode()).hexdigest()
    cut, is_cut = _cut(text)
    row = {
        "pk": {"S": f"{received_at[:10]}#{int(digest[:8], 16) % SHARDS}"},
        "sk": {"S": f"{received_at}#{digest[:20]}"},
        "code": {"S": record.rejection.code},
        "reason": {"S": record.rejection.message},
        "field": {"S": record.rejection.field},
        "source": {"S": record.source},
        "stored": {"BOOL": record.stored},
        "record": {"S": cut},
        "ttl": {"N": str(ttl)},
    }
    return {**row, "truncated": {"BOOL": True}} if is_cut else row


def _text(record: Any) -> str:
    if isinstance(record, dict):
        record = {key: value for key, value in record.items() if key not in SECRETS}
        record = _without_whole_ip(record)
    try:
        return encode_json(record)[0]
    except RecursionError:
        return json.dumps("nests too deep to be written down")


def _without_whole_ip(record: dict[str, Any]) -> dict[str, Any]:
    context = record.get("context")
    if not isinstance(context, dict) or not isinstance(context.get("ip"), str):
        return record
    return {**record, "context": {**context, "ip": truncated_ip(context["ip"])}}


def _cut(text: str) -> tuple[str, bool]:
    raw = text.encode()
    if len(raw) <= LONGEST_RECORD:
        return text, False
    return raw[:LONGEST_RECORD].decode(errors="ignore"), True


def _put(waiting: dict[str, Any]) -> None:
    for round_number in range(ROUNDS):
        if round_number:
            wire().pause(round_number)
        waiting = wire().call("batch_write_item", RequestItems=waiting).get("UnprocessedItems") or {}
        if not waiting:
            return
    raise StoreBusyError("batch_write_item: unprocessed items")
