"""What a rule sees of a contact at a moment, and what it says. Pure.

Whoever judges fills in what the rule's references name; the rest may stay empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import Flag, auto
from typing import Any

from sojourn.rules.nodes import Match


class Needs(Flag):
    """What is not part of a profile, and is read only for rules that ask for it."""

    NOTHING = 0
    CONSENT = auto()
    MESSAGES = auto()
    QUANTILES = auto()


@dataclass(frozen=True, slots=True)
class TraceSpec:
    """Events that a rule must know one by one: which, and the property of each that it adds up."""

    match: Match
    property: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """Such events of one person: when the first was, and the newest, in order: (when, value or None)."""

    first: datetime
    entries: tuple[tuple[datetime, float | None], ...]
    is_full: bool = False  # there may have been more


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """One message of ours. Times are None for what did not happen; opens and clicks are those of people."""

    channel: str
    journey: str
    template: str
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A contact, now."""

    contact: str
    now: datetime
    zone: tzinfo = UTC
    attributes: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)  # by the names of rules.facts.FACT_TYPES
    events: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # name → {n, first, last} (contacts.seen)
    traces: Mapping[str, Trace] = field(default_factory=dict)  # by trace id; absent: no such event
    segments: frozenset[str] = frozenset()  # those that the contact is in
    consent: Mapping[tuple[str, str, str], str] = field(
        default_factory=dict
    )  # (channel, purpose, topic) → status
    reachable: frozenset[str] = frozenset()  # channels
    messages: Sequence[MessageSeen] = ()
    quantiles: Mapping[str, int] = field(default_factory=dict)  # measure/of → where this contact stands


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the rule holds, and the first moment when time alone may change that (None: never)."""

    holds: bool
    flips_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class References:
    """What a change must touch for the rule to be judged again. `every_event`: any event of the person's own."""

    attributes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    every_event: bool = False
    segments: frozenset[str] = frozenset()
    needs: Needs = Needs.NOTHING


@dataclass(frozen=True, slots=True)
class Explained:
    """One node of a rule with what was seen and the verdict; leaves have a value, the others parts."""

    condition: str
    holds: bool
    seen: str = ""
    flips_at: datetime | None = None
    parts: "tuple[Explained, ...]" = ()
