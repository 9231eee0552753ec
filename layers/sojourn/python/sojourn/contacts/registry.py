"""The attributes of a workspace and their types: told by the first value, held ever after.

One Config row each (ATTRIBUTES / name: {type, by, seen}), so two containers that see a name at once write the same
row: the first wins, the other reads it. A container asks for all of them once a minute, and only when it has traits to
check. Browsers' keys are public: what browsers taught holds among browsers, until a server says otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sojourn import config
from sojourn.clock import Clock
from sojourn.config import Row
from sojourn.contacts.attributes import BUILT_IN, MOST_ATTRIBUTES, Teacher, name_fault
from sojourn.contacts.datatypes import DataType, fits, inferred
from sojourn.errors import Problem, StaleWriteError
from sojourn.tables import store_errors_translated

KIND = "ATTRIBUTES"
REMEMBERED_FOR = timedelta(seconds=60)
MOST_BY_BROWSERS = 1_000  # whoever finds a public key cannot use up the rest


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute; `seen` once a value of it has come in, so that profiles may hold some."""

    name: str
    type: DataType
    by: Teacher = Teacher.SERVER
    seen: bool = True
    revision: int = 0
    is_gone: bool = False  # deleted; a value that comes in makes it anew

    @classmethod
    def of(cls, row: Row) -> "Attribute":
        """From its row."""
        said = row.data
        by, is_gone = Teacher(said["by"]), said.get("gone") is True
        return cls(row.id, DataType(said["type"]), by, said["seen"] is True, row.revision, is_gone)

    def as_row(self) -> Row:
        """Its row."""
        said: dict[str, Any] = {"type": self.type, "by": self.by, "seen": self.seen}
        return Row(KIND, self.name, self.revision, {**said, "gone": True} if self.is_gone else said)


@dataclass(slots=True)
class KnownAttributes:
    """What this container knows of the registry."""

    clock: Clock
    _known: dict[str, Attribute] = field(default_factory=dict)
    _until: datetime | None = None

    def type_of(self, name: str, value: Any, by: Teacher) -> DataType | None:
        """See `attributes.Registry`."""
        known = self._all().get(name)
        if known is None and self._is_full(by):
            return None
        news = _news(known, name, value, by)
        if news:
            self._known[name] = known = write(news)
        return known.type if known else None

    def _is_full(self, by: Teacher) -> bool:
        if len(self._known) >= MOST_ATTRIBUTES:
            return True
        taught = sum(each.by is Teacher.BROWSER for each in self._known.values())
        return by is Teacher.BROWSER and taught >= MOST_BY_BROWSERS

    def _all(self) -> dict[str, Attribute]:
        now = self.clock.wall()
        if self._until is None or now >= self._until:
            self._known = {each.name: each for each in _every()}
            self._until = now + REMEMBERED_FOR
        return self._known


def read_all() -> Iterator[Attribute]:
    """Every attribute that was taught or declared, by name."""
    return (each for each in _every() if not each.is_gone)


def deleted() -> frozenset[str]:
    """The attributes that were deleted, and came in no more since."""
    return frozenset(each.name for each in _every() if each.is_gone)


def delete(name: str) -> bool:
    """Take an attribute out of the registry; False when there is none. Profiles keep what they know of it."""
    there = config.get(KIND, name)
    if there is None or Attribute.of(there).is_gone:
        return False
    return write(replace(Attribute.of(there), is_gone=True)).is_gone


def _every() -> Iterator[Attribute]:
    with store_errors_translated():
        for row in config.query(KIND):
            yield Attribute.of(row)


def write(attribute: Attribute) -> Attribute:
    """Write the next revision; the answer is what stands there now: ours, or another's that came first."""
    with store_errors_translated():
        try:
            return replace(attribute, revision=config.put_next(attribute.as_row()))
        except StaleWriteError:
            there = config.get(KIND, attribute.name)
            return Attribute.of(there) if there else attribute


def declare(types: Mapping[str, Any]) -> None:
    """Say types before the first value comes. Problem 409 where profiles may hold values of another."""
    known = {each.name: each for each in _every()}
    wanted = {name: _wanted(name, said, known.get(name)) for name, said in types.items()}
    if len({*known, *wanted}) > MOST_ATTRIBUTES:
        raise Problem(
            400,
            "too_many_attributes",
            f"a workspace has {MOST_ATTRIBUTES} attributes at most",
            limit=MOST_ATTRIBUTES,
        )
    for attribute in filter(None, wanted.values()):
        if (there := write(attribute)).type is not attribute.type:  # a first value came in meanwhile
            raise _conflict(there.name, there.type)


def _wanted(name: str, said: Any, known: Attribute | None) -> Attribute | None:
    """The attribute as it is to be; None when it is so already."""
    if fault := name_fault(name):
        raise Problem(400, fault.code, fault.message, field=name[:80])
    if not isinstance(said, str) or said not in set(DataType):
        raise Problem(400, "invalid_type", f"a type is one of {', '.join(DataType)}", field=name[:80])
    held = BUILT_IN.get(name) or (known.type if known else None)
    if known and known.is_gone:
        return replace(known, type=DataType(said), by=Teacher.OPERATOR, is_gone=False)
    if held == said:
        return None
    if name in BUILT_IN or (known and known.seen):
        raise _conflict(name, held)
    return Attribute(
        name, DataType(said), Teacher.OPERATOR, seen=False, revision=known.revision if known else 0
    )


def _conflict(name: str, held: DataType | None) -> Problem:
    message = f"`{name[:80]}` is a {held} and has values: use another name, or the type that it has"
    return Problem(409, "attribute_type_conflict", message, field=name[:80])


def _news(known: Attribute | None, name: str, value: Any, by: Teacher) -> Attribute | None:
    """What this value teaches; None when nothing."""
    if known is None or known.is_gone:
        return Attribute(name, inferred(value), by, revision=known.revision if known else 0)
    if known.by is Teacher.BROWSER and by is not Teacher.BROWSER:
        return replace(known, type=inferred(value) if not fits(value, known.type) else known.type, by=by)
    return replace(known, seen=True) if not known.seen and fits(value, known.type) else None
