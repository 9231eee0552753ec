"""Models to JSON: only what a reader may see. Tokens, address hashes and personal parts of links stay inside."""

from typing import Any

from sojourn.clock import iso
from sojourn.consent.model import Consent
from sojourn.contacts.facts.shown import shown
from sojourn.contacts.model import Profile
from sojourn.events.model import Event
from sojourn.journeys.versions import Draft, Version
from sojourn.messages.model import Message
from sojourn.messages.template import Template


def contact(profile: Profile, consent: Consent) -> dict[str, Any]:
    """A person."""
    return {
        "id": profile.contact,
        "identities": list(profile.identities),
        "traits": dict(profile.attributes),
        "is_known": profile.is_known,
        "merged": list(profile.merged),
        "events": {name: dict(seen) for name, seen in profile.events.items()},
        "consent": {slot: standing.told() for slot, standing in consent.state.items()},
        "created_at": profile.created_at,
        "revision": profile.revision,
        **shown(profile.facts),
    }


def person(profile: Profile) -> dict[str, Any]:
    """A person in a list: what a row of a table shows."""
    known = shown(profile.facts)
    return {
        "id": profile.contact,
        "identities": list(profile.identities),
        "traits": dict(profile.attributes),
        "created_at": profile.created_at,
        **{name: known[name] for name in ("stage", "tags", "lists", "value")},
    }


def event(event: Event) -> dict[str, Any]:
    """Something that a person did."""
    return {
        "identity": event.pk,
        "type": event.type,
        "event": event.event,
        "at": iso(event.at),
        "received_at": iso(event.received_at),
        "source": event.source,
        "message_id": event.message_id,
        "properties": dict(event.properties),
        "traits": dict(event.traits),
        "context": dict(event.context),
        "flags": list(event.payload.get("flags") or []),
    }


def message(message: Message) -> dict[str, Any]:
    """A message and what became of it."""
    return {
        "id": message.id,
        "contact": message.contact,
        "enrolment": message.enrolment,
        "journey": message.journey,
        "version": message.version,
        "step": message.step,
        "channel": message.channel,
        "template": message.template,
        "template_version": message.template_version,
        "state": message.state.value,
        "reason": message.reason or None,
        "outcome": message.outcome or None,
        "provider_id": message.provider_id or None,
        "due": message.due or None,
        "decided_at": message.decided_at or None,
        "sent_at": message.sent_at or None,
        "held": message.held,
        "parts": message.parts or None,
        "zones": message.zones or None,
        "seen": dict(message.seen) or None,
    }


def journey(name: str, draft: Draft | None, live: Version | None) -> dict[str, Any]:
    """A journey: the draft with its text, and the version that contacts enter."""
    latest = draft or live
    return {
        "name": name,
        "revision": draft.revision if draft else 0,
        "saved_by": draft.saved_by or None if draft else None,
        "saved_at": draft.saved_at or None if draft else None,
        "source": latest.source if latest else "",
        "definition": dict(latest.definition) if latest else {},
        "live": version(live) if live else None,
    }


def version(live: Version) -> dict[str, Any]:
    """A published version."""
    return {
        "version": live.number,
        "version_arn": live.version_arn,
        "published_at": live.published_at,
        "source": live.source,
        "definition": dict(live.definition),
        "templates": dict(live.templates),
        "approval": dict(live.approval) or None,
    }


def template(template: Template, source: dict[str, Any]) -> dict[str, Any]:
    """A template as its author wrote it."""
    return {
        "name": template.name,
        "version": template.version,
        "channel": template.channel,
        "definition": source,
        "links": list(template.links),
    }
