"""Rows of consent (state and ledger) and of suppressed addresses."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from sojourn.clock import iso
from sojourn.consent.model import ALL, Channel, Consent, ConsentChange, Standing, apply
from sojourn.consent.suppression import (
    LIFTED_BY_START,
    SENDS_LOOKED_AT,
    Reason,
    Send,
    Suppression,
    address_hash,
    bounces_too_often,
    milder_than,
)
from sojourn.errors import StoreBusyError
from sojourn.tables import PeopleRow, SuppressionRow, condition_failed, connection

ATTEMPTS = 8  # against others who write the same row; after that, whoever called tries again later
CONDITION_FAILED = "ConditionalCheckFailed"


class ConsentRow(PeopleRow, discriminator="consent"):
    """sk CONSENT: what holds now. The claim of a message checks its revision."""

    revision = NumberAttribute()
    state = JSONAttribute()

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
    wording = UnicodeAttribute(null=True)
    event = UnicodeAttribute()

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
            wording=change.wording,
            event=change.event_key,
        )


def get_consent(contact: str) -> Consent:
    """What holds now, read strongly; revision 0 when nothing was ever said."""
    try:
        return ConsentRow.get(f"C#{contact}", "CONSENT", consistent_read=True).to_consent()
    except ConsentRow.DoesNotExist:
        return Consent(contact)


def record(contact: str, change: ConsentChange) -> bool:
    """Keep a change and what follows from it, both or neither; False when the ledger has it already."""
    for _ in range(ATTEMPTS):
        consent = apply(get_consent(contact), change)
        try:
            _write(consent, LedgerRow.of(contact, change))
        except TransactWriteError as error:
            if not error.cancellation_reasons:
                raise
            ledger = error.cancellation_reasons[0]
            if ledger and ledger.code == CONDITION_FAILED:
                return False
        else:
            return True
    raise StoreBusyError("consent")


def _write(consent: Consent, ledger: LedgerRow) -> None:
    row = ConsentRow(
        f"C#{consent.contact}",
        "CONSENT",
        revision=consent.revision + 1,
        state={slot: standing.as_json() for slot, standing in consent.state.items()},
    )
    as_read = ConsentRow.revision == consent.revision if consent.revision else ConsentRow.pk.does_not_exist()
    with TransactWrite(connection=connection()) as transaction:
        transaction.save(ledger, condition=LedgerRow.pk.does_not_exist())  # first: see `record`
        transaction.save(row, condition=as_read)


def _digest(change: ConsentChange) -> str:
    return hashlib.sha256(f"{change.event_key}|{change.slot}|{change.status}".encode()).hexdigest()[:16]


def suppressed(channel: str, address: str) -> Reason | None:
    """Why nothing may be sent to this address, read strongly; None when nothing is against it."""
    known = find_suppression(channel, address)
    return known.reason if known else None


def find_suppression(channel: str, address: str) -> Suppression | None:
    """What is known of an address, read strongly."""
    row = _get(channel, address)
    if row is None:
        return None
    return Suppression(Reason(row.reason) if row.reason else None, row.at or "", row.source or "")


def suppress(channel: str, address: str, *, reason: Reason, at: datetime, source: str) -> bool:
    """Close an address. The first reason stays, unless this one is stricter; what is older than a lift is too late."""
    unlifted = SuppressionRow.at.does_not_exist() | (SuppressionRow.at <= iso(at))
    may_close = SuppressionRow.reason.does_not_exist() & unlifted
    if milder := milder_than(reason):
        may_close = may_close | SuppressionRow.reason.is_in(*milder)
    closed: list[Action] = [
        SuppressionRow.reason.set(reason.value),
        SuppressionRow.at.set(iso(at)),
        SuppressionRow.source.set(source),
    ]
    return _update(channel, address, closed, may_close)


def lift(channel: str, address: str, *, at: datetime, source: str) -> bool:
    """Open an address that its own holder closed, and earlier than now; nobody else can open one."""
    closed_by_holder = SuppressionRow.reason.is_in(*LIFTED_BY_START)
    opened: list[Action] = [
        SuppressionRow.reason.remove(),
        SuppressionRow.at.set(iso(at)),
        SuppressionRow.source.set(source),
    ]
    return _update(channel, address, opened, closed_by_holder & (SuppressionRow.at < iso(at)))


def soft_bounce(
    address: str, *, message_id: str, at: datetime, source: str, sends: Callable[[], Sequence[Send]] = tuple
) -> bool:
    """Note a mail that did not arrive; True when that closes the address. `sends` are its mails, the newest first."""
    for _ in range(ATTEMPTS):
        row = _get(Channel.EMAIL, address)
        known: list[str] = list(row.soft or []) if row else []
        if message_id in known or (row and row.reason):
            return False
        soft = [*known, message_id][-SENDS_LOOKED_AT:]
        actions: list[Action] = [SuppressionRow.soft.set(soft)]
        if closes := bounces_too_often(soft, sends() or [Send(bounced, False) for bounced in reversed(soft)]):
            actions.append(SuppressionRow.reason.set(Reason.SOFT_BOUNCE.value))
            actions.extend([SuppressionRow.at.set(iso(at)), SuppressionRow.source.set(source)])
        as_read = SuppressionRow.soft == known if known else SuppressionRow.soft.does_not_exist()
        if _update(Channel.EMAIL, address, actions, SuppressionRow.reason.does_not_exist() & as_read):
            return closes
    raise StoreBusyError("suppression")


def _get(channel: str, address: str) -> SuppressionRow | None:
    try:
        return SuppressionRow.get(address_hash(channel, address), consistent_read=True)
    except SuppressionRow.DoesNotExist:
        return None


def _update(channel: str, address: str, actions: list[Action], condition: Condition) -> bool:
    """Whether the condition held."""
    try:
        SuppressionRow(address_hash(channel, address)).update(actions=actions, condition=condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
