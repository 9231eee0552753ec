"""Rows of counters, and the pages of what a contact did and was sent."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import islice
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from sojourn.errors import StoreBusyError
from sojourn.events.model import Event
from sojourn.events.store import from_image
from sojourn.events.wire import wire
from sojourn.insight.counting import JOURNEY, REPUTATION, CounterKey, Deltas, Figures
from sojourn.tables import CounterRow, condition_failed, connection

CONDITION_FAILED = "ConditionalCheckFailed"
ROWS_A_TRANSACTION = 99  # of 100 items, one says that the batch is counted
KEPT = timedelta(days=1)  # streams repeat a batch within a day
REPUTATION_KEPT = timedelta(days=3)  # nobody asks for more than a day of it
CLAIM_KEPT = timedelta(days=3)  # an order is told twice within minutes


class BatchRow(CounterRow):
    """A batch of the stream that is counted already; and whatever else is kept for a time."""

    ttl = NumberAttribute()


class ClaimRow(BatchRow):
    """Something that counts once, and by whose word."""

    by = UnicodeAttribute()


def claim(name: str, by: str, *, wall: datetime) -> bool:
    """Whether it counts by this word: the first that says it, however often it does."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    nobody_yet = ClaimRow.pk.does_not_exist()
    mine_already = ClaimRow.by == by
    row = ClaimRow(f"CLAIM#{digest}", "-", by=by, ttl=int((wall + CLAIM_KEPT).timestamp()))
    try:
        row.save(condition=nobody_yet | mine_already)
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def add(deltas: Deltas, *, batch: Sequence[str], wall: datetime) -> bool:
    """Add to the counters, once for these sequence numbers; False when they were all counted before."""
    digest = hashlib.sha256(f"{batch[0]}|{batch[-1]}".encode()).hexdigest()[:32]
    rows = iter(sorted(deltas.items()))
    parts = iter(lambda: dict(islice(rows, ROWS_A_TRANSACTION)), {})
    done = [_add_part(part, f"BATCH#{digest}", str(number), wall) for number, part in enumerate(parts)]
    return any(done)


def figures_of(name: str, kind: str = JOURNEY, *, after: str = "") -> Iterator[tuple[CounterKey, Figures]]:
    """Every counter row of a journey, or of a segment, by day; `after` leaves out those before a day."""
    table = CounterRow._get_connection()  # the metrics are free attributes, which a Model drops
    is_later = CounterRow.sk > after if after else None
    start = None
    while True:
        page = table.query(f"{kind}#{name}", is_later, exclusive_start_key=start)
        for row in page["Items"]:
            numbers = {name: int(value["N"]) for name, value in row.items() if "N" in value}
            yield CounterKey.from_row(row["pk"]["S"], row["sk"]["S"]), numbers
        start = page.get("LastEvaluatedKey")
        if not start:
            return


def events_before(pks: Sequence[str], before: tuple[str, str] | None, limit: int) -> tuple[list[Event], bool]:
    """The `limit` latest events of these identities before a (sk, pk), latest first, and whether there are more."""
    images = (image for pk in pks for image in _latest(pk, before, limit + 1))
    found = nlargest(limit + 1, images, key=_place)
    return [from_image(image) for image in found[:limit]], len(found) > limit


def _place(image: Any) -> tuple[str, str]:
    return image["sk"]["S"], image["pk"]["S"]


def _latest(pk: str, before: tuple[str, str] | None, limit: int) -> Iterator[Any]:
    """Rows of one identity, latest first. One with the very key of another identity's may stand before it or not."""
    bound = before if before and pk < before[1] else (before[0], "") if before else None
    condition, values = "pk = :pk", {":pk": {"S": pk}}
    if bound:
        condition += " AND sk <= :before" if bound[1] else " AND sk < :before"
        values[":before"] = {"S": bound[0]}
    query: dict[str, Any] = {
        "TableName": wire().settings.events_table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": False,
    }
    while limit > 0:
        page = wire().call("query", Limit=limit, **query)
        yield from page["Items"]
        limit -= len(page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _add_part(deltas: Deltas, batch: str, part: str, wall: datetime) -> bool:
    not_counted_yet = BatchRow.pk.does_not_exist()
    try:
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(
                BatchRow(batch, part, ttl=int((wall + KEPT).timestamp())), condition=not_counted_yet
            )
            for key, figures in deltas.items():
                actions: list[Action] = [
                    Path([metric]).add(amount) for metric, amount in sorted(figures.items())
                ]
                if key.kind == REPUTATION:
                    actions.append(BatchRow.ttl.set(int((wall + REPUTATION_KEPT).timestamp())))
                transaction.update(CounterRow(key.pk, key.sk), actions=actions)
    except TransactWriteError as error:
        if any(reason and reason.code == CONDITION_FAILED for reason in error.cancellation_reasons):
            return False
        raise StoreBusyError("the counters are busy") from error
    return True
