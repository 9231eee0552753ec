"""One line of the archive: what may be counted in clear, everything else sealed with the person's key.

line = event_line(event, contact=…, key=…, hashed=…, safe=SAFE)     Line.parse(line.text()) is the same line
event_of(line, key)                                                the very event again
"""

import json
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, fields
from typing import Any, Self

from sojourn.clock import iso, parse_iso
from sojourn.events.model import Event, Trust
from sojourn.events.sealing import seal, unseal
from sojourn.events.shown import clear_part, clear_text
from sojourn.messages.model import Message, MessageState

EVENT, MESSAGE = "event", "message"
KINDS = (EVENT, MESSAGE)
MESSAGE_IN_CLEAR = (
    "enrolment", "journey", "version", "step", "channel", "template", "template_version", "topic", "purpose", "state",
    "reason", "outcome", "due", "decided_at", "sent_at", "held", "parts",
)  # fmt: skip
IN_THE_LINE = {"contact", "digest", *MESSAGE_IN_CLEAR}
MESSAGE_SEALED = tuple(field.name for field in fields(Message) if field.name not in IN_THE_LINE)

Hashed = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is written; `contact` is empty where nobody knows yet whose event it is."""

    said: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Event or message."""
        return str(self.said["kind"])

    @property
    def contact(self) -> str:
        """The contact as it was known when the line was written: merged away since, perhaps."""
        return str(self.said["contact"])

    @property
    def identity(self) -> str:
        """Keyed hash of the user id or anonymous id."""
        return str(self.said["identity"])

    @property
    def id(self) -> str:
        """Names what the line is about."""
        return str(self.said["id"])

    @property
    def key(self) -> tuple[str, ...]:
        """The same for a line that was written twice."""
        return self.kind, self.id, str(self.said.get("state", "")), str(self.said.get("outcome", ""))

    @property
    def sealed(self) -> str:
        """What only the person's key opens."""
        return str(self.said["sealed"])

    def text(self) -> str:
        """One line of JSON."""
        return json.dumps(self.said, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """The line of a text."""
        return cls(json.loads(text))


def event_line(event: Event, *, contact: str, key: bytes, hashed: Hashed, safe: Set[str]) -> Line:
    """The line of an event; no text of it is in clear that may be an address."""
    name = hashed(f"{EVENT}|{event.key}")
    sealed = {
        "pk": event.pk,
        "sk": event.sk,
        "event": event.event,
        "source": event.source,
        "message_id": event.message_id,
        "payload": event.payload,
    }
    facts: dict[str, Any] = {
        "type": event.type,
        "event": clear_text(event.event),
        "received_at": iso(event.received_at),
        "source": clear_text(event.source),
        "message_id": clear_text(event.message_id),
        "trust": event.trust.value,
        "properties": clear_part(event.properties, safe),
    }
    return _line(EVENT, name, contact, hashed(event.pk), iso(event.at), facts, seal(key, sealed, about=name))


def message_line(message: Message, *, key: bytes, hashed: Hashed) -> Line:
    """The line of a message in a state; the words of journeys and templates are the operator's, and in clear."""
    known = {name: getattr(message, name) for name in (*MESSAGE_IN_CLEAR, *MESSAGE_SEALED)}
    facts = {name: known[name] for name in MESSAGE_IN_CLEAR if known[name]}
    sealed = {name: known[name] for name in MESSAGE_SEALED if known[name]}
    at = message.sent_at or message.decided_at or message.due
    closed = seal(key, sealed, about=message.id)
    return _line(MESSAGE, message.digest, message.contact, hashed(message.identity), at, facts, closed)


def event_of(line: Line, key: bytes) -> Event:
    """The event of a line."""
    said, sealed = line.said, unseal(key, line.sealed, about=line.id)
    return Event(
        pk=sealed["pk"],
        sk=sealed["sk"],
        type=said["type"],
        event=sealed["event"],
        at=parse_iso(said["at"]),
        received_at=parse_iso(said["received_at"]),
        source=sealed["source"],
        message_id=sealed["message_id"],
        payload=sealed["payload"],
        trust=Trust(said["trust"]),
    )


def message_of(line: Line, key: bytes) -> Message:
    """The message of a line, in that line's state."""
    sealed = unseal(key, line.sealed, about=f"{line.contact}-{line.id}")
    facts = {name: line.said[name] for name in MESSAGE_IN_CLEAR if name in line.said}
    state = MessageState(facts.pop("state"))
    return Message(contact=line.contact, digest=line.id, state=state, **facts, **{"identity": "", **sealed})


def _line(
    kind: str, name: str, contact: str, identity: str, at: str, facts: Mapping[str, Any], sealed: str
) -> Line:
    about = {"kind": kind, "id": name, "contact": contact, "identity": identity, "at": at}
    return Line({**about, **{field: value for field, value in facts.items() if value}, "sealed": sealed})
