"""From a record to the events of its row: sorted by the mapping, typed, and then checked by the door like any other.

A row is one `identify` (contacts) or one `track` (events). Consent with a date of its own is one `Consent Given` more,
and a list that the mapping puts everybody on is one `List Joined` more.
The ids of the events are made of the file's content and the row: however often a row comes, it is there once.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.contacts import addresses
from sojourn.contacts.addresses import AddressFlag
from sojourn.contacts.workspace import workspace
from sojourn.events.envelope import Envelope
from sojourn.events.insertion import Row
from sojourn.events.rejections import EventRejectedError, Rejection
from sojourn.events.times import AHEAD
from sojourn.imports.consents import said_in
from sojourn.imports.evidence import Statement
from sojourn.imports.mapping import POLICIES, Target
from sojourn.imports.mapping import Mapping as Columns
from sojourn.imports.model import Fault, Kind
from sojourn.imports.pinpoint import TRAIT_OF
from sojourn.imports.reading import Record, is_damaged
from sojourn.imports.sorting import PUT, Sorted, settle_endpoint
from sojourn.imports.values import ValueRefusedError

JOINED = "List Joined"


@dataclass(slots=True)
class Drawn:
    """What a row comes to: its events as they are stored, and what was wrong in it."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)  # (channel, topic) with their evidence
    withdrawals: int = 0
    is_reachable: bool = False  # by an address whose marketing is allowed
    is_unproved: bool = False
    flags: list[AddressFlag] = field(default_factory=list)  # of the address
    traits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_failed(self) -> bool:
        """Whether the row came to nothing."""
        return not self.rows


@dataclass(slots=True)
class Drawing:
    """Draws the rows of one file. `content` is the file's digest, `at` the moment of the import."""

    mapping: Columns
    headers: tuple[str, ...]
    source: str
    content: str
    at: datetime
    wall: datetime
    statement: Statement | None = None
    _placed: list[tuple[int, str, Target]] = field(default_factory=list)
    _known: dict[str, Target | None] = field(default_factory=dict)
    _envelope: Envelope | None = None
    _declared: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        targets = [(place, name, self._target(name)) for place, name in enumerate(self.headers)]
        self._placed = _first_or_repeated(targets, repeats=self.mapping.is_pinpoint)
        self._envelope = Envelope(self.source, self.at, self.wall)
        self._declared = self.statement.consents(self.source) if self.statement else []

    def draw(self, record: Record) -> Drawn:
        """The events of a record. A fatal fault leaves none; any other leaves out a field."""
        if record.fault:
            return Drawn(faults=[record.fault])
        if self.headers and len(record.cells) > len(self.headers):
            reason = f"the row has {len(record.cells)} cells, the first row names {len(self.headers)} columns"
            return Drawn(
                faults=[Fault(record.line, f"column {len(self.headers) + 1}", "too_many_cells", reason)]
            )
        found = Sorted()
        for column, target, value in self._cells(record):
            if isinstance(value, str) and is_damaged(value):
                reason = "the cell holds a NUL, or bytes that are no text: say the file's encoding, or mend the cell"
                return Drawn(faults=[Fault(record.line, column, "damaged_text", reason)])
            self._put(found, column, target, value, record.line)
        return self._drawn(found, record)

    def _target(self, column: str) -> Target | None:
        if column not in self._known:
            self._known[column] = self.mapping.target(column)
        return self._known[column]

    def _cells(self, record: Record) -> Iterator[tuple[str, Target, Any]]:
        if record.named is not None:
            for column, value in record.named.items():
                if (target := self._target(column)) and value not in (None, "", []):
                    yield column, target, value
            return
        count = len(record.cells)
        for place, column, target in self._placed:
            if place < count and (cell := record.cells[place].strip()):
                yield column, target, cell

    def _put(self, found: Sorted, column: str, target: Target, value: Any, line: int) -> None:
        found.columns.setdefault(target.to, column)
        try:
            PUT[target.place](found, target, value, self.mapping)
        except ValueRefusedError as error:
            found.faults.append(
                Fault(line, column, error.code or f"not_a_{target.type}", str(error), is_fatal=False)
            )

    def _drawn(self, found: Sorted, record: Record) -> Drawn:
        if self.mapping.is_pinpoint:
            settle_endpoint(found)
        drawn = Drawn(faults=found.faults)
        try:
            if self.mapping.kind is Kind.EVENTS:
                self._draw_deed(found, record, drawn)
            else:
                self._draw_person(found, record, drawn)
        except EventRejectedError as error:
            drawn.rows.clear()
            fault = Fault(record.line, _column(found, error.field), error.code, error.message)
            drawn.faults = [*found.faults, fault]
        return drawn

    def _draw_person(self, found: Sorted, record: Record, drawn: Drawn) -> None:
        said = said_in(
            found,
            line=record.line,
            at=self.at,
            source=self.source,
            declared=self._declared,
            is_claimed=self.mapping.claims_consent,
        )
        context: dict[str, Any] = {"consent": said.attached} if said.attached else {}
        context |= {"externalIds": found.externals} if found.externals else {}
        identity = self._identity(found)
        self._take(
            {"type": "identify", **identity, "traits": found.traits, "context": context}, found, record, drawn
        )
        for number, (at, consent) in enumerate(said.dated):
            item = {"type": "track", "event": "Consent Given", "properties": consent, "timestamp": iso(at)}
            self._take(item | identity, found, record, drawn, suffix=f"c{number}")
        if self.mapping.joins:
            joined = {"type": "track", "event": JOINED, "properties": {"list": self.mapping.joins}}
            self._take(joined | identity, found, record, drawn, suffix="l")
        drawn.traits = drawn.rows[0][0].traits
        drawn.flags = addresses.flags(drawn.traits.get("email") or "")
        if not said.withdrawals:  # a word of leaving counts, whoever says it
            self._refuse_skipped(drawn.flags)
        drawn.given, drawn.withdrawals = said.given, said.withdrawals
        drawn.is_reachable = any(drawn.traits.get(TRAIT_OF[channel]) for channel, _ in said.given)
        if said.fault:
            drawn.is_unproved = True
            drawn.faults.append(said.fault)

    def _refuse_skipped(self, flags: list[AddressFlag]) -> None:
        for name, flag in POLICIES.items():
            if flag in flags and flag in self.mapping.skips:
                raise EventRejectedError(
                    flag.value, f"left out, for the mapping says {name}: skip", "traits.email"
                )

    def _draw_deed(self, found: Sorted, record: Record, drawn: Drawn) -> None:
        if not found.timestamp:
            raise EventRejectedError("missing_timestamp", "the row does not tell when", "timestamp")
        identity = self._identity(found)
        if "userId" not in identity:
            self._take(
                {"type": "identify", **identity, "traits": found.traits}, found, record, drawn, suffix="i"
            )
        event = found.event or self.mapping.event
        item = {"type": "track", **identity, "event": event, "properties": found.properties}
        self._take(item | {"timestamp": found.timestamp}, found, record, drawn)

    def _identity(self, found: Sorted) -> dict[str, str]:
        """The ids of the row; who has none is known by the address, the same in every file."""
        if found.ids:
            return found.ids
        for trait in ("email", "phone"):
            if (value := found.traits.get(trait)) and (
                key := _key_of(trait, str(value), self.mapping.country)
            ):
                return {"anonymousId": f"import-{hashlib.sha256(key.encode()).hexdigest()[:32]}"}
        raise EventRejectedError(
            "missing_identity", "the row tells no id and no address to know it by", "userId"
        )

    def _take(
        self, item: dict[str, Any], found: Sorted, record: Record, drawn: Drawn, *, suffix: str = ""
    ) -> None:
        """Through the door; what it leaves out is a fault of its column."""
        from sojourn.events.normalise import normalise  # the door's own modules load with the first row

        assert self._envelope
        stated = item.setdefault("timestamp", iso(self.at))
        if stated > iso(self.at + AHEAD):
            raise EventRejectedError("timestamp_future", "the row tells of the future", "timestamp")
        taken = normalise({**item, "messageId": f"{self.content[:32]}-{record.row}{suffix}"}, self._envelope)
        drawn.rows.append((taken.event, taken.text))
        drawn.faults += [_left_out(each, found, record.line) for each in taken.left_out]


def _first_or_repeated(
    targets: list[tuple[int, str, Target | None]], *, repeats: bool
) -> list[tuple[int, str, Target]]:
    """Of columns with one name the first counts; Pinpoint means a list by them."""
    seen: set[str] = set()
    found = []
    for place, name, target in targets:
        if target and (repeats or name not in seen):
            found.append((place, name, target))
        seen.add(name)
    return found


def _left_out(rejection: Rejection, found: Sorted, line: int) -> Fault:
    return Fault(line, _column(found, rejection.field), rejection.code, rejection.message, is_fatal=False)


def _column(found: Sorted, field_name: str) -> str:
    """The column that a field of an event came from."""
    return found.columns.get(field_name, "")


def _key_of(trait: str, value: str, country: str) -> str:
    """What names an address, however it is written; empty where it is none."""
    if trait == "email":
        address = addresses.email(value)
        return addresses.email_key(address) if address else ""
    number = addresses.phone(value, country or workspace().country)
    return addresses.phone_key(number.e164) if number else ""
