"""The Events table.

bind(settings, clock=...)                     once per container; else the environment says
insert([event, ...])                          first wins: what is there already is counted, not written
history(["u#42"], since, "Order Completed")   what happened, strongly read
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sojourn.clock import iso, parse_iso
from sojourn.events.encode import decode
from sojourn.events.insertion import Inserted, Row, insert, insert_rows
from sojourn.events.model import Event, Trust
from sojourn.events.wire import bind, wire

SERVER = {"S": Trust.SERVER.value}  # rows of before keys had kinds

__all__ = ["Inserted", "Row", "bind", "from_image", "from_stream", "history", "insert", "insert_rows"]


def history(
    pks: Iterable[str], since: datetime | None = None, event_name: str | None = None
) -> Iterator[Event]:
    """The events of these keys that happened at or after `since`, strongly read.

    Keys sort by the client's own time, which may be wrong: so a person is read whole, and judged by `at`.
    """
    tests = _tests(since, event_name)
    for pk in pks:
        for image in _query(pk, tests):
            yield from_image(image)


def from_stream(record: Mapping[str, Any]) -> Event:
    """The event that a record of the table's stream is about."""
    return from_image(record["dynamodb"]["NewImage"])


def from_image(image: Mapping[str, Any]) -> Event:
    """The event of a row in DynamoDB's own JSON."""
    pk = image["pk"]["S"]
    return Event(
        pk=pk,
        sk=image["sk"]["S"],
        type=image["type"]["S"],
        event=image["event"]["S"],
        at=parse_iso(image["at"]["S"]),
        received_at=parse_iso(image["received_at"]["S"]),
        source=image["source"]["S"],
        message_id=image["message_id"]["S"],
        payload=decode(pk, image["payload"]["S"]),
        trust=Trust(image.get("trust", SERVER)["S"]),
    )


def _tests(since: datetime | None, event_name: str | None) -> dict[str, Any]:
    """A filter for DynamoDB; canonical times compare as texts."""
    conditions, names, values = [], {}, {}
    if since is not None:
        conditions.append("#at >= :since")
        names["#at"], values[":since"] = "at", {"S": iso(since)}
    if event_name is not None:
        conditions.append("#event = :event")
        names["#event"], values[":event"] = "event", {"S": event_name}
    if not conditions:
        return {}
    return {"FilterExpression": " AND ".join(conditions), "ExpressionAttributeNames": names, "values": values}


def _query(pk: str, tests: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    more = {key: value for key, value in tests.items() if key != "values"}
    values = {":pk": {"S": pk}, **tests.get("values", {})}
    while True:
        page = wire().call(
            "query",
            TableName=wire().settings.events_table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            **more,
        )
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        more["ExclusiveStartKey"] = page["LastEvaluatedKey"]
