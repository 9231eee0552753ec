"""What all events of one request share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sojourn.events.model import Trust
from sojourn.events.times import Skew, skew_of

NO_SKEW = Skew()


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where and when a request came in, and the context that its batch gives to every event."""

    source: str
    received: datetime
    wall: datetime
    sent_at: Any = None
    skew: Skew = NO_SKEW
    shared: Mapping[str, Any] = field(default_factory=dict)
    trust: Trust = Trust.SERVER
    secrets: tuple[str, ...] = ()  # what a browser's proof is checked with
    ip: str = ""  # of the caller, where the caller is the person's own browser

    @classmethod
    def of(cls, body: Mapping[str, Any], *, source: str, received: datetime, wall: datetime) -> "Envelope":
        """From the envelope of a batch, or from a single event (which is its own envelope)."""
        sent_at = body.get("sentAt")
        return cls(source, received, wall, sent_at, skew_of(sent_at, wall=wall), _shared(body))

    def sent(self, item: Mapping[str, Any]) -> tuple[Any, Skew]:
        """By the item's own sentAt where it has one (Rudder), else by the request's (Segment)."""
        own = item.get("sentAt")
        return (own, skew_of(own, wall=self.wall)) if own is not None else (self.sent_at, self.skew)


def _shared(body: Mapping[str, Any]) -> dict[str, Any]:
    if "batch" not in body:
        return {}
    return {
        part: body[part]
        for part in ("context", "integrations")
        if isinstance(body.get(part), dict) and body[part]
    }
