"""Addresses that must not be written to. They come in bodies, never in paths: paths stand in logs.

An operator closes an address and opens it again; what its own holder closed, by STOP, a complaint or an unsubscribe,
only the holder opens.
"""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.routing import route
from functions.api.world import world
from sojourn.bootstrap import settings
from sojourn.consent.addresses.store import find_suppression, reopen, suppress
from sojourn.consent.model import MESSAGING, Channel
from sojourn.consent.suppression import LIFTED_BY_OPERATOR, Reason, Suppression
from sojourn.contacts.addresses import email_key, phone_key
from sojourn.contacts.store import find_contact
from sojourn.errors import Problem
from sojourn.segments.keep import judge_again

suppressions = Blueprint(__name__)
LONGEST_ADDRESS = 320
LONGEST_NOTE = 200
OPERATOR = "operator"


@route(suppressions, "/api/suppressions/find", "POST")
def find_address(request: Request) -> dict[str, Any]:
    """What is known of an address."""
    channel, address, _ = _said(request, {"channel", "address"})
    return _answer(find_suppression(channel, address))


@route(suppressions, "/api/suppressions", "PUT")
def suppress_address(request: Request) -> dict[str, Any]:
    """Close an address to everything, whoever it belongs to."""
    channel, address, note = _said(request, {"channel", "address", "note"})
    suppress(channel, address, reason=Reason.MANUAL, at=world().clock.calendar(), source=note)
    _judge_again(channel, address)
    return _answer(find_suppression(channel, address))


@route(suppressions, "/api/suppressions", "DELETE")
def unsuppress_address(request: Request) -> dict[str, Any]:
    """Open an address again, unless its own holder closed it."""
    channel, address, note = _said(request, {"channel", "address", "note"})
    known = find_suppression(channel, address)
    if known is not None and known.reason and known.reason not in LIFTED_BY_OPERATOR:
        raise Problem(
            409,
            "closed_by_its_holder",
            f"only its holder can open this address: it is closed by {known.reason}",
        )
    reopen(channel, address, at=world().clock.calendar(), source=note)
    _judge_again(channel, address)
    return _answer(find_suppression(channel, address))


def _judge_again(channel: str, address: str) -> None:
    """Whoever has the address may come into a segment by it, or go out: the next sweep tells."""
    identity = email_key(address) if channel == Channel.EMAIL else phone_key(address.strip())
    if contact := find_contact(identity):
        judge_again(contact, clock=world().clock, shards=int(settings().due_shards))


def _said(request: Request, known: set[str]) -> tuple[str, str, str]:
    """Channel, address and what the operator notes for the history."""
    fields = sent_object(request)
    refuse_unknown(fields, known)
    channel, address, note = fields.get("channel"), fields.get("address"), fields.get("note", "")
    if channel not in MESSAGING:
        raise Problem(400, "invalid_field", "`channel` is email or sms", field="channel")
    if not isinstance(address, str) or not 3 <= len(address.strip()) <= LONGEST_ADDRESS:
        raise Problem(
            400, "invalid_field", "`address` is an e-mail address or a phone number", field="address"
        )
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise Problem(400, "invalid_field", f"`note` is a text of {LONGEST_NOTE} characters", field="note")
    return str(channel), address, f"{OPERATOR}: {note.strip()}" if note.strip() else OPERATOR


def _answer(known: Suppression | None) -> dict[str, Any]:
    history = known.history if known else ()
    return {
        "suppressed": known is not None and known.reason is not None,
        "reason": known.reason.value if known and known.reason else None,
        "at": (known.at or None) if known else None,
        "source": (known.source or None) if known else None,
        "history": [
            {"at": line.at, "reason": line.reason or None, "source": line.source} for line in history
        ],
    }
