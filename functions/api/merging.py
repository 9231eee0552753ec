"""Two contacts that a person says are one: what would come of it, and to say it. What is said becomes events."""

import hashlib
from collections.abc import Iterator
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api import answers
from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.contacts import wanted_contact
from functions.api.paging import parameter
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.contacts.merge import merged, ranked
from sojourn.contacts.model import Profile
from sojourn.contacts.store import is_too_large
from sojourn.errors import Problem, StoreBusyError
from sojourn.events import store
from sojourn.events.envelope import Envelope
from sojourn.events.normalise import normalise
from sojourn.http.keys import API_SOURCE

merging = Blueprint(__name__)
SAID = "Contact Merged"
SAME = "sojourn-merge"  # the kind of external id by which two visitors turn out to be one


@route(merging, "/api/contacts/{contact}/merge")
def plan_merge(request: Request, contact: str) -> dict[str, Any]:
    """Who stays, and what both would be together. Nothing is done."""
    return _told(*_pair(contact, parameter(request, "with")))


@route(merging, "/api/contacts/{contact}/merge", "POST")
def merge_contacts(request: Request, contact: str) -> Response:
    """Say that they are one. Said twice it is said once; nobody can take it back."""
    sent = sent_object(request)
    refuse_unknown(sent, {"with"})
    survivor, loser = _pair(contact, sent.get("with"))
    clock = world().clock
    envelope = Envelope(API_SOURCE, clock.calendar(), clock.wall())
    taken = [normalise(item, envelope) for item in _items(survivor, loser)]
    inserted = store.insert_rows((each.event, each.text) for each in taken)
    if inserted.failed or inserted.refused:
        raise StoreBusyError("events")
    changed(None, {"survivor": survivor.contact, "loser": loser.contact})
    telemetry.note("contacts merged by hand")
    return Response(_told(survivor, loser), {"Content-Type": "application/json"}, 202)


def _pair(contact: str, other: Any) -> tuple[Profile, Profile]:
    """The survivor and the loser."""
    if not isinstance(other, str) or not other:
        raise Problem(400, "invalid_field", "`with` is the other contact", field="with")
    one, two = wanted_contact(contact), wanted_contact(other)
    if one.contact == two.contact:
        raise Problem(409, "same_contact", "both names are of one contact: there is nothing to merge")
    if not one.partitions or not two.partitions:
        raise Problem(409, "contact_has_no_identity", "no event of one of them was ever seen")
    survivor, loser = ranked(one, two)
    if is_too_large(merged(survivor, loser)):
        raise Problem(409, "too_large", "together they are more than a profile can hold")
    return survivor, loser


def _items(survivor: Profile, loser: Profile) -> Iterator[dict[str, Any]]:
    """An alias of two users. Any others are given one id of ours: an alias might take a visitor's name for a user's."""
    name = hashlib.sha256(f"merge|{survivor.contact}|{loser.contact}".encode()).hexdigest()
    if survivor.user_ids and loser.user_ids:
        ids = {"userId": survivor.user_ids[0][2:], "previousId": loser.user_ids[0][2:]}
        yield {"type": "alias", **ids, "messageId": name}
        return
    context = {"externalIds": [{"type": SAME, "id": name[:32]}]}
    for place, each in enumerate((survivor, loser)):
        identity = each.partitions[0]
        field = "userId" if identity.startswith("u#") else "anonymousId"
        known = {field: identity[2:], "context": context, "messageId": f"{name[:32]}-{place}"}
        # Not `identify`, which would make somebody known who is not.
        yield {"type": "track", "event": SAID, **known}


def _told(survivor: Profile, loser: Profile) -> dict[str, Any]:
    people = {"survivor": survivor, "loser": loser, "together": merged(survivor, loser)}
    return {name: answers.person(each) for name, each in people.items()}
