"""An erasure and an export, as jobs: what was asked, how far it is, what it came to. Neither names a person. Pure.

The row of an erasure stays as its proof: contact ids and keyed hashes of identities, never an identity itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Status(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"


class Step(StrEnum):
    """The steps of an erasure, in order; the machine's states name them."""

    FIND = "find"  # who it is; from here on nothing more is taken in
    LEAVE = "leave"  # journeys end
    DELETE = "delete"  # events, messages, profile, keys
    SETTLE = "settle"  # what was in flight meanwhile
    ARCHIVE = "archive"  # lines of the archive
    PROVE = "prove"  # what was done


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One person to forget. `collections` are the contact and those that became it; none: nobody was found."""

    id: str
    asked_at: str
    by: str
    status: Status = Status.RUNNING
    step: Step = Step.FIND
    collections: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()  # keyed hashes (contacts.memory)
    in_archive: tuple[str, ...] = ()  # the archive's own hashes of them
    since: str = ""  # the day of their first line there
    deleted: Mapping[str, int] = field(default_factory=dict)
    cursor: Mapping[str, str] = field(default_factory=dict)
    done_at: str = ""
    attempt: int = 1
    revision: int = 0

    @property
    def execution(self) -> str:
        """Name of the execution that works on it."""
        return f"{self.id}-{self.attempt}"

    @classmethod
    def from_json(cls, id: str, data: Mapping[str, Any], revision: int) -> Self:  # noqa: A002  the row's own word
        """From what `as_json` gave."""
        lists = {name: tuple(data.get(name, ())) for name in ("collections", "identities", "in_archive")}
        enums = {"status": Status(data["status"]), "step": Step(data["step"])}
        return cls(**{**data, **lists, **enums, "id": id, "revision": revision})

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        kept = asdict(self)
        del kept["id"], kept["revision"]
        return kept

    def with_deleted(self, more: Mapping[str, int]) -> dict[str, int]:
        """What was deleted, these included."""
        return dict(sorted((Counter(self.deleted) + Counter(more)).items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Everything of one person in one file. `found` is False when the person is gone meanwhile."""

    id: str
    contact: str
    asked_at: str
    by: str
    status: Status = Status.RUNNING
    found: bool = True
    bytes: int = 0
    done_at: str = ""
    cursor: str = ""  # how far the search came (see search)
    pieces: int = 0  # of what was found
    attempt: int = 1
    revision: int = 0

    @property
    def execution(self) -> str:
        """Name of the execution that works on it."""
        return self.id if self.attempt == 1 else f"{self.id}-{self.attempt}"

    @property
    def key(self) -> str:
        """Where the file lies."""
        return f"{exports_of(self.contact)}{self.id}.json"

    @property
    def aside(self) -> str:
        """Where what was searched for waits for the file."""
        return f"{exports_of(self.contact)}{self.id}.aside/"

    @property
    def archived(self) -> str:
        """Lines of the archive, sealed as they were."""
        return f"{self.aside}archived/"

    @property
    def turned_away(self) -> str:
        """Records that nobody could take in."""
        return f"{self.aside}turned-away/"

    @classmethod
    def from_json(cls, id: str, data: Mapping[str, Any], revision: int) -> Self:  # noqa: A002
        """From what `as_json` gave."""
        return cls(**{**data, "status": Status(data["status"]), "id": id, "revision": revision})

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        kept = asdict(self)
        del kept["id"], kept["revision"]
        return kept


def exports_of(contact: str) -> str:
    """Where the files of a contact lie."""
    return f"exports/contacts/{contact}/"


def kind_of(sk: str) -> str:
    """What a row of a person counts as in a proof."""
    kind = sk.partition("#")[0]
    return COUNTED_AS.get(kind, "other rows")


COUNTED_AS = {
    "ENROL": "enrolments",
    "MSG": "messages",
    "TASK": "tasks",
    "CONSENT": "consents",
    "PROFILE": "profiles",
    "KEY": "keys",
    "MERGE": "merges",
    "SEG": "segments",
}
