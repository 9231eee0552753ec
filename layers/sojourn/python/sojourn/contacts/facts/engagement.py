"""How a person answers on each channel: counts, and the last time. Pure.

Only our own events tell, and only of people: what a machine opened or clicked, nobody did.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed

OURS = "sojourn"
MEASURES = {
    "Message Opened": "opened",
    "Message Clicked": "clicked",
    "Message Bounced": "bounced",
    "Message Complained": "complained",
    "Unsubscribed": "unsubscribed",
    "SMS Received": "replied",
}
BY_MACHINES_TOO = {"opened", "clicked"}
HUMAN = "human"


def fold(fact: Mapping[str, Any] | None, deed: "Deed") -> dict[str, Any] | None:
    """{channel: {measure: {n, last}}}."""
    measure = MEASURES.get(deed.name) if deed.source == OURS else None
    if measure is None or (measure in BY_MACHINES_TOO and deed.properties.get("class") != HUMAN):
        return dict(fact) if fact else None
    channel = deed.properties.get("channel")
    if not isinstance(channel, str):
        channel = "sms" if measure == "replied" else "email"
    return join(fact or {}, {channel: {measure: {"n": 1, "last": deed.at}}})


def join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Counts add up, the later time stays."""
    channels = sorted({*one, *other})
    return {channel: _joined(one.get(channel, {}), other.get(channel, {})) for channel in channels}


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for measure in sorted({*one, *other}):
        seen = [side[measure] for side in (one, other) if measure in side]
        result[measure] = {"n": sum(each["n"] for each in seen), "last": max(each["last"] for each in seen)}
    return result
