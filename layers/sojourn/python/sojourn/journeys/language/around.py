"""What stands round the steps of a journey: its goal, its ways out, its hours and caps. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sojourn.journeys.language.entering import Trigger
from sojourn.journeys.language.sending import Outside
from sojourn.journeys.language.times import Definition, Duration, Hours
from sojourn.rules.definition import from_definition as rule_from
from sojourn.rules.definition import to_definition as rule_definition
from sojourn.rules.nodes import Rule


class AtEntry(StrEnum):
    """What happens to somebody who has met the goal before they come in."""

    SKIP = "skip_entry"
    ENTER = "enter"


@dataclass(frozen=True, slots=True)
class Goal:
    """What the journey is for. `match` pairs a property of the goal's event with one of the entry's event. It counts
    once a run, until `window` after the run's last message (7 days unless said), also when the run is over; and ends
    the run unless `exit` is false. For holdouts the same, from the moment when the message would have gone."""

    trigger: Trigger
    match: tuple[tuple[str, str], ...] = ()
    window: Duration | None = None
    exit: bool = True
    at_entry: AtEntry = AtEntry.SKIP

    @property
    def event(self) -> str:
        """The event's name."""
        return self.trigger.event

    @property
    def segment(self) -> str:
        """The segment's, if it is that they come into one."""
        return self.trigger.segment

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {
            **self.trigger.to_definition(),
            **({"match": dict(self.match)} if self.match else {}),
            **({"window": str(self.window)} if self.window else {}),
            **({} if self.exit else {"exit": False}),
            **({"at entry": self.at_entry.value} if self.at_entry is not AtEntry.SKIP else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        return cls(
            trigger=Trigger.from_definition(definition),
            match=tuple(definition.get("match", {}).items()),
            window=Duration.from_text(definition["window"]) if "window" in definition else None,
            exit=definition.get("exit", True),
            at_entry=AtEntry(definition.get("at entry", AtEntry.SKIP)),
        )


@dataclass(frozen=True, slots=True)
class WayOut:
    """What takes somebody out at once, even in a wait: an event, coming into (or `leaves`) a segment, a rule come
    true."""

    trigger: Trigger | None = None
    leaves: str = ""
    match: tuple[tuple[str, str], ...] = ()
    rule: Rule | None = None
    reason: str = ""

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        if self.rule is not None:
            said: Definition = {"rule": rule_definition(self.rule)}
        elif self.trigger is None:
            said = {"leaves": self.leaves}
        else:
            said = self.trigger.to_definition()
        match = {"match": dict(self.match)} if self.match else {}
        return {**said, **match, **({"reason": self.reason} if self.reason else {})}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        reason, match = definition.get("reason", ""), tuple(definition.get("match", {}).items())
        if "rule" in definition:
            return cls(rule=rule_from(definition["rule"]), reason=reason)
        if "leaves" in definition:
            return cls(leaves=definition["leaves"], reason=reason)
        return cls(Trigger.from_definition(definition), match=match, reason=reason)


@dataclass(frozen=True, slots=True)
class ChannelHours:
    """The hours of one channel in this journey; they stand in place of the workspace's."""

    hours: Hours
    outside: Outside = Outside.HOLD

    def to_definition(self) -> str | Definition:
        """As it stands in the file."""
        if self.outside is Outside.HOLD:
            return str(self.hours)
        return {"hours": str(self.hours), "outside": self.outside.value}

    @classmethod
    def from_definition(cls, definition: str | Mapping[str, str]) -> Self:
        """What `to_definition` wrote."""
        if isinstance(definition, str):
            return cls(Hours.from_text(definition))
        return cls(Hours.from_text(definition["hours"]), Outside(definition["outside"]))


class Count(StrEnum):
    """How the time of a cap is told."""

    ROLLING = "rolling"  # any such stretch of time, exact to the second
    CALENDAR = "calendar"  # the contact's local day, or week from Monday


class OnCap(StrEnum):
    """What happens to a message for which there is no room."""

    HOLD = "hold"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages in a while: by one channel or all, of one topic or all. `keep` units are left to
    messages of journeys whose priority is at least `keep_for`. Transactional and service messages are neither counted
    nor held, unless `transactional`."""

    most: int
    per: Duration
    count: Count = Count.ROLLING
    channel: str = ""
    topic: str = ""
    on_cap: OnCap = OnCap.HOLD
    keep: int = 0
    keep_for: int = 0
    transactional: bool = False

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {
            "at most": self.most,
            "per": str(self.per),
            **({"count": self.count.value} if self.count is not Count.ROLLING else {}),
            **({"channel": self.channel} if self.channel else {}),
            **({"topic": self.topic} if self.topic else {}),
            **({"on cap": self.on_cap.value} if self.on_cap is not OnCap.HOLD else {}),
            **({"keep": self.keep, "for priority": self.keep_for} if self.keep else {}),
            **({"transactional": True} if self.transactional else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        return cls(
            most=definition["at most"],
            per=Duration.from_text(definition["per"]),
            count=Count(definition.get("count", Count.ROLLING)),
            channel=definition.get("channel", ""),
            topic=definition.get("topic", ""),
            on_cap=OnCap(definition.get("on cap", OnCap.HOLD)),
            keep=definition.get("keep", 0),
            keep_for=definition.get("for priority", 0),
            transactional=definition.get("transactional", False),
        )
