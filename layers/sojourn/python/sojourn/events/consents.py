"""Consent as clients state it: the events `Consent Requested`, `Consent Given` and `Consent Withdrawn`, and
`context.consent` on any call.

A statement is {channel: email|sms|web, purpose: marketing|tracking, topic?, source, how?, wording?, wording_version?,
evidence?}; in a context it may carry `status: given|pending|withdrawn` (given when it says nothing).
"""

from collections.abc import Callable, Mapping
from typing import Any

from sojourn.events.rejections import EventRejectedError, Rejection

CONSENT_EVENTS = {"Consent Requested", "Consent Given", "Consent Withdrawn"}
MOST_STATEMENTS = 20
MOST_EVIDENCE = 300  # characters of one piece

Check = Callable[[Any], bool]


def check_consent_event(properties: Mapping[str, Any]) -> None:
    """A consent event must be right as a whole: half a consent is none."""
    for field, remedy in _faults(properties, STATEMENT):
        raise EventRejectedError(f"invalid_consent_{field}", remedy, f"properties.{field}")


def check_context_consent(stated: Any) -> tuple[list[Any], list[Rejection]]:
    """The statements that are right, and a rejection for each that is not; the event itself stays."""
    if not isinstance(stated, list):
        return [], [Rejection("invalid_consent", "context.consent must be a list", "context.consent")]
    right, rejections = [], []
    for number, statement in enumerate(stated):
        if rejection := _check_statement(statement, number):
            rejections.append(rejection)
        else:
            right.append({field: value for field, value in statement.items() if value is not None})
    return right, rejections


def _check_statement(statement: Any, number: int) -> Rejection | None:
    place = f"context.consent[{number}]"
    if number >= MOST_STATEMENTS:
        return Rejection("invalid_consent", f"an event may carry {MOST_STATEMENTS} consents", place)
    if not isinstance(statement, dict):
        return Rejection("invalid_consent", "a consent must be an object", place)
    for field, remedy in _faults(statement, STATEMENT | STATUS):
        return Rejection(f"invalid_consent_{field}", remedy, f"{place}.{field}")
    return None


def _faults(statement: Mapping[str, Any], fields: Mapping[str, tuple[Check, str]]) -> list[tuple[str, str]]:
    faults = [
        (field, remedy) for field, (is_right, remedy) in fields.items() if not is_right(statement.get(field))
    ]
    return faults or _contradictions(statement)


def _contradictions(statement: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is right in itself and wrong together."""
    if statement["purpose"] != "tracking":
        on_web = statement["channel"] == "web"
        return [("channel", "on the web people are measured, not written to")] if on_web else []
    topic = statement.get("topic")
    return [] if topic in MEASURED else [("topic", "tracking has the topics opens, clicks and site, or none")]


def _one_of(*values: str | None) -> Check:
    return lambda value: (value is None or isinstance(value, str)) and value in values


def _text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and len(value.strip()) > 0 and len(value) <= longest


def _optional(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_topic(value: Any) -> bool:
    # The consent state is keyed by channel|purpose|topic, with * for all topics.
    return _text(100)(value) and "|" not in value and value.isprintable()


def _is_evidence(value: Any) -> bool:
    texts = isinstance(value, dict) and all(map(_text(MOST_EVIDENCE), value.values()))
    return texts and len(value) <= MOST_STATEMENTS


MEASURED = {None, "opens", "clicks", "site"}
STATEMENT: dict[str, tuple[Check, str]] = {
    "channel": (_one_of("email", "sms", "web"), "channel must be email, sms or web"),
    "purpose": (_one_of("marketing", "tracking"), "purpose must be marketing or tracking"),
    "topic": (_optional(_is_topic), "topic must be a text of at most 100 characters, without |"),
    "source": (_text(200), "source must say where consent was given, in at most 200 characters"),
    "how": (_optional(_text(50)), "how must be a text of at most 50 characters, such as form"),
    "wording": (_optional(_text(4_000)), "wording must be a text of at most 4,000 characters"),
    "wording_version": (_optional(_text(50)), "wording_version must be a text of at most 50 characters"),
    "evidence": (_optional(_is_evidence), "evidence must be an object of texts of at most 300 characters"),
}
STATUS: dict[str, tuple[Check, str]] = {
    "status": (_one_of("given", "pending", "withdrawn", None), "status must be given, pending or withdrawn"),
}
