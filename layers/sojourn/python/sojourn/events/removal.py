"""Taking events back: of a person who is forgotten, and late ones of somebody who was.

for page in pages_until("u#42", moment):      a page is read, and may be removed, before the next is asked for
    remove_events(map(key_of, page))
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event
from sojourn.events.wire import ROUNDS, chunks, wire

DELETES_A_CALL = 25
UNTIL = "#at <= :until OR #received_at <= :until"

Image = Mapping[str, Any]
RowKey = tuple[str, str]


def is_over(event: Event, erased_at: datetime) -> bool:
    """Whether an event belongs to somebody who was erased at this moment, and not to who they are now.

    It happened until then, or came in until then. Our own events tell of something that was there before.
    """
    return event.at <= erased_at or event.received_at <= erased_at or event.is_internal


def pages_until(pk: str, until: datetime) -> Iterator[list[Image]]:
    """The events of one key that happened or came in until this moment, in pages, strongly read."""
    query: dict[str, Any] = {
        "TableName": wire().settings.events_table,
        "KeyConditionExpression": "#pk = :pk",
        "FilterExpression": UNTIL,
        "ExpressionAttributeNames": {"#pk": "pk", "#at": "at", "#received_at": "received_at"},
        "ExpressionAttributeValues": {":pk": {"S": pk}, ":until": {"S": iso(until)}},
        "ConsistentRead": True,
    }
    while True:
        page = wire().call("query", **query)
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def remove_events(keys: Iterable[RowKey]) -> int:
    """Delete events by their keys; deleting what is gone is no error. The answer is how many were named."""
    return delete_rows(wire().settings.events_table, keys)


def delete_rows(table: str, keys: Iterable[RowKey]) -> int:
    """Delete rows of any table with these two keys, 25 a call."""
    named = 0
    for chunk in chunks(dict.fromkeys(keys), DELETES_A_CALL):
        _delete(table, chunk)
        named += len(chunk)
    return named


def key_of(image: Image) -> RowKey:
    """The key of a row in DynamoDB's own JSON."""
    return image["pk"]["S"], image["sk"]["S"]


def _delete(table: str, keys: list[RowKey]) -> None:
    requests = [{"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for pk, sk in keys]
    waiting: Any = {table: requests}
    for round_number in range(ROUNDS):
        if round_number:
            wire().pause(round_number)
        waiting = wire().call("batch_write_item", RequestItems=waiting).get("UnprocessedItems") or {}
        if not waiting:
            return
    raise StoreBusyError("batch_write_item: unprocessed items")
