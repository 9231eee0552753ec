"""Requests in DynamoDB's own words, for the path that every message pays: PynamoDB builds the same ones, and reads
the same rows, at half as much CPU again as botocore needs for the call itself. Everything else goes through PynamoDB.

    failed = transact([check(key, "#status = :active", {":active": {"S": "active"}}), put(item, "…", {…})])

An expression names attributes as `#name`, so no reserved word is in the way. All of it but `find` is about the People
table.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.models import Model

from sojourn.errors import StoreBusyError
from sojourn.tables import PeopleRow, connection

M = TypeVar("M", bound=Model)
Key = tuple[str, str]
Value = Mapping[str, Any]  # {"S": "text"}
Write = dict[str, dict[str, Any]]

ABSENT = "attribute_not_exists(#pk)"
CONDITION_FAILED = "ConditionalCheckFailed"
CANCELLED = "TransactionCanceledException"
ROUNDS = 5  # of reading what a busy table left out
NAME = re.compile(r"#(\w+)")


def text(value: str) -> Value:
    """A text as DynamoDB spells it."""
    return {"S": value}


def number(value: int) -> Value:
    """A number as DynamoDB spells it."""
    return {"N": str(value)}


def truth(*, value: bool) -> Value:
    """Yes or no as DynamoDB spells it."""
    return {"BOOL": value}


def check(key: Key, condition: str, values: Mapping[str, Value]) -> Write:
    """The transaction holds only if this is so."""
    return {"ConditionCheck": {"Key": _key(key), **_said({"ConditionExpression": condition}, values)}}


def put(item: Mapping[str, Value], condition: str, values: Mapping[str, Value]) -> Write:
    """Write a whole row."""
    return {"Put": {"Item": item, **_said({"ConditionExpression": condition}, values)}}


def update(key: Key, change: str, condition: str, values: Mapping[str, Value]) -> Write:
    """Change a row: `SET #a = :a REMOVE #b`."""
    said = {"UpdateExpression": change, "ConditionExpression": condition}
    return {"Update": {"Key": _key(key), **_said(said, values)}}


def transact(writes: Sequence[Write]) -> set[int]:
    """All or nothing. The answer is empty, or the places of the writes whose conditions did not hold.

    StoreBusyError for whatever else kept it from being done.
    """
    try:
        connection().client.transact_write_items(TransactItems=writes)
    except (ClientError, BotoCoreError) as error:
        if failed := _failed(error):
            return failed
        raise StoreBusyError("transaction") from error
    return set()


def find(model: type[M], pk: str, *sk: str) -> M | None:
    """The row of this key, strongly read; None when there is none."""
    key = {name: text(value) for name, value in zip(("pk", "sk"), (pk, *sk), strict=False)}
    table: str = model.Meta.table_name
    answer = connection().client.get_item(TableName=table, Key=key, ConsistentRead=True)
    return model.from_raw_data(answer["Item"]) if "Item" in answer else None


def read(keys: Iterable[Key]) -> Iterator[PeopleRow]:
    """Those of the rows that are there, strongly read, in one request."""
    for _, item in _got({PeopleRow: keys}):
        yield PeopleRow.from_raw_data(item)


def read_beside(keys: Iterable[Key], model: type[M], key: Key) -> tuple[list[PeopleRow], M | None]:
    """The same, and in the same request a row of another table as it was a moment ago, for half the price."""
    rows, beside = [], None
    for table, item in _got({PeopleRow: keys, model: [key]}):
        if table is PeopleRow:
            rows.append(PeopleRow.from_raw_data(item))
        else:
            beside = model.from_raw_data(item)
    return rows, beside


def _got(wanted: Mapping[type[Model], Iterable[Key]]) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    models: dict[str, type[Model]] = {model.Meta.table_name: model for model in wanted}
    asked: Any = {
        name: {"Keys": [_key(key) for key in wanted[model]], "ConsistentRead": model is PeopleRow}
        for name, model in models.items()
    }
    for _ in range(ROUNDS):
        answer = connection().client.batch_get_item(RequestItems=asked)
        for name, items in answer["Responses"].items():
            yield from ((models[name], item) for item in items)
        asked = answer.get("UnprocessedKeys")
        if not asked:
            return
    raise StoreBusyError("batch")


def _failed(error: Exception) -> set[int]:
    if not isinstance(error, ClientError) or error.response["Error"]["Code"] != CANCELLED:
        return set()
    reasons = error.response.get("CancellationReasons", [])
    return {place for place, reason in enumerate(reasons) if reason.get("Code") == CONDITION_FAILED}


def _said(expressions: dict[str, str], values: Mapping[str, Value]) -> dict[str, Any]:
    """Expressions with the names in them and, where there are any, the values."""
    said: dict[str, Any] = {
        "TableName": PeopleRow.Meta.table_name,
        "ExpressionAttributeNames": _names(*expressions.values()),
        **expressions,
    }
    if values:
        said["ExpressionAttributeValues"] = values
    return said


@functools.lru_cache(maxsize=256)
def _names(*expressions: str) -> dict[str, str]:
    return {f"#{name}": name for expression in expressions for name in NAME.findall(expression)}


def _key(key: Key) -> dict[str, Value]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
