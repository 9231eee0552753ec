"""The same change of many contacts, a hundred a request: whoever has more comes again with the same key."""

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.people import LABELS, LONGEST_LABEL, MESSAGE_ID
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profiles
from sojourn.errors import Problem, StoreBusyError
from sojourn.events import store
from sojourn.events.envelope import Envelope
from sojourn.events.insertion import Row
from sojourn.events.normalise import normalise
from sojourn.http.keys import API_SOURCE

bulk = Blueprint(__name__)
MOST = 100
ENROL = "enrol"
DOES = {"tag": ("tags", True), "untag": ("tags", False), "join": ("lists", True), "leave": ("lists", False)}


@route(bulk, "/api/bulk", "POST")
def change_contacts(request: Request) -> Response:
    """Tags, lists, or the way into a journey. Who was changed by this key before is not changed again."""
    sent = sent_object(request)
    refuse_unknown(sent, {"do", "label", "contacts"})
    do, label, contacts = _do(sent), _label(sent), _contacts(sent)
    key = request.headers.get(MESSAGE_ID, "").strip().strip('"') or uuid.uuid4().hex
    people = [each for each in get_profiles(contacts).values() if each.partitions]
    new = _enrolled(people, label, key) if do == ENROL else _said(people, do, label, key)
    left_out = sorted(set(contacts) - {each.contact for each in people})
    told = {"accepted": len(people), "new": new, "left_out": left_out}
    changed(None, {"do": do, "label": label, "contacts": len(people)})
    telemetry.note("contacts changed", did=do, contacts=len(people), left_out=len(left_out))
    return Response(told, {"Content-Type": "application/json"}, 202)


def _said(people: Iterable[Profile], do: str, label: str, key: str) -> int:
    """One event for each; how many of them are new."""
    inserted = store.insert_rows(_event(each, do, label, key) for each in people)
    if inserted.failed or inserted.refused:
        raise StoreBusyError("events")
    return inserted.written


def _event(person: Profile, do: str, label: str, key: str) -> Row:
    kind, is_on = DOES[do]
    field, on, off = LABELS[kind]
    clock = world().clock
    identity = person.partitions[0]
    item = {
        "type": "track",
        "event": on if is_on else off,
        "properties": {field: label},
        "messageId": _id(key, do, label, person.contact),
        "userId" if identity.startswith("u#") else "anonymousId": identity[2:],
    }
    taken = normalise(item, Envelope(API_SOURCE, clock.calendar(), clock.wall()))
    return taken.event, taken.text


def _enrolled(people: Iterable[Profile], journey: str, key: str) -> int:
    from functions.api.running import wanted_entry
    from sojourn.journeys.requests import KeyReusedError, request_entry

    if wanted_entry(journey).key:
        said = f"{journey} tells the runs of one person apart by a key: let people in one by one, each with theirs"
        raise Problem(409, "key_missing", said)
    at, new = world().clock.calendar(), 0
    for person in people:
        own = _id(key, ENROL, journey, person.contact)
        try:
            new += request_entry(person.partitions[0], journey, {}, at=at, key=own)[1]
        except KeyReusedError:
            raise Problem(422, "idempotency_key_reused", "this key was used for another request") from None
    return new


def _id(*parts: str) -> str:
    """The same for the same change of the same person under the same key; not the place of anybody's own message."""
    return hashlib.sha256("|".join(("bulk", *parts)).encode("utf-8", "replace")).hexdigest()


def _do(sent: dict[str, Any]) -> str:
    if sent.get("do") not in (*DOES, ENROL):
        raise Problem(400, "invalid_field", f"`do` is one of {', '.join([*DOES, ENROL])}", field="do")
    return str(sent["do"])


def _label(sent: dict[str, Any]) -> str:
    label = sent.get("label")
    if not isinstance(label, str) or not 0 < len(label.strip()) <= LONGEST_LABEL:
        said = f"`label` is the tag, list or journey: 1 to {LONGEST_LABEL} characters"
        raise Problem(400, "invalid_field", said, field="label")
    return label.strip()


def _contacts(sent: dict[str, Any]) -> list[str]:
    contacts = sent.get("contacts")
    is_list = isinstance(contacts, list) and all(isinstance(each, str) and each for each in contacts)
    if not is_list or not 0 < len(contacts or ()) <= MOST:
        raise Problem(400, "invalid_field", f"`contacts` is a list of 1 to {MOST} ids", field="contacts")
    return list(dict.fromkeys(contacts or ()))
