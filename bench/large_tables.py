"""moto's DynamoDB with tables of many rows: it sorts a whole table for each query, and for each page of a scan.

with large_tables():                 a query looks at the rows of its key, a page of a scan at those from its place on
    …

The answers are moto's own, but a page ends by its number of rows and not by their bytes, which nobody adds up here. The
hash keys are strings, and a key once seen stays.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

QUERY: Callable[..., Any] = Table.query
SCAN: Callable[..., Any] = Table.scan
SIZE: Callable[[Item], int] = Item.size
INDEX = 6  # where moto passes the name of the index, behind the key
ASKING = threading.RLock()  # a table has one list of rows at a time
Keys = list[tuple[str, DynamoType]]


@contextmanager
def large_tables() -> Iterator[None]:
    """While the block lasts."""
    sorted_keys: dict[str, Keys] = {}

    def query(table: Table, key: DynamoType, *rest: Any, **more: Any) -> Any:
        if index := rest[INDEX]:
            looked_at = _of_index(table, index, key)
        else:
            found: Any = table.items.get(key, {})
            looked_at = [*found.values()] if table.range_key_attr else [found] * bool(found)
        return _looking_at(table, iter(looked_at), lambda: QUERY(table, key, *rest, **more))

    def scan(
        table: Table, filters: Any, limit: Any, place: Mapping[str, Any] | None, *rest: Any, **more: Any
    ) -> Any:
        if len(sorted_keys.get(table.name, ())) != len(table.items):
            sorted_keys[table.name] = sorted((key.value, key) for key in list(table.items))
        rows = _rows_from(table, sorted_keys[table.name], place)
        return _looking_at(table, rows, lambda: SCAN(table, filters, limit, place, *rest, **more))

    setattr(Table, "query", query)  # noqa: B010  # here and below: for mypy
    setattr(Table, "scan", scan)  # noqa: B010
    setattr(Item, "size", lambda item: 1)  # noqa: B010
    try:
        yield
    finally:
        setattr(Table, "query", QUERY)  # noqa: B010
        setattr(Table, "scan", SCAN)  # noqa: B010
        setattr(Item, "size", SIZE)  # noqa: B010


def _looking_at(table: Table, rows: Iterator[Item], ask: Callable[[], Any]) -> Any:
    """What it answers if these are all the rows that it has."""
    with ASKING:
        vars(table)["all_items"] = lambda: rows
        try:
            return ask()
        finally:
            del vars(table)["all_items"]


def _of_index(table: Table, name: str, key: DynamoType) -> list[Item]:
    """The rows that have this key in an index."""
    index = next(each for each in table.all_indexes() if each.name == name)
    own = next(each["AttributeName"] for each in index.schema if each["KeyType"] == "HASH")
    every: Any = table.items.values()
    rows = (
        item for found in list(every) for item in (list(found.values()) if table.range_key_attr else [found])
    )
    return [item for item in rows if own in item.attrs and item.attrs[own] == key]


def _rows_from(table: Table, keys: Keys, place: Mapping[str, Any] | None) -> Iterator[Item]:
    first = bisect_left(keys, place[table.hash_key_attr]["S"], key=lambda each: each[0]) if place else 0
    for _, key in keys[first:]:
        found: Any = table.items[key]
        if table.range_key_attr:
            yield from sorted(found.values(), key=lambda item: item.range_key.value)
        else:
            yield found
