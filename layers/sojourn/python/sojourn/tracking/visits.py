"""A recipient's visit: open, click. One read of the message, one write of what happened; `leaving` has the way out."""

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sojourn import telemetry
from sojourn.clock import Clock, parse_iso
from sojourn.consent.addresses.store import suppress_hash
from sojourn.consent.store import Say, record_after
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile
from sojourn.errors import NotFoundError, StoreBusyError
from sojourn.events import store as events
from sojourn.events.model import Event, internal_event
from sojourn.messages.library import get_template
from sojourn.messages.model import Message
from sojourn.messages.store import find_known
from sojourn.messages.urls import compose
from sojourn.tables import store_errors_translated
from sojourn.tracking.classify import Visitor, classify
from sojourn.tracking.keys import LinkKeys, link_keys
from sojourn.tracking.tokens import Action, Token, read

SAME_OPEN_SECONDS = 10.0
MOST_REMEMBERED = 5_000


def links_of(name: str, version: int) -> Sequence[str]:
    """The targets of a template's links; immutable, so read once per container."""
    return get_template(name, version).links


@dataclass(slots=True)
class Lately:
    """Opens that this container has just recorded: a pixel fetched ten thousand times a minute costs a few writes."""

    elapsed: Callable[[], float] = time.monotonic
    _seen: dict[tuple[str, str], float] = field(default_factory=dict)

    def repeats(self, message_id: str, visitor: Visitor) -> bool:
        """Whether the same was recorded a moment ago; remembers this one."""
        now, key = self.elapsed(), (message_id, visitor.value)
        if len(self._seen) >= MOST_REMEMBERED:
            self._seen.clear()
        before = self._seen.get(key)
        if before is not None and now - before < SAME_OPEN_SECONDS:
            return True
        self._seen[key] = now
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the doors stand on."""

    clock: Clock
    keys: LinkKeys = field(default_factory=lambda: link_keys)
    find_message: Callable[[str], Message | None] = (
        find_known  # doors ask whose it is, of which step and template
    )
    links_of: Callable[[str, int], Sequence[str]] = links_of
    insert: Callable[[Iterable[Event]], events.Inserted] = events.insert
    get_profile: Callable[[str], Profile] = get_profile
    record_consent: Callable[[str, Say], int] = record_after
    suppress_hash: Callable[..., bool] = suppress_hash
    lately: Lately = field(default_factory=Lately)

    def token(self, text: str, action: Action) -> Token | None:
        """What a token says, when it is ours."""
        return read(text, self.keys.knowing(text), action)


def opened(text: str, headers: Mapping[str, str], *, gate: Gate) -> None:
    """Record an open. Whatever goes wrong, the picture is shown: so failures are logged, not raised."""
    try:
        with store_errors_translated():
            token = gate.token(text, Action.OPEN)
            message = gate.find_message(token.message_id) if token else None
    except StoreBusyError as error:
        telemetry.warn("open not recorded", error=str(error))
        return
    if message is not None:
        verdict = classify(headers, picture=True, since_sent=_since_sent(message, gate))
        if not gate.lately.repeats(message.id, verdict.visitor):
            found = {"class": verdict.visitor.value, "reasons": list(verdict.reasons)}
            happened("Message Opened", message, found, gate=gate)


def clicked(text: str, headers: Mapping[str, str], *, gate: Gate, recorded: bool = True) -> str | None:
    """The target of a tracked link, its click recorded; None when the link leads nowhere (any more)."""
    with store_errors_translated():
        token = gate.token(text, Action.CLICK)
        message = gate.find_message(token.message_id) if token else None
        target = _target(message, token.link, gate) if message and token else None
    if message is None or token is None or target is None:
        return None
    if recorded:
        verdict = classify(headers, picture=False, since_sent=_since_sent(message, gate))
        found = {"class": verdict.visitor.value, "reasons": list(verdict.reasons)}
        happened(
            "Message Clicked", message, {**found, "link": {"index": token.link, "url": target}}, gate=gate
        )
    return compose(target, message.values.get(str(token.link), ()))


def _target(message: Message, link: int | None, gate: Gate) -> str | None:
    try:
        links = gate.links_of(message.template, message.template_version)
    except NotFoundError:
        return None
    return links[link] if link is not None and 0 <= link < len(links) else None


def _since_sent(message: Message, gate: Gate) -> float | None:
    sent = message.sent_at or message.decided_at  # an open may come before the send is recorded
    return (gate.clock.calendar() - parse_iso(sent)).total_seconds() if sent else None


def happened(name: str, message: Message, found: Mapping[str, Any], *, gate: Gate) -> None:
    """Insert the event; a failure is logged with all that the event would have said, and the visitor goes on."""
    about = {
        "message_id": message.id,
        "journey": message.journey,
        "version": message.version,
        "step": message.step,
        "channel": message.channel,
        "template": message.template,
    }
    at = gate.clock.calendar()
    event = internal_event(
        message.identity, name, at=at, message_id=uuid.uuid4().hex, properties={**about, **found}
    )
    try:
        with store_errors_translated():
            inserted = gate.insert([event])
        lost = bool(inserted.failed or inserted.refused)
    except StoreBusyError:
        lost = True
    if lost:
        telemetry.warn("visit not recorded", event=name, at=at.isoformat(), **about)
