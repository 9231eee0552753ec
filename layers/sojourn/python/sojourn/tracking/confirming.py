"""Double opt-in: a link in a service mail, a page with a button, and one press that gives what was asked for.

Consent is recorded first, under the key of the event that follows; a press that died in between is mended by the next,
which finds the rows of its own message and writes the same event once more.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sojourn.clock import parse_iso
from sojourn.consent.lapse import as_of
from sojourn.consent.model import Consent, ConsentChange, Purpose, Status, Word, slot_of
from sojourn.consent.statements import changes_of
from sojourn.consent.store import ledger_of
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event, internal_event
from sojourn.messages.model import Message
from sojourn.tables import store_errors_translated
from sojourn.tracking.tokens import Action
from sojourn.tracking.visits import Gate

GIVEN, HOW = "Consent Given", "double_opt_in"


class Link(StrEnum):
    """What a link that ends is worth."""

    GOOD = "good"
    ENDED = "ended"
    NONE = "none"


def link_of(text: str, action: Action, *, gate: Gate) -> Link:
    """Whether this is a link of ours, and still good; asks the key, not the message."""
    token = gate.token(text, action)
    if token is None:
        return Link.NONE
    return Link.GOOD if token.is_good(gate.clock.wall()) else Link.ENDED


def confirmed(text: str, *, seen: Mapping[str, str], gate: Gate) -> bool:
    """Give what the message asked to confirm; `seen` is what the press told of itself. False: nothing was waiting."""
    with store_errors_translated():
        token = gate.token(text, Action.CONFIRM)
        message = gate.find_message(token.message_id) if token else None
        if message is None:
            return False
        contact = gate.get_profile(message.contact).contact
        asked = ledger_of(contact)
        event = _mended(message, asked)
        changed = 0
        if event is None:
            now = gate.clock.calendar()
            made: list[Event] = []
            changed = gate.record_consent(
                contact, lambda consent: _given(message, consent, asked, seen, now, made)
            )
            event = made[-1] if changed else None
        if event and gate.insert([event]).failed:
            raise StoreBusyError("events")
        return changed > 0


def _given(
    message: Message,
    consent: Consent,
    asked: Sequence[ConsentChange],
    seen: Mapping[str, str],
    now: datetime,
    made: list[Event],
) -> list[ConsentChange]:
    """Only what was asked for before the message left: a later request has a mail of its own."""
    waiting = as_of(consent, now).pending(message.channel)
    topics = [topic for topic in waiting if _is_meant(message, consent, topic)]
    if not topics:
        return []
    said = [parse_iso(consent.state[_slot(message, topic)].at) for topic in topics]
    at = max([now, *said])
    made.append(_event(message, at, [_statement(message, topic, asked, seen) for topic in topics]))
    return list(changes_of(made[-1]))


def _is_meant(message: Message, consent: Consent, topic: str | None) -> bool:
    return consent.state[_slot(message, topic)].at <= message.decided_at


def _slot(message: Message, topic: str | None) -> str:
    return slot_of(message.channel, Purpose.MARKETING, topic)


def _statement(
    message: Message, topic: str | None, asked: Sequence[ConsentChange], seen: Mapping[str, str]
) -> dict[str, Any]:
    """What was given, with the proof of both halves: the words of the request, and the press that confirmed it."""
    slot = _slot(message, topic)
    requests = [each for each in asked if each.slot == slot and each.word is Word.REQUESTED]
    request = max(requests, key=lambda each: each.at, default=None)
    statement: dict[str, Any] = {
        "channel": message.channel,
        "purpose": Purpose.MARKETING.value,
        "topic": topic,
        "status": Status.GIVEN.value,
        "source": request.source if request else "double opt-in",
        "how": HOW,
        "wording": request.wording if request else None,
        "wording_version": request.wording_version if request else None,
    }
    proof = {"message_id": message.id, "address": message.address_hash, **seen}
    if request:
        proof = {**request.evidence, **proof, "requested_at": request.at.isoformat()}
    return {**{name: value for name, value in statement.items() if value is not None}, "evidence": proof}


def _event(message: Message, at: datetime, statements: Sequence[Mapping[str, Any]]) -> Event:
    first, *others = statements
    event = internal_event(
        message.identity,
        GIVEN,
        at=at,
        message_id=hashlib.sha256(f"{message.id}|confirm".encode()).hexdigest()[:32],
        properties=first,
    )
    return (
        replace(event, payload={**event.payload, "context": {"consent": list(others)}}) if others else event
    )


def _mended(message: Message, ledger: Sequence[ConsentChange]) -> Event | None:
    """The event of a confirmation that is recorded already, made again from its rows."""
    mine = [each for each in ledger if each.how == HOW and each.evidence.get("message_id") == message.id]
    if not mine:
        return None
    statements = [
        {
            "channel": each.channel.value,
            "purpose": each.purpose.value,
            **({"topic": each.topic} if each.topic else {}),
            "status": each.status.value,
            "source": each.source,
            "how": each.how,
            **({"wording": each.wording} if each.wording else {}),
            **({"wording_version": each.wording_version} if each.wording_version else {}),
            "evidence": {**each.evidence, "address": message.address_hash},
        }
        for each in mine
    ]
    return _event(message, mine[0].at, statements)
