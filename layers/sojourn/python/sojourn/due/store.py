"""Rows of what is due: hash key bucket and shard, so that the sweep asks for a moment, never for everything.

A bucket is a minute of the calendar; on a paced calendar it is as long as the runner's tick.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sojourn.tables import ConfigRow, DueRow

MINUTE = 60
TICK = 0.2  # wall seconds between two sweeps of the local runner
CURSOR = ("CURSOR", "sweep")


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: `at` is when, `kind` and `id` make it unique, `task` says what."""

    at: datetime
    kind: str
    id: str
    task: Mapping[str, Any]


def bucket_seconds(pace: float) -> int:
    """Length of a bucket in calendar seconds."""
    return max(MINUTE, round(pace * TICK))


def bucket_of(moment: datetime, pace: float) -> int:
    """Number of the bucket that a moment lies in."""
    return int(moment.timestamp() // bucket_seconds(pace))


def put_due(due: Due, *, now: datetime, pace: float, shards: int, under: str = "") -> None:
    """Note what to do; putting it twice is putting it once. The past is put into the present bucket. What stands
    `under` a name no sweep looks at: see `due_under`."""
    bucket = bucket_of(max(due.at, now), pace)
    DueRow(
        under or _hash_key(bucket, _shard(due.id, shards)),
        _range_key(due),
        task={**due.task, "at": due.at.timestamp(), "kind": due.kind, "id": due.id},
    ).save()


def remove_due(due: Due, *, pace: float, shards: int, under: str = "") -> None:
    """Take back what was put before its time; no error when it is gone."""
    DueRow(under or _hash_key(bucket_of(due.at, pace), _shard(due.id, shards)), _range_key(due)).delete()


def due_in(bucket: int, shard: int) -> Iterator[tuple[DueRow, Due]]:
    """Everything in one bucket and shard, in the order of time."""
    yield from due_under(_hash_key(bucket, shard))


def due_under(
    name: str, *, after: str | None = None, most: int | None = None
) -> Iterator[tuple[DueRow, Due]]:
    """Everything that stands under a name, `paused#welcome`, in the order of time; or a page of it, behind a row."""
    behind = DueRow.sk > after if after else None
    for row in DueRow.query(name, behind, consistent_read=True, limit=most):
        task = dict(row.task)
        moment = datetime.fromtimestamp(task.pop("at"), UTC)
        yield row, Due(moment, task.pop("kind"), task.pop("id"), task)


def delete_all(rows: Iterable[DueRow]) -> None:
    """Delete what was done, 25 rows a request."""
    with DueRow.batch_write() as batch:
        for row in rows:
            batch.delete(row)


def read_cursor() -> int | None:
    """The first bucket that may still hold rows; None before the first sweep."""
    try:
        return int(ConfigRow.get(*CURSOR, consistent_read=True).data["bucket"])
    except ConfigRow.DoesNotExist:
        return None


def write_cursor(bucket: int) -> None:
    """Everything before this bucket is done."""
    ConfigRow(*CURSOR, data={"bucket": bucket}).save()


def _hash_key(bucket: int, shard: int) -> str:
    return f"{bucket}#{shard}"


def _range_key(due: Due) -> str:
    return f"{due.at.timestamp():017.3f}#{due.kind}#{due.id}"


def _shard(name: str, shards: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % shards
