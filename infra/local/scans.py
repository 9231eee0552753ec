"""MiniStack 1.5.33 reads a table as DynamoDB does, at a third of the time: it does once what it did for each row.

Runs inside MiniStack's own environment, as quirks.py does. tests/infra_local/test_scans.py holds each answer against
MiniStack's own.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import inspect
from typing import Any

from ministack.services import dynamodb

EXPRESSIONS, KEYS = 1_024, 200_000  # that are remembered
_PART = (
    'h = _hl.sha1(str(pk_val).encode("utf-8")).digest()\n'
    '            return (int.from_bytes(h[:4], "big") % ts_n) == seg_n'
)
_PART_REMEMBERED = "return _hash_of_key(str(pk_val)) % ts_n == seg_n"


def install() -> None:
    """All of them."""
    expressions_parsed_once()
    projections_parsed_once()
    pages_begin_where_the_last_ended()
    keys_hashed_once()


def expressions_parsed_once() -> None:
    """A filter is parsed once, and not for each row."""
    tokenize, faults_of = dynamodb._tokenize, dynamodb._condition_syntax_error
    tokens_of = functools.lru_cache(EXPRESSIONS)(tokenize)
    dynamodb._tokenize = lambda expression: list(tokens_of(expression))
    dynamodb._condition_syntax_error = functools.lru_cache(EXPRESSIONS)(faults_of)


def projections_parsed_once() -> None:
    """A projection, too; one that goes into documents is left to MiniStack."""
    project = dynamodb._project_item

    @functools.lru_cache(EXPRESSIONS)
    def attributes(expression: str, aliases: tuple[tuple[str, str], ...]) -> list[str] | None:
        names = dict(aliases)
        project({}, expression, names)  # raises what is wrong with it
        paths = [dynamodb._parse_projection_path(path, names) for path in expression.split(",")]
        return [path[0][1] for path in paths] if all(len(path) == 1 for path in paths) else None

    def project_at_once(item: dict[str, Any], expression: str, names: dict[str, str] | None) -> Any:
        wanted = attributes(expression, tuple((names or {}).items())) if expression else None
        if wanted is None:
            return project(item, expression, names)
        return {name: item[name] for name in wanted if name in item}

    dynamodb._project_item = project_at_once


def pages_begin_where_the_last_ended() -> None:
    """The row to go on at is found by halves: MiniStack compares every row, for every page."""

    def after(rows: list[Any], start: Any, table: dict[str, Any]) -> list[Any]:
        names = [name for name in (table["pk_name"], table["sk_name"]) if name]

        def place(row: dict[str, Any]) -> tuple[str, ...]:
            return tuple(dynamodb._extract_key_val(row.get(name, {})) for name in names)

        # A scan lists its table in the order of these keys.
        return rows[bisect.bisect_right(rows, place(start), key=place) :]

    dynamodb._apply_exclusive_start_key_scan = after


def keys_hashed_once() -> None:
    """The keys of a parallel scan are hashed once, and not for each page of each part."""
    source = inspect.getsource(dynamodb._scan)
    if source.count(_PART) != 1:
        raise SystemExit(f"MiniStack's scan has changed; see {__file__}: {_PART[:60]}…")
    dynamodb._hash_of_key = functools.lru_cache(KEYS)(_hash_of_key)
    exec(source.replace(_PART, _PART_REMEMBERED), vars(dynamodb))  # noqa: S102  MiniStack's own text


def _hash_of_key(key: str) -> int:
    return int.from_bytes(hashlib.sha1(key.encode(), usedforsecurity=False).digest()[:4], "big")
