"""Moto fails on an INSERT with parameters in BatchExecuteStatement, and overwrites; DynamoDB does neither.

`teach_moto()` gives its in-memory DynamoDB the one statement that we use. tests/unit/events/test_store.py tells when an
upgrade of moto makes this needless.
"""

import re
from collections.abc import Callable
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends

from tests.cloud import REGION

INSERT = re.compile(r"INSERT INTO \"(?P<table>[^\"]+)\" VALUE \{(?P<fields>.*)\}")
Answer = Callable[[DynamoDBBackend, list[dict[str, Any]]], list[dict[str, Any]]]
ORIGINAL: Answer = DynamoDBBackend.batch_execute_statement
FIELD = re.compile(r"'(\w+)':\?")


def teach_moto(answer: Answer | None = None) -> None:
    """Once is enough, twice does no harm; a test of faults brings its own answer."""
    setattr(DynamoDBBackend, "batch_execute_statement", answer or batch_execute_statement)  # noqa: B010  # for mypy


def empty(*tables: str) -> None:
    """Leave the tables and take their rows: quicker than a new cloud for each test."""
    for table in tables:
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table].items.clear()


def batch_execute_statement(self: DynamoDBBackend, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An answer to each statement, as DynamoDB gives it."""
    keys = [tuple(map(str, statement["Parameters"][:2])) for statement in statements]
    assert len(set(keys)) == len(keys) <= 25, "DynamoDB refuses such a call"
    return [_insert(self, statement) for statement in statements]


def _insert(backend: DynamoDBBackend, statement: dict[str, Any]) -> dict[str, Any]:
    parts = INSERT.fullmatch(statement["Statement"])
    assert parts, statement["Statement"]
    table, fields = parts["table"], FIELD.findall(parts["fields"])
    item = dict(zip(fields, statement["Parameters"], strict=True))
    try:
        backend.put_item(table, item, condition_expression="attribute_not_exists(pk)")
    except ConditionalCheckFailed:
        return {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
    return {"TableName": table}
