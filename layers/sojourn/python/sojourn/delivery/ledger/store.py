"""The row CAPS of a contact: every message that a cap counts, by its digest. Touched only where a cap applies.

    C#<contact>  CAPS  {revision: 12, units: {"0123456789abcdef": "1795298521000|691200|0||email|welcome|news"}}

It is written whole, on condition that it still is what was read, in the transaction that claims or plans the message:
so of any number of messages that are decided at once each finds those before it. A unit is given back without a
condition on what else is there.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from pynamodb.attributes import MapAttribute, NumberAttribute

from sojourn.delivery.caps import Ledger, Unit
from sojourn.tables import PeopleRow
from sojourn.transactions import ABSENT, Key, Value, Write, number, put, read, text, update

AS_READ = "#revision = :revision"
HELD, EXEMPT = "h", "x"
LARGEST = 4_000  # units; some 280 KB. Only caps of thousands come here, and the oldest are forgotten first


class LedgerRow(PeopleRow, discriminator="caps"):
    """sk CAPS."""

    revision = NumberAttribute()
    units: MapAttribute[str, str] = MapAttribute(default=dict)  # type: ignore[no-untyped-call]

    def to_ledger(self) -> Ledger:
        """The model of this row."""
        units = cast("dict[str, str]", self.units)  # as PeopleRow.from_raw_data leaves it
        return Ledger(
            self.pk.removeprefix("C#"),
            int(self.revision),
            tuple(_unit(digest, kept) for digest, kept in sorted(units.items())),
        )


def read_ledger(collections: Sequence[str]) -> Ledger:
    """Read strongly: the first contact's own row, with what was sent to those that became this one."""
    rows = read(map(_key, collections))
    found = {row.pk: row.to_ledger() for row in rows if isinstance(row, LedgerRow)}
    own = found.pop(_key(collections[0])[0], Ledger(collections[0]))
    units = {unit.digest: unit for ledger in (*found.values(), own) for unit in ledger.units}
    return replace(own, units=sorted(units.values(), key=lambda unit: (unit.at, unit.digest)))


def write_of(ledger: Ledger) -> Write:
    """Write the next revision, if the row still is what was read."""
    units = {unit.digest: text(_kept(unit)) for unit in ledger.units[-LARGEST:]}
    key = _key(ledger.contact)
    item: dict[str, Value] = {
        "pk": text(key[0]),
        "sk": text(key[1]),
        "kind": text("caps"),
        "revision": number(ledger.revision + 1),
        "units": {"M": units},
    }
    if not ledger.revision:
        return put(item, ABSENT, {})
    return put(item, AS_READ, {":revision": number(ledger.revision)})


def given_back(contact: str, digest: str) -> Write:
    """Take one message out, whatever else changed meanwhile."""
    # The revision rises too: a write on the strength of the fuller row must not bring the message back.
    change = f"REMOVE #units.#{digest} ADD #revision :one"
    return update(_key(contact), change, "attribute_exists(#pk)", {":one": number(1)})


def _key(contact: str) -> Key:
    return f"C#{contact}", "CAPS"


def _kept(unit: Unit) -> str:
    flags = f"{HELD if unit.held else ''}{EXEMPT if unit.exempt else ''}"
    about = (unit.at, unit.kept, unit.priority, flags, unit.channel, unit.journey, unit.topic)
    return "|".join(map(str, about))


def _unit(digest: str, kept: str) -> Unit:
    at, seconds, priority, flags, channel, journey, topic = kept.split("|", 6)
    return Unit(
        digest=digest,
        at=int(at),
        kept=int(seconds),
        priority=int(priority),
        held=HELD in flags,
        exempt=EXEMPT in flags,
        channel=channel,
        journey=journey,
        topic=topic,
    )
