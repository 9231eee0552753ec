"""The shortcuts through moto come to what moto itself would say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests import quick
from tests.cloud import REGION, moto_cloud

KEY = {"pk": {"S": "C#1"}, "sk": {"S": "PROFILE"}}
OTHER = {"pk": {"S": "C#1"}, "sk": {"S": "CAPS"}}
NEW = {"pk": {"S": "C#2"}, "sk": {"S": "PROFILE"}}
ROW: dict[str, Any] = {
    **KEY,
    "n": {"N": "1.5"},
    "b": {"B": b"\x00\xff"},
    "map": {"M": {"list": {"L": [{"S": "x"}, {"NULL": True}, {"B": b"y"}]}, "on": {"BOOL": False}}},
    "set": {"SS": ["a", "b"]},
    "bytes": {"BS": [b"p", b"q"]},
}
CHANGE = {
    "UpdateExpression": "SET #m.#f = :x, n = n + :one ADD #s :s REMOVE gone",
    "ExpressionAttributeNames": {"#m": "map", "#f": "first", "#s": "set"},
    "ExpressionAttributeValues": {":x": {"S": "é😀"}, ":one": {"N": "1"}, ":s": {"SS": ["c"]}},
}
SET = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "3"}}}
NEVER = {"ConditionExpression": "attribute_not_exists(pk)"}
EVER = {"ConditionExpression": "attribute_exists(pk)"}
TOLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
WHOSE = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "C#1"}}}
GROWS: dict[str, Any] = {
    "UpdateExpression": "SET #m.#l = list_append(#m.#l, :l), fresh = if_not_exists(fresh, :n) DELETE #s :s",
    "ExpressionAttributeNames": {"#m": "map", "#l": "list", "#s": "set"},
    "ExpressionAttributeValues": {":l": {"L": [{"N": "7"}]}, ":n": {"N": "1"}, ":s": {"SS": ["a"]}},
}
SHRINKS: dict[str, Any] = {
    "UpdateExpression": "REMOVE #m.#l[0], #m.#l[2], gone",
    "ExpressionAttributeNames": {"#m": "map", "#l": "list"},
}
REFUSED: list[dict[str, Any]] = [  # what no update may say
    {"UpdateExpression": "SET n = :n, n = :n", "ExpressionAttributeValues": {":n": {"N": "3"}}},
    {"UpdateExpression": "SET list.x = :n, list = :n", "ExpressionAttributeValues": {":n": {"N": "3"}}},
    {"UpdateExpression": "SET n = n + :s", "ExpressionAttributeValues": {":s": {"S": "x"}}},
    {"UpdateExpression": "ADD n :s", "ExpressionAttributeValues": {":s": {"SS": ["x"]}}},
    {"UpdateExpression": "SET n = nothing"},
    {"UpdateExpression": "SET pk = :n", "ExpressionAttributeValues": {":n": {"S": "x"}}},
    {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":m": {"N": "3"}}},
    {"UpdateExpression": "SET n = :n SET b = :n", "ExpressionAttributeValues": {":n": {"N": "3"}}},
]
PEOPLE: list[tuple[str, dict[str, Any]]] = [
    ("put_item", {"Item": ROW, "ReturnValues": "ALL_OLD"}),
    ("put_item", {"Item": {**OTHER, "empty": {"M": {}}}}),
    ("get_item", {"Key": KEY, "ReturnConsumedCapacity": "TOTAL"}),
    ("get_item", {"Key": NEW}),
    ("get_item", {"Key": KEY, "ProjectionExpression": "b, n"}),
    ("update_item", {"Key": KEY, "ReturnValues": "ALL_NEW", **CHANGE}),
    ("update_item", {"Key": KEY, "UpdateExpression": "SET = 1"}),
    *(("update_item", {"Key": KEY, "ReturnValues": "ALL_NEW", **GROWS}) for _ in range(2)),
    ("update_item", {"Key": NEW, "ReturnValues": "ALL_NEW", **GROWS}),
    *(("update_item", {"Key": KEY, "ReturnValues": "UPDATED_OLD", **SHRINKS}) for _ in range(2)),
    *(("update_item", {"Key": KEY, **each}) for each in REFUSED),
    ("put_item", {"Item": ROW, **NEVER}),
    ("put_item", {"Item": ROW, **NEVER, **TOLD}),
    ("put_item", {"Item": {"pk": {"S": ""}, "sk": {"S": "x"}}}),
    ("query", {"Limit": 1, **WHOSE}),
    ("query", {"ScanIndexForward": False, **WHOSE}),
    ("scan", {"ReturnConsumedCapacity": "INDEXES"}),
    ("delete_item", {"Key": KEY, "ReturnValues": "ALL_OLD"}),
    ("describe_table", {}),
]
ELSEWHERE: list[tuple[str, dict[str, Any]]] = [
    ("put_item", {"TableName": "Nothing", "Item": ROW}),
    ("batch_write_item", {"RequestItems": {"Identity": [{"PutRequest": {"Item": {"pk": {"S": "x"}}}}]}}),
    ("batch_get_item", {"RequestItems": {"Identity": {"Keys": [{"pk": {"S": "x"}}, {"pk": {"S": "y"}}]}}}),
]
TRANSACTIONS: list[list[tuple[str, dict[str, Any]]]] = [
    [
        ("Put", {"Item": {**KEY, "n": {"N": "2"}}}),
        ("Delete", {"Key": OTHER}),
        ("Update", {"Key": NEW, **SET}),
    ],
    [("Put", {"Item": NEW}), ("Update", {"Key": KEY, **CHANGE}), ("Delete", {"Key": OTHER, **NEVER})],
    [("Delete", {"Key": KEY}), ("Delete", {"Key": OTHER}), ("ConditionCheck", {"Key": NEW, **EVER})],
    [("Update", {"Key": KEY, **CHANGE}), ("Put", {"Item": ROW, **NEVER, **TOLD})],
    [("Put", {"Item": NEW}), ("Put", {"Item": NEW})],
]


@contextmanager
def furnished() -> Iterator[Any]:
    """A client of a cloud in which two rows stand."""
    with moto_cloud():
        client = boto3.client("dynamodb", region_name=REGION)
        for row in (ROW, {**OTHER, "n": {"N": "0"}}):
            client.put_item(TableName="People", Item=row)
        yield client


def told(client: Any, call: str, said: dict[str, Any]) -> Any:
    """What the SDK makes of the answer. How a table is described names the moment when it was made."""
    try:
        answer = getattr(client, call)(**said)
    except ClientError as error:
        answer = error.response
    kept = {name: value for name, value in answer.items() if name not in {"ResponseMetadata", "Table"}}
    return kept, answer["ResponseMetadata"]["HTTPStatusCode"], sorted(answer.get("Table", {}))


def standing() -> Any:
    """The rows, and the changes of the stream."""
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["People"]
    rows = sorted(repr(item) for each in table.items.values() for item in each.values())
    assert table.stream_shard
    return rows, [record.record["eventName"] for record in table.stream_shard.items]


def both(what: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """What comes of these calls: with the shortcuts, and without."""
    outcomes = []
    for way in (quick.install, quick.uninstall):
        way()
        try:
            with furnished() as client:
                outcomes.append(([told(client, *call) for call in what], standing()))
        finally:
            quick.install()
    return outcomes


def test_answers_and_rows_are_motos_own():
    quickly, slowly = both([*((call, {"TableName": "People", **said}) for call, said in PEOPLE), *ELSEWHERE])

    assert quickly == slowly


@pytest.mark.parametrize("transaction", TRANSACTIONS, ids=str)
def test_a_transaction_happens_whole_or_not_at_all(transaction: list[tuple[str, dict[str, Any]]]):
    items = [{what: {"TableName": "People", **said}} for what, said in transaction]

    quickly, slowly = both([("transact_write_items", {"TransactItems": items})])

    assert quickly == slowly
