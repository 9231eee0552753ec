"""The parts of an event that are stored as the client wrote them, but for what the engine must not believe."""

from collections.abc import Mapping
from typing import Any

from sojourn.events.consents import CONSENT_EVENTS, check_consent_event, check_context_consent
from sojourn.events.model import Trust
from sojourn.events.rejections import EventRejectedError, Rejection
from sojourn.events.surroundings import check_surroundings
from sojourn.events.traits import check_traits

OBJECTS = ("properties", "traits", "context", "integrations")
TEXTS = ("name", "category")


def parts_of(item: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that are there; what a batch says of all its events lies under what the event says itself."""
    parts: dict[str, Any] = {}
    for part in OBJECTS:
        value = item.get(part)
        if value is not None and not isinstance(value, dict):
            raise EventRejectedError(f"invalid_{part}", f"{part} must be an object", part)
        if part in shared:
            value = merged(shared[part], value or {})
        if value:
            parts[part] = value
    for part in TEXTS:
        if isinstance(item.get(part), str):
            parts[part] = item[part]
    return parts


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two objects as one; where both speak, the one above is heard."""
    result = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            result[key] = merged(below[key], above[key])
    return result


def leave_out(
    parts: dict[str, Any], *, kind: str, name: str, trust: Trust = Trust.SERVER, ip: str = ""
) -> list[Rejection]:
    """Take out of `parts` what is wrong, and bring the rest into the form in which it is stored.

    EventRejectedError when nothing would be left. `ip` is the caller's, for a context that says none.
    """
    if name in CONSENT_EVENTS:
        check_consent_event(parts.get("properties", {}))
    rejections = _leave_out_consent(parts) + _leave_out_surroundings(parts, ip)
    return rejections + _leave_out_traits(parts, trust) if kind == "identify" else rejections


def _leave_out_consent(parts: dict[str, Any]) -> list[Rejection]:
    context = parts.get("context")
    if not context or context.get("consent") is None:
        return []
    right, rejections = check_context_consent(context["consent"])
    parts["context"] = {**context, "consent": right}
    return rejections


def _leave_out_surroundings(parts: dict[str, Any], ip: str) -> list[Rejection]:
    context, rejections = check_surroundings(parts.pop("context", {}), ip=ip)
    if context:
        parts["context"] = context
    return rejections


def _leave_out_traits(parts: dict[str, Any], trust: Trust) -> list[Rejection]:
    in_context = parts.get("context", {}).get("traits")
    if "traits" not in parts and isinstance(in_context, dict):  # Rudder's clients put them there
        parts["traits"] = in_context
    if "traits" not in parts:
        return []
    parts["traits"], rejections = check_traits(parts["traits"], trust=trust)
    return rejections
