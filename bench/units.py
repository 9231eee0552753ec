"""What DynamoDB charges for a request: units, from the request and the rows as they stood before and after.

Rules (list prices page and its guide): a write unit is up to 1 KB of the larger of both versions, twice that in a
transaction, checks included; a read unit is up to 4 KB, strongly read; an index costs one unit to enter or to leave,
two when its key changes, and none otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

WRITE_UNIT, READ_UNIT = 1024, 4096
INDEX_KEYS = ("open", "until")  # of the index Open, which holds keys only


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a request, before and after it."""

    before: Item | None
    after: Item | None
    transacted: bool = False

    @property
    def units(self) -> int:
        """Of the table itself."""
        larger = max(size_of(self.before or {}), size_of(self.after or {}))
        return max(1, -(-larger // WRITE_UNIT)) * (2 if self.transacted else 1)

    @property
    def index_units(self) -> int:
        """Of the index Open; an index is never charged twice for a transaction."""
        left, entered = _index_key(self.before), _index_key(self.after)
        return 0 if left == entered else bool(left) + bool(entered)


def size_of(item: Item) -> int:
    """Bytes as DynamoDB counts them: names and values in UTF-8, two digits of a number in a byte."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def read_units(size: int) -> int:
    """Of a strong read."""
    return max(1, -(-size // READ_UNIT))


def _value_size(value: Mapping[str, Any]) -> int:
    if "BOOL" in value:
        return 1
    if "N" in value:
        return (len(value["N"]) + 1) // 2 + 1
    if "M" in value:
        return 3 + len(value["M"]) + size_of(value["M"])  # three bytes for a map, and one for each entry
    return len(str(value["S"]).encode())


def _index_key(item: Item | None) -> tuple[str, ...] | None:
    if item is None or any(name not in item for name in INDEX_KEYS):
        return None
    return tuple(str(item[name]["S"]) for name in INDEX_KEYS)
