"""What operators say of a person. All of it becomes events like any other: profiles stay folds of events.

Answers come before the event took effect: it is read within a second.
"""

import uuid
from typing import Any
from urllib.parse import unquote

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.contacts import wanted_contact
from functions.api.routing import route
from functions.api.world import world
from sojourn.contacts.facts.stage import Stage
from sojourn.contacts.groups.model import rolled_up
from sojourn.contacts.groups.store import get_group, members_of
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile
from sojourn.errors import Problem, StoreBusyError
from sojourn.events import store
from sojourn.events.envelope import Envelope
from sojourn.events.normalise import normalise
from sojourn.events.rejections import EventRejectedError
from sojourn.http.keys import API_SOURCE

people = Blueprint(__name__)
LABELS = {"tags": ("tag", "Tag Added", "Tag Removed"), "lists": ("list", "List Joined", "List Left")}
LONGEST_LABEL = 100
MOST_MEMBERS = 1_000
MESSAGE_ID = "idempotency-key"


@route(people, "/api/contacts", "POST")
def create_contact(request: Request) -> Response:
    """A person with a userId, known from now on."""
    fields = sent_object(request)
    refuse_unknown(fields, {"userId", "traits", "context"})
    return _taken(request, {**fields, "type": "identify"})


@route(people, "/api/contacts/{contact}", "PATCH")
def change_contact(request: Request, contact: str) -> Response:
    """Change traits; null takes one away (RFC 7396)."""
    fields = sent_object(request)
    refuse_unknown(fields, {"traits"})
    if not isinstance(fields.get("traits"), dict) or not fields["traits"]:
        raise Problem(400, "invalid_field", "`traits` is an object with what is to change", field="traits")
    return _said(request, wanted_contact(contact), {"type": "identify", "traits": fields["traits"]})


@route(people, "/api/contacts/{contact}/events", "POST")
def record_event(request: Request, contact: str) -> Response:
    """Something that the person did where nobody counts: at a desk, on the telephone, in a shop."""
    fields = sent_object(request)
    refuse_unknown(fields, {"event", "properties", "timestamp", "context"})
    return _said(request, wanted_contact(contact), {**fields, "type": "track"})


@route(people, "/api/contacts/{contact}/tags/{label}", "PUT")
def add_tag(request: Request, contact: str, label: str) -> Response:
    """Put a tag on."""
    return _labelled(request, contact, "tags", label, is_on=True)


@route(people, "/api/contacts/{contact}/tags/{label}", "DELETE")
def remove_tag(request: Request, contact: str, label: str) -> Response:
    """Take a tag off."""
    return _labelled(request, contact, "tags", label, is_on=False)


@route(people, "/api/contacts/{contact}/lists/{label}", "PUT")
def join_list(request: Request, contact: str, label: str) -> Response:
    """Put the person on a list."""
    return _labelled(request, contact, "lists", label, is_on=True)


@route(people, "/api/contacts/{contact}/lists/{label}", "DELETE")
def leave_list(request: Request, contact: str, label: str) -> Response:
    """Take the person off a list."""
    return _labelled(request, contact, "lists", label, is_on=False)


@route(people, "/api/contacts/{contact}/stage", "PUT")
def change_stage(request: Request, contact: str) -> Response:
    """Say where the person stands, and why."""
    fields = sent_object(request)
    refuse_unknown(fields, {"stage", "reason"})
    if fields.get("stage") not in tuple(Stage):
        known = ", ".join(Stage)
        raise Problem(400, "invalid_field", f"`stage` is one of {known}", field="stage")
    if not isinstance(fields.get("reason", ""), str):
        raise Problem(400, "invalid_field", "`reason` is a text", field="reason")
    change = {"type": "track", "event": "Stage Changed", "properties": fields}
    return _said(request, wanted_contact(contact), change)


@route(people, "/api/groups/{group}")
def show_group(request: Request, group: str) -> dict[str, Any]:
    """An account, and what its members come to."""
    found = get_group(unquote(group))
    if not found.revision:
        raise Problem(404, "group_not_found", "there is no such group: it begins with a `group` call")
    members = members_of(found.id, MOST_MEMBERS + 1)
    summed = rolled_up(get_profile(member) for member in members[:MOST_MEMBERS])
    return {"id": found.id, "traits": dict(found.traits), **summed, "is_partial": len(members) > MOST_MEMBERS}


def _labelled(request: Request, contact: str, kind: str, label: str, *, is_on: bool) -> Response:
    field, on, off = LABELS[kind]
    name = unquote(label).strip()
    if not 0 < len(name) <= LONGEST_LABEL:
        raise Problem(400, "invalid_field", f"a {field} has 1 to {LONGEST_LABEL} characters", field=field)
    item = {"type": "track", "event": on if is_on else off, "properties": {field: name}}
    return _said(request, wanted_contact(contact), item)


def _said(request: Request, profile: Profile, item: dict[str, Any]) -> Response:
    """An event of this person, under the first name that they are known by."""
    named = sorted(profile.identities, key=lambda identity: not identity.startswith("u#"))
    if not named:
        raise Problem(409, "contact_has_no_identity", "no event of this contact was ever seen")
    field = "userId" if named[0].startswith("u#") else "anonymousId"
    return _taken(request, {**item, field: named[0][2:]})


def _taken(request: Request, item: dict[str, Any]) -> Response:
    message_id = request.headers.get(MESSAGE_ID, "").strip().strip('"') or uuid.uuid4().hex
    clock = world().clock
    envelope = Envelope(API_SOURCE, clock.calendar(), clock.wall())
    try:
        taken = normalise({**item, "messageId": message_id}, envelope)
    except EventRejectedError as error:
        raise Problem(400, error.code, error.message, field=error.field) from error
    if taken.left_out:
        first = taken.left_out[0]
        raise Problem(400, first.code, first.message, field=first.field)
    inserted = store.insert_rows([(taken.event, taken.text)])
    if inserted.failed or inserted.refused:
        raise StoreBusyError("events")
    told = {"accepted": True, "message_id": message_id, "is_new": inserted.written == 1}
    return Response(told, {"Content-Type": "application/json"}, 202)
