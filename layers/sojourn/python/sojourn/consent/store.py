"""Rows of consent: the state and the ledger that folds to it."""

import functools
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from sojourn.clock import iso, parse_iso
from sojourn.consent.merge import merge_changes
from sojourn.consent.model import (
    ALL,
    Channel,
    Consent,
    ConsentChange,
    Purpose,
    Standing,
    Status,
    apply,
)
from sojourn.consent.statements import wording_hash
from sojourn.errors import StoreBusyError
from sojourn.tables import PeopleRow, connection

ATTEMPTS = 8  # against others who write the same row; after that, whoever called tries again later
MOST_AT_ONCE = 90  # of one transaction, which takes a hundred writes
CONDITION_FAILED = "ConditionalCheckFailed"


Say = Callable[[Consent], Sequence[ConsentChange]]  # what follows from the consent as it stands


class ConsentRow(PeopleRow, discriminator="consent"):
    """sk CONSENT: what holds now. The claim of a message checks its revision.

    A contact that became another keeps the row with `merged_into`: whoever asks, or says something, goes on there.
    """

    revision = NumberAttribute()
    state = JSONAttribute()
    merged_into = UnicodeAttribute(null=True)

    def to_consent(self) -> Consent:
        """The model of this row."""
        state = {slot: Standing.from_json(kept) for slot, kept in self.state.items()}
        return Consent(self.pk.removeprefix("C#"), int(self.revision), state)


class LedgerRow(PeopleRow, discriminator="consent_change"):
    """sk CONSENT#<at>#<digest>: one thing that was said, never changed afterwards."""

    channel = UnicodeAttribute()
    purpose = UnicodeAttribute()
    topic = UnicodeAttribute()
    status = UnicodeAttribute()
    at = UnicodeAttribute()
    source = UnicodeAttribute()
    event = UnicodeAttribute()
    wording = UnicodeAttribute(null=True)
    wording_hash = UnicodeAttribute(null=True)
    wording_version = UnicodeAttribute(null=True)
    how = UnicodeAttribute(null=True)
    evidence = JSONAttribute(null=True)
    imported = BooleanAttribute(null=True)
    merged = BooleanAttribute(null=True)

    @classmethod
    def of(cls, contact: str, change: ConsentChange) -> "LedgerRow":
        """The row of a change."""
        return cls(
            f"C#{contact}",
            f"CONSENT#{iso(change.at)}#{_digest(change)}",
            channel=change.channel.value,
            purpose=change.purpose.value,
            topic=change.topic or ALL,
            status=change.status.value,
            at=iso(change.at),
            source=change.source,
            event=change.event_key,
            wording=change.wording,
            wording_hash=wording_hash(change.wording) if change.wording else None,
            wording_version=change.wording_version,
            how=change.how or None,
            evidence=dict(change.evidence) or None,
            imported=change.is_imported or None,
            merged=change.is_merged or None,
        )

    def to_change(self) -> ConsentChange:
        """The change that this row is of."""
        return ConsentChange(
            channel=Channel(self.channel),
            purpose=Purpose(self.purpose),
            topic=None if self.topic == ALL else self.topic,
            status=Status(self.status),
            at=parse_iso(self.at),
            source=self.source,
            event_key=self.event,
            wording=self.wording,
            wording_version=self.wording_version,
            how=self.how or "",
            evidence=self.evidence or {},
            is_imported=bool(self.imported),
            is_merged=bool(self.merged),
        )


def get_consent(contact: str) -> Consent:
    """What holds now, read strongly; revision 0 when nothing was ever said. Of a merged contact: the survivor's."""
    while True:
        try:
            row = ConsentRow.get(f"C#{contact}", "CONSENT", consistent_read=True)
        except ConsentRow.DoesNotExist:
            return Consent(contact)
        if not row.merged_into:
            return row.to_consent()
        contact = row.merged_into


def ledger_of(contact: str) -> list[ConsentChange]:
    """All that was ever said, in the order of time, strongly read; it folds to the state."""
    rows = LedgerRow.query(f"C#{contact}", LedgerRow.sk.startswith("CONSENT#"), consistent_read=True)
    return [row.to_change() for row in rows]


def record(contact: str, change: ConsentChange) -> bool:
    """Keep a change and what follows from it, both or neither; False when the ledger has it already."""
    return record_after(contact, lambda _: [change]) > 0


def record_all(contact: str, changes: Sequence[ConsentChange], *, is_new: bool = False) -> None:
    """Keep several changes, in one transaction where none of them is there yet. Of somebody new nothing is asked first:
    if something was said after all, the row's condition tells, and it is read then."""
    if changes and not record_after(contact, lambda _: changes, is_new=is_new):
        for change in changes:
            record(contact, change)


def record_after(contact: str, say: Say, *, is_new: bool = False) -> int:
    """Keep what `say` makes of the consent as it stands; the number of changes, 0 when there is nothing to say.

    Whoever is overtaken asks again, of the consent as it then is: so two who say the same at once say it once.
    """
    for attempt in range(ATTEMPTS):
        consent = Consent(contact) if is_new and not attempt else get_consent(contact)
        changes = say(consent)[:MOST_AT_ONCE]
        if not changes:
            return 0
        try:
            _write(
                functools.reduce(apply, changes, consent),
                [LedgerRow.of(consent.contact, each) for each in changes],
            )
        except TransactWriteError as error:
            if not error.cancellation_reasons:
                raise
            *ledger, _ = error.cancellation_reasons
            if any(reason and reason.code == CONDITION_FAILED for reason in ledger):
                return 0
        else:
            return len(changes)
    raise StoreBusyError("consent")


def absorb(survivor: str, loser: str, at: datetime, event_key: str) -> None:
    """Let the survivor of a merge allow no more than either did; may be repeated at any time after.

    What this merge settled once stays as the person changes it later: the ledger tells what was settled.
    """
    lost = get_consent(loser).state

    def settle(consent: Consent) -> list[ConsentChange]:
        settled = {change.slot for change in ledger_of(survivor) if change.event_key == key}
        return [each for each in merge_changes(consent, lost, at, key) if each.slot not in settled]

    key = f"{event_key}|{loser}"
    while record_after(survivor, settle) == MOST_AT_ONCE:
        pass


def _write(consent: Consent, ledger: Sequence[LedgerRow]) -> None:
    row = ConsentRow(
        f"C#{consent.contact}",
        "CONSENT",
        revision=consent.revision + 1,
        state={slot: standing.as_json() for slot, standing in consent.state.items()},
    )
    as_read = ConsentRow.revision == consent.revision if consent.revision else ConsentRow.pk.does_not_exist()
    with TransactWrite(connection=connection()) as transaction:
        for each in ledger:  # first: see `record_after`
            transaction.save(each, condition=LedgerRow.pk.does_not_exist())
        transaction.save(row, condition=as_read)


def _digest(change: ConsentChange) -> str:
    return hashlib.sha256(f"{change.event_key}|{change.slot}|{change.status}".encode()).hexdigest()[:16]
