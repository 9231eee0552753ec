"""What a gate says, in a sentence: those at the door of a journey, and those before a message. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sojourn.insight.facts import Gate
from sojourn.insight.reasons import HELD, filled, in_words, said_of
from sojourn.insight.verdicts import Verdict, why

AT_THE_DOOR = {
    "journey": "The journey lets people in.",
    "re-entry": "The contact may come in; runs before: {runs}.",
    "goal": "The contact has not met the goal.",
    "filter": "The filter lets them in.",
}
BEFORE_A_MESSAGE = {
    "journey": "The journey is {state}.",
    "address": "There is an address for {channel}.",
    "suppression": "The address is open[ for this, though {suppressed}].",
    "consent": "The contact agreed to {purpose} by {channel}[, about {topic}][, at {since}][, by {source}].",
    "mode": "It may go: the workspace's mode is {workspace}, and the journey's {journey}.",
    "reputation": "Marketing is paused since {paused_since}; what is {purpose} goes.",
    "hours": "Its hours {hours}, {zones}, are open.",
    "cap": "{used} of {at_most} messages within {per} went or are planned, by the cap of {of}.",
    "rate": "The account sends {rate:g} mails a second.",
    "quota": "{used} of {at_most} of the account's mails of the day are gone.",
    "expiry": "It may go until {expires}.",
}
AT_ANY_HOUR = "It may go at any hour."
NEEDS_NONE = "What is {purpose} needs no consent."
GOES = {"sent": "goes out", "planned": "waits", "skipped": "would be skipped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What would become of a run's next message as things stand: `state` as it would be written, and each gate."""

    step: str
    channel: str
    purpose: str
    at: str
    state: str
    reason: str
    until: str
    seen: Mapping[str, Any]
    gates: Sequence[Gate]


def at_the_door(gate: Gate) -> dict[str, Any]:
    """A gate of the journey's door, as it is told."""
    seen = gate.seen or {}
    said = why(Verdict(gate.reason), "", None, seen) if gate.reason else filled(AT_THE_DOOR[gate.name], seen)
    return _told(gate, said)


def before_a_message(gate: Gate, message: Mapping[str, Any]) -> dict[str, Any]:
    """A gate before a message; `message` is what is known of it beside."""
    seen = {**message, **(gate.seen or {})}
    if gate.reason:
        state = "planned" if gate.reason in HELD else "skipped"
        return _told(gate, said_of(state, gate.reason, seen) or "")
    sentence = BEFORE_A_MESSAGE[gate.name]
    if gate.name == "hours" and not seen.get("hours"):
        sentence = AT_ANY_HOUR
    if gate.name == "consent" and seen.get("needed") is False:
        sentence = NEEDS_NONE
    return _told(gate, filled(sentence, in_words(seen)))


def ahead_told(ahead: Ahead) -> dict[str, Any]:
    """The next message, as it is told."""
    about = {"channel": ahead.channel, "purpose": ahead.purpose, "until": ahead.until}
    seen = {**about, **ahead.seen}
    return {
        "step": ahead.step,
        "channel": ahead.channel,
        "at": ahead.at,
        "would": GOES[ahead.state],
        "until": ahead.until or None,
        "reason": ahead.reason or None,
        "why": said_of(ahead.state, ahead.reason, seen) if ahead.reason else None,
        "gates": [before_a_message(gate, seen) for gate in ahead.gates],
    }


def _told(gate: Gate, said: str) -> dict[str, Any]:
    return {
        "gate": gate.name,
        "passes": not gate.reason,
        "reason": gate.reason or None,
        "says": said,
        "seen": dict(gate.seen) if gate.seen else None,
    }
