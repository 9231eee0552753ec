"""Whom an event names: its own identity, and others that must belong to the same person. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sojourn.contacts.addresses import email_key, phone_key
from sojourn.contacts.merge import Why
from sojourn.events.model import Event, Trust

LONGEST_EXTERNAL = 256
MOST_EXTERNAL = 10


@dataclass(frozen=True, slots=True)
class Named:
    """An identity that an event names beside its own, and what that says."""

    identity: str
    why: Why
    instead: str = (
        ""  # which it is, where nobody has the first: `previousId` is a user id, or an anonymous one
    )


def identities_of(event: Event) -> list[str]:
    """Every identity that an event names, its own first."""
    others = [
        identity for named in named_by(event) for identity in (named.identity, named.instead) if identity
    ]
    return [event.pk, *others]


def named_by(event: Event) -> list[Named]:
    """The others. What a browser says of addresses and of other systems names nobody: anybody may say it."""
    found = {named.identity: named for named in _named(event) if named.identity != event.pk}
    return list(found.values())


def _named(event: Event) -> Iterator[Named]:
    anonymous = event.payload.get("anonymousId")
    if isinstance(anonymous, str):
        yield Named(f"a#{anonymous}", Why.VISITOR)
    previous = event.payload.get("previousId")
    if event.type == "alias" and isinstance(previous, str):
        yield _previous(event, previous)
    if event.trust is Trust.BROWSER:
        return
    if event.type == "identify":
        yield from _addresses(event)
    yield from _external(event)


def _previous(event: Event, previous: str) -> Named:
    """A browser's visitor may have been anonymous, never somebody else's user."""
    if event.trust is Trust.BROWSER or event.pk == f"u#{previous}":
        return Named(f"a#{previous}", Why.ALIAS)
    return Named(f"u#{previous}", Why.ALIAS, instead=f"a#{previous}")


def _addresses(event: Event) -> Iterator[Named]:
    email, phone = event.traits.get("email"), event.traits.get("phone")
    if isinstance(email, str) and email.strip():
        yield Named(email_key(email), Why.ADDRESS)
    if isinstance(phone, str) and phone.strip():
        yield Named(phone_key(phone), Why.ADDRESS)


def _external(event: Event) -> Iterator[Named]:
    """Segment's `context.externalIds`: [{type, id}, …]."""
    said = event.context.get("externalIds")
    for each in said[:MOST_EXTERNAL] if isinstance(said, list) else ():
        kind, number = _text(each, "type"), _text(each, "id")
        if kind and number and "#" not in kind:
            yield Named(f"x#{kind}#{number}", Why.EXTERNAL)


def _text(said: Any, field: str) -> str:
    value = said.get(field) if isinstance(said, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_EXTERNAL else ""
