"""A journey as data: who comes in and how often, what is wanted, the steps between, and what stands round them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sojourn.clock import iso, parse_iso
from sojourn.consent.model import Channel, Purpose
from sojourn.delivery.modes import Mode
from sojourn.journeys.language.around import Cap, ChannelHours, Goal, WayOut
from sojourn.journeys.language.entering import (
    EXISTING,
    Again,
    ByRequest,
    Entry,
    OnDate,
    OnSchedule,
    Reentry,
    Trigger,
    entry_from,
)
from sojourn.journeys.language.paths import Steps, steps_from, steps_to
from sojourn.journeys.language.times import Duration
from sojourn.journeys.names import EnrolmentId, execution_name, machine_name
from sojourn.rules.definition import from_definition as rule_from
from sojourn.rules.definition import to_definition as rule_definition
from sojourn.rules.nodes import Rule

__all__ = [
    "END",
    "EXISTING",
    "Channel",
    "EnrolmentId",
    "Goal",
    "Journey",
    "Purpose",
    "Trigger",
    "execution_name",
    "machine_name",
]

END = "(end)"
EVERY_TOPIC = "all"  # how a file says that whoever leaves its messages leaves all of that purpose
USUAL_REENTRY = Reentry()


def as_topic(said: str | None) -> str | None:
    """None where nothing was said, "" where it is to be every topic."""
    return "" if said == EVERY_TOPIC else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One journey, without its version: versions are given at publishing.

    `topic` is "" where it is said to be all of them. `filter` is asked when somebody would come in. `holdout` is
    the share in percent of those who come in and to whom nothing is sent. `approvals` is how many other people must
    agree before it is published. `late_data_grace` lets events that are dated before the entry, by no more than
    this, answer a wait or meet the goal.
    """

    name: str
    purpose: Purpose
    entries: tuple[Entry, ...]
    steps: Steps
    topic: str | None = None
    filter: Rule | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    reentry: Reentry = USUAL_REENTRY
    goal: Goal | None = None
    exits: tuple[WayOut, ...] = ()
    hours: Mapping[Channel, ChannelHours] | None = None
    caps: tuple[Cap, ...] = ()
    priority: int = 0
    mode: Mode = Mode.LIVE
    holdout: float = 0
    approvals: int = 0
    description: str = ""
    owner: str = ""
    kpi: str = ""
    late_data_grace: Duration | None = None

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """The entries by event and by segment."""
        return tuple(entry for entry in self.entries if isinstance(entry, Trigger))

    @property
    def again(self) -> Again:
        """When somebody may come in again: what is said, or what is usual for the entries.

        Service mail answers requests: after exit. Dates and schedules have occurrences of their own: after exit, since
        each lets in once. With a key: once for each value while a run of it is on. Events and segments: once.
        """
        if self.reentry.again is not Again.USUAL:
            return self.reentry.again
        answers = self.purpose is Purpose.SERVICE or self.is_keyed
        return Again.AFTER_EXIT if answers or self.has_occurrences else Again.ONCE

    @property
    def is_keyed(self) -> bool:
        """Whether a contact may be in it several times at once, once for each value of a key."""
        return any(isinstance(entry, Trigger | ByRequest) and entry.key for entry in self.entries)

    @property
    def has_occurrences(self) -> bool:
        """Whether dates or schedules let people in."""
        return any(isinstance(entry, OnDate | OnSchedule) for entry in self.entries)

    def to_definition(self) -> dict[str, Any]:
        """The journey as JSON, in the shape of its file; nothing is lost."""
        entries = [entry.to_definition() for entry in self.entries]
        facts: dict[str, Any] = {
            "journey": self.name,
            "description": self.description,
            "owner": self.owner,
            "kpi": self.kpi,
            "purpose": self.purpose.value,
            "topic": EVERY_TOPIC if self.topic == "" else self.topic,
            "entry": entries[0] if len(entries) == 1 else entries,
            "filter": rule_definition(self.filter) if self.filter is not None else None,
            "starts": iso(self.starts) if self.starts else None,
            "ends": iso(self.ends) if self.ends else None,
            "re-entry": self.reentry.to_definition() if self.reentry != USUAL_REENTRY else None,
            "goal": self.goal.to_definition() if self.goal else None,
            "exits": [each.to_definition() for each in self.exits],
            "hours": {channel.value: each.to_definition() for channel, each in (self.hours or {}).items()},
            "caps": [cap.to_definition() for cap in self.caps],
            "priority": self.priority,
            "mode": self.mode.value if self.mode is not Mode.LIVE else None,
            "holdout": f"{self.holdout:g}%" if self.holdout else None,
            "approvals": self.approvals,
            "late data grace": str(self.late_data_grace) if self.late_data_grace else None,
        }
        said = {key: fact for key, fact in facts.items() if fact}
        return {**said, "steps": steps_to(self.steps)}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The journey that `to_definition` wrote. What people write goes through `load_journey` instead."""
        entries = definition["entry"]
        hours = definition.get("hours", {})
        return cls(
            name=definition["journey"],
            purpose=Purpose(definition["purpose"]),
            topic=as_topic(definition.get("topic")),
            entries=tuple(entry_from(each) for each in (entries if isinstance(entries, list) else [entries])),
            filter=rule_from(definition["filter"]) if "filter" in definition else None,
            starts=parse_iso(definition["starts"]) if "starts" in definition else None,
            ends=parse_iso(definition["ends"]) if "ends" in definition else None,
            reentry=Reentry.from_definition(definition["re-entry"])
            if "re-entry" in definition
            else USUAL_REENTRY,
            goal=Goal.from_definition(definition["goal"]) if "goal" in definition else None,
            exits=tuple(WayOut.from_definition(each) for each in definition.get("exits", ())),
            hours={Channel(key): ChannelHours.from_definition(each) for key, each in hours.items()} or None,
            caps=tuple(Cap.from_definition(each) for each in definition.get("caps", ())),
            priority=definition.get("priority", 0),
            mode=Mode(definition.get("mode", Mode.LIVE)),
            holdout=float(definition["holdout"].removesuffix("%")) if "holdout" in definition else 0,
            approvals=definition.get("approvals", 0),
            description=definition.get("description", ""),
            owner=definition.get("owner", ""),
            kpi=definition.get("kpi", ""),
            late_data_grace=Duration.from_text(definition["late data grace"])
            if "late data grace" in definition
            else None,
            steps=steps_from(definition["steps"]),
        )
