"""Views of tests: a template is sent to somebody of the team, and what became of it. The function send_message sends
it: it alone may.

Runs twice: with an Idempotency-Key the second request answers as the first did, and nothing goes out. Dies midway: with
the key the next request answers `unknown`, for nobody knows; without one it sends again, which a person asked for.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.contacts import wanted_contact
from functions.api.prover import VANISHED
from functions.api.routing import caller, route
from functions.api.world import world
from sojourn import telemetry
from sojourn.bootstrap import first_sending
from sojourn.clock import iso
from sojourn.contacts.addresses import email, phone
from sojourn.delivery.model import Skip
from sojourn.delivery.modes import Mode, shut_by
from sojourn.errors import Problem
from sojourn.journeys.modes import sending
from sojourn.limits.store import lease
from sojourn.messages.library import get_template, latest
from sojourn.messages.proofs import store
from sojourn.messages.proofs.model import Proof
from sojourn.messages.template import EMAIL

proofs = Blueprint(__name__)
ID_LENGTH = 16
A_MINUTE, MOST_A_MINUTE = 60, 20


@route(proofs, "/api/templates/{name}/test", "POST")
def send_proof(request: Request, name: str) -> dict[str, Any]:
    """One mail or text of the newest version, marked as a test."""
    sent = sent_object(request)
    refuse_unknown(sent, {"to", "as"})
    version = latest(name)
    if version is None:
        raise Problem(404, "template_not_found", "there is no such template: save it first (`sojourn apply`)")
    to = _address(sent.get("to"), get_template(name, version).channel)
    asked = {"template": name, "version": version, "to": to, "facts": facts_of(sent.get("as"))}
    told = {"id": None, "state": "skipped", "reason": Skip.MODE} if _is_shut(to) else _once(request, asked)
    telemetry.note("proof asked for", template=name, version=version, state=told["state"])
    return {"name": name, "version": version, **told}


@route(proofs, "/api/templates/{name}/tests/{test}")
def show_proof(request: Request, name: str, test: str) -> dict[str, Any]:
    """What became of a test, here and at the provider; thirty days long."""
    found = store.find(test)
    if found is None or found.name != name:
        raise Problem(
            404, "test_not_found", "there is no such test of this template: they are kept for 30 days"
        )
    return {
        "id": found.id,
        "name": found.name,
        "version": found.version,
        "state": found.state,
        "reason": found.reason,
        "outcome": found.outcome or None,
        "at": found.at,
    }


def _is_shut(to: str) -> bool:
    """Whether the sending mode lets nothing through to this address; what waits for a person has one here."""
    return shut_by(sending(first=first_sending()), Mode.LIVE, to) is not None


def _once(request: Request, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Send, or answer what the same Idempotency-Key came to."""
    key = request.headers.get("idempotency-key", "")
    id_ = _digest([caller(request), key])[:ID_LENGTH] if key else secrets.token_hex(ID_LENGTH // 2)
    known = store.find(id_) if key else None
    if known is None:
        return _first(request, asked, id_)
    if known.asked != _digest(asked):
        raise Problem(
            422, "idempotency_key_used", "this Idempotency-Key belongs to another test: take a new one"
        )
    return {"id": id_, "state": known.state, "reason": known.reason}


def _first(request: Request, asked: Mapping[str, Any], id_: str) -> dict[str, Any]:
    _count(request)
    clock = world().clock
    proof = Proof(
        id=id_,
        asked=_digest(asked),
        name=asked["template"],
        version=asked["version"],
        at=iso(clock.calendar()),
        **VANISHED,
    )
    if not store.begin(proof, now=clock.wall().timestamp()):
        raise Problem(
            409, "in_progress", "the same test is being sent at this moment: ask again a little later"
        )
    told = world().prove({**asked, "id": id_})
    store.settle(id_, state=told["state"], reason=told["reason"])
    return {"id": id_, **told}


def _count(request: Request) -> None:
    """One of the key's tests of this minute."""
    minute = int(world().clock.wall().timestamp()) // A_MINUTE * A_MINUTE
    if not lease(f"proof#{caller(request)}", second=minute, asked=1, rate=MOST_A_MINUTE):
        raise Problem(
            429,
            "too_many_tests",
            f"a key may send {MOST_A_MINUTE} tests a minute: send it again in a minute",
            limit=MOST_A_MINUTE,
            headers={"Retry-After": str(A_MINUTE)},
        )


def _address(to: Any, channel: str) -> str:
    found = (email(to) if channel == EMAIL else _number(to)) if isinstance(to, str) else None
    if not found:
        wanted = (
            "an e-mail address" if channel == EMAIL else "a phone number with its country, like +12125550100"
        )
        raise Problem(
            400, "invalid_recipient", f"`to` is {wanted}: this is a template for {channel}", field="to"
        )
    return found


def _number(text: str) -> str | None:
    found = phone(text)
    return found.e164 if found else None


def facts_of(said: Any) -> dict[str, Any]:
    """Whose facts it shows: those of a contact, or made-up ones; nobody's where nothing is said."""
    if isinstance(said, str) and said:
        return dict(wanted_contact(said).attributes)
    if said is None or isinstance(said, dict):
        return dict(said or {})
    raise Problem(400, "invalid_field", "`as` is a contact, or an object with sample fields", field="as")


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
