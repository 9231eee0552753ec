"""Rows of addresses. Each change leaves a line in the row's history, which outlives the contact like the row itself."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.clock import iso
from sojourn.consent.model import Channel
from sojourn.consent.suppression import (
    LIFTED_BY_HOLDER,
    LIFTED_BY_OPERATOR,
    SENDS_LOOKED_AT,
    Line,
    Reason,
    Send,
    Suppression,
    asked_again,
    bounces_too_often,
    milder_than,
)
from sojourn.contacts.addresses import address_hash
from sojourn.errors import StoreBusyError
from sojourn.tables import SuppressionRow, condition_failed
from sojourn.transactions import find

ATTEMPTS = 8


def suppressed(channel: str, address: str) -> Reason | None:
    """Why nothing may be sent to this address, read strongly; None when nothing is against it."""
    known = find_suppression(channel, address)
    return known.reason if known else None


def find_suppression(channel: str, address: str) -> Suppression | None:
    """What is known of an address, read strongly."""
    row = _get(address_hash(channel, address))
    if row is None:
        return None
    history = tuple(Line.from_text(str(text)) for text in row.history or [])
    return Suppression(Reason(row.reason) if row.reason else None, row.at or "", row.source or "", history)


def suppress(channel: str, address: str, *, reason: Reason, at: datetime, source: str) -> bool:
    """Close an address. The first reason stays, unless this one is stricter; what is older than a lift is too late."""
    return suppress_hash(address_hash(channel, address), reason=reason, at=at, source=source)


def suppress_hash(key: str, *, reason: Reason, at: datetime, source: str) -> bool:
    """The same for an address that only its hash is known of."""
    unlifted = SuppressionRow.at.does_not_exist() | (SuppressionRow.at <= iso(at))
    may_close = SuppressionRow.reason.does_not_exist() & unlifted
    if milder := milder_than(reason):
        may_close = may_close | SuppressionRow.reason.is_in(*milder)
    closed: list[Action] = [
        SuppressionRow.reason.set(reason.value),
        SuppressionRow.at.set(iso(at)),
        SuppressionRow.source.set(source),
        _noted(Line(iso(at), reason.value, source)),
    ]
    return _update(key, closed, may_close)


def lift(channel: str, address: str, *, at: datetime, source: str) -> bool:
    """Open an address that its own holder closed, and earlier than now; START opens nothing else."""
    return _lift(channel, address, at, source, LIFTED_BY_HOLDER, SuppressionRow.at < iso(at))


def reopen(channel: str, address: str, *, at: datetime, source: str) -> bool:
    """Open an address by an operator's word: not what its holder closed, and no complaint."""
    return _lift(channel, address, at, source, LIFTED_BY_OPERATOR, SuppressionRow.at <= iso(at))


def _lift(
    channel: str, address: str, at: datetime, source: str, liftable: frozenset[Reason], in_time: Condition
) -> bool:
    opened: list[Action] = [
        SuppressionRow.reason.remove(),
        SuppressionRow.soft.remove(),
        SuppressionRow.at.set(iso(at)),
        SuppressionRow.source.set(source),
        _noted(Line(iso(at), "", source)),
    ]
    closed_so = SuppressionRow.reason.is_in(*sorted(liftable))
    return _update(address_hash(channel, address), opened, closed_so & in_time)


def may_ask(channel: str, address: str, message_id: str, kind: str, *, now: datetime) -> bool:
    """Whether this service mail may go to the address, noting it if so: of a kind one in ten minutes, three a day."""
    key = address_hash(channel, address)
    for _ in range(ATTEMPTS):
        row = _get(key)
        known: list[list[str]] = list(row.asked or []) if row else []
        if any(each[0] == message_id for each in known):
            return True
        asked = asked_again(known, message_id, now, kind=kind)
        if asked is None:
            return False
        as_read = SuppressionRow.asked == known if known else SuppressionRow.asked.does_not_exist()
        if _update(key, [SuppressionRow.asked.set(asked)], as_read):
            return True
    raise StoreBusyError("suppression")


def soft_bounce(
    address: str, *, message_id: str, at: datetime, source: str, sends: Callable[[], Sequence[Send]] = tuple
) -> bool:
    """Note a mail that did not arrive; True when that closes the address. `sends` are its mails, the newest first."""
    key = address_hash(Channel.EMAIL, address)
    for _ in range(ATTEMPTS):
        row = _get(key)
        known: list[str] = list(row.soft or []) if row else []
        if message_id in known or (row and row.reason):
            return False
        soft = [*known, message_id][-SENDS_LOOKED_AT:]
        actions: list[Action] = [SuppressionRow.soft.set(soft)]
        if closes := bounces_too_often(soft, sends() or [Send(bounced, False) for bounced in reversed(soft)]):
            actions.append(SuppressionRow.reason.set(Reason.SOFT_BOUNCE.value))
            actions.extend([SuppressionRow.at.set(iso(at)), SuppressionRow.source.set(source)])
            actions.append(_noted(Line(iso(at), Reason.SOFT_BOUNCE.value, source)))
        as_read = SuppressionRow.soft == known if known else SuppressionRow.soft.does_not_exist()
        if _update(key, actions, SuppressionRow.reason.does_not_exist() & as_read):
            return closes
    raise StoreBusyError("suppression")


def _noted(line: Line) -> Action:
    there: Action = SuppressionRow.history.set((SuppressionRow.history | []).append([line.as_text()]))
    return there


def _get(key: str) -> SuppressionRow | None:
    return find(SuppressionRow, key)


def _update(key: str, actions: list[Action], condition: Condition) -> bool:
    """Whether the condition held."""
    try:
        SuppressionRow(key).update(actions=actions, condition=condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
