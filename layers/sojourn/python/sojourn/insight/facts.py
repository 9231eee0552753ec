"""What `explain` knows of a journey, its ways in, its gates and a run, as plain facts: they lie floors above."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """A step: what it does in words, and where it leads; `answers` are what a wait may hear, each with its step."""

    kind: str
    does: str
    then: str
    otherwise: str
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Came:
    """When a contact came into a segment last, and whether by what may move somebody."""

    since: str
    moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyFacts:
    """A journey as published; `version` 0 when it never was. `steps` and `goal` are those of the contact's own version.

    `since` and `because` are of the state: when somebody paused, stopped or resumed it, and what did, if nobody.
    """

    name: str
    version: int = 0
    live_since: str = ""
    steps: Mapping[str, StepFacts]
    state: str = "live"
    since: str = ""
    because: str = ""
    goal: str = ""
    entries: "tuple[EntryFacts, ...]" = ()


class EntryKind(StrEnum):
    """How a journey is entered."""

    EVENT = "event"
    SEGMENT = "segment"
    DATE = "date"
    SCHEDULE = "schedule"
    REQUEST = "request"


WAYS = {
    EntryKind.EVENT: "by the event {name}",
    EntryKind.SEGMENT: "by coming into the segment {name}",
    EntryKind.DATE: "by the date {name}",
    EntryKind.SCHEDULE: "by a schedule, from the segment {name}",
    EntryKind.REQUEST: "by request",
}


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One way in: its event, segment or attribute, and what is known of the contact there.

    `since` is when the journey went live with it, `unlike` the newest event since that was not as `where` wants it,
    where none was.
    """

    kind: EntryKind
    name: str
    since: str = ""
    unlike: Mapping[str, Any] | None = None
    came: Came | None = None  # into the segment
    is_held: bool = False  # for the segment's rule cannot be judged
    is_in: bool = False  # the segment of a schedule, now
    at: str = ""  # when the date, or the schedule, lets in next
    is_known: bool = True  # the date, or the request for this journey, is there

    @property
    def words(self) -> str:
        """How the journey is entered by it."""
        return WAYS[self.kind].format(name=f"“{self.name}”")


@dataclass(frozen=True, slots=True)
class Gate:
    """One question at the door as it would be answered now: the reason of a No, and the values that it saw."""

    name: str
    reason: str = ""
    seen: Mapping[str, Any] | None = None
    at: str = ""  # of the last time that it was asked, for a refusal that was noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An enrolment as its row tells it, without what is secret. `came_by` names the event that let them in; `calls` are
    the call steps that have no answer, and why; `waits` is what the run is kept for."""

    id: str
    entry: int
    version: int
    status: str
    reason: str
    entered_at: str
    entered_by: str
    ended_at: str
    step: str
    until: str
    leg: int
    execution: str
    waits: Mapping[str, Any] | None = None
    key: str = ""
    holdout: bool = False
    came_by: str = ""
    converted_at: str = ""
    calls: Mapping[str, str] = field(default_factory=dict)
