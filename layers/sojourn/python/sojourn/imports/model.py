"""An import, its pieces, and what became of its rows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from sojourn.events.model import IMPORT_PREFIX
from sojourn.imports.dialect import Dialect

DIGEST = 24  # characters of an id: enough that no two imports ever share one


class Kind(StrEnum):
    """What a row is about."""

    CONTACTS = "contacts"
    EVENTS = "events"


class Status(StrEnum):
    """How an import stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"  # some pieces were not done: the same import again does them
    FAILED = "failed"  # nothing can come of it as it is
    DUPLICATE = "duplicate"  # another import has this very file


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row. With `is_fatal`, the row came to nothing; else only that field was left out."""

    line: int
    column: str
    code: str
    reason: str
    is_fatal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a file that begins and ends with a row; `row` and `line` are of its first one."""

    number: int
    start: int
    end: int
    row: int
    line: int

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """From what `asdict` gave."""
        return cls(**{each.name: int(kept[each.name]) for each in fields(cls)})


@dataclass(slots=True)
class Tally:
    """Figures of a piece, or of all of them."""

    rows: int = 0
    imported: int = 0
    failed: int = 0
    left_out: int = 0  # fields
    events: int = 0
    consents: int = 0  # statements that were given, with their evidence
    withdrawals: int = 0
    unmailable: int = 0  # people who may not be written to for marketing
    unsubscribed: int = 0  # people whom the file would have subscribed again: they stay as they are
    unproved: int = 0  # rows that claim consent and show no evidence
    role_addresses: int = (
        0  # people at postmaster@, abuse@ …: imported, or left out where the mapping says so
    )
    disposable_addresses: int = 0

    def add(self, other: "Tally") -> None:
        """Count the other's figures too."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What was asked for, and how it stands. `at` is when it was asked: every row's moment, however often it runs."""

    id: str
    kind: Kind
    key: str
    size: int
    etag: str
    dialect: Dialect
    headers: tuple[str, ...]
    mapping: Mapping[str, Any]
    statement: Mapping[str, Any] | None = None
    is_dry: bool = False
    at: str = ""
    status: Status = Status.RUNNING
    attempt: int = 1
    content: str = ""  # SHA-256 of the file, once it was read through
    rows: int = 0
    chunks: int = 0
    reason: str = ""
    same_as: str = ""  # the import that has this file
    figures: Mapping[str, int] = field(default_factory=dict)
    revision: int = 0

    @property
    def source(self) -> str:
        """The source of its events."""
        return f"{IMPORT_PREFIX}{self.id}"

    @property
    def folder(self) -> str:
        """Where its own files lie."""
        return f"imports/{self.id}"

    def as_json(self) -> dict[str, Any]:
        """As it is kept; the revision stands beside it."""
        kept = asdict(self)
        del kept["revision"]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], revision: int) -> Self:
        """From what `as_json` gave."""
        known = {each.name: kept[each.name] for each in fields(cls) if each.name in kept}
        known |= {
            "kind": Kind(known["kind"]),
            "status": Status(known["status"]),
            "dialect": Dialect(**known["dialect"]),
            "headers": tuple(known["headers"]),
        }
        return cls(**known, revision=revision)


def import_id(**meant: Any) -> str:
    """The same for the same file, asked for in the same way."""
    return digest(meant)[:DIGEST]


def digest(value: Any) -> str:
    """SHA-256 of a value, whatever order its keys have."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
