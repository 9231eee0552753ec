"""Views of one person: profile, events, messages."""

from collections.abc import Iterator
from typing import Any

from chalice.app import Blueprint, Request

from functions.api import answers
from functions.api.paging import Fetched, Position, listing, page
from functions.api.routing import route
from sojourn.consent.store import get_consent
from sojourn.contacts.addresses import email_key
from sojourn.contacts.model import CONTACT_ID_LENGTH, Profile
from sojourn.contacts.store import find_contact, get_profile
from sojourn.errors import Problem
from sojourn.insight.store import events_before
from sojourn.messages.store import find_message, messages_of

contacts = Blueprint(__name__)
PREFIXES = ("u#", "a#", "e#", "p#", "x#")
MAX_IDENTITY = 2_048  # bytes that DynamoDB takes as a key


@route(contacts, "/api/contacts/{contact}")
def show_contact(request: Request, contact: str) -> dict[str, Any]:
    """The profile and what the person allowed."""
    profile = wanted_contact(contact)
    return answers.contact(profile, get_consent(profile.contact))


@route(contacts, "/api/contacts/{contact}/events")
def list_events(request: Request, contact: str) -> dict[str, Any]:
    """What the person did, the latest first, under all their identities."""
    profile = wanted_contact(contact)

    def fetch(limit: int, after: Position | None) -> Fetched:
        events, more = events_before(profile.partitions, (after[0], after[1]) if after else None, limit)
        return [answers.event(event) for event in events], [events[-1].sk, events[-1].pk] if more else None

    return listing(request, fetch)


@route(contacts, "/api/contacts/{contact}/messages")
def list_messages(request: Request, contact: str) -> dict[str, Any]:
    """What the person was sent, or why not, in the order in which it was due."""
    profile = wanted_contact(contact)
    found = [
        ([each.due or each.decided_at, each.id], answers.message(each))
        for contact_of_theirs in profile.collections
        for each in messages_of(contact_of_theirs)
    ]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(contacts, "/api/messages/{message}")
def show_message(request: Request, message: str) -> dict[str, Any]:
    """One message."""
    found = find_message(message) if len(message) <= MAX_IDENTITY else None
    if found is None:
        raise Problem(404, "message_not_found", "there is no such message")
    return answers.message(found)


def wanted_contact(named: str) -> Profile:
    """The contact of this id, userId, e-mail address, or identity (`u#…`, `a#…`, `e#…`, `p#…`, `x#…`)."""
    if len(named.encode("utf-8", "replace")) <= MAX_IDENTITY - 2:
        for contact in _candidates(named):
            profile = get_profile(contact)
            if profile.revision:
                return profile
    raise Problem(404, "contact_not_found", "there is no such contact")


def _candidates(named: str) -> Iterator[str]:
    """Contact ids that the name may mean, the likeliest first."""
    if named.startswith(PREFIXES):
        yield from filter(None, [find_contact(named)])
    elif named:
        if len(named) == CONTACT_ID_LENGTH and named.isalnum():
            yield named
        yield from filter(None, [find_contact(f"u#{named}")])
        if "@" in named:
            yield from filter(None, [find_contact(email_key(named))])
