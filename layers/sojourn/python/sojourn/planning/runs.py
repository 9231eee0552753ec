"""What is remembered of one contact's runs while they are played: where they stand, what was sent, the diary."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, tzinfo
from operator import attrgetter
from typing import Any

from sojourn.clock import iso
from sojourn.journeys.enrolment import Enrolment, Status


class Run:
    """A run. `row` is what the engine's decisions look at; what changes is laid on it when one of them asks. `stay`
    counts the states entered, so what was planned for a state that is left does nothing."""

    __slots__ = (
        "_changes", "_row", "at", "first", "id", "input", "is_active", "is_held_out", "is_playing",
        "leg", "messaged", "reason", "status", "stay", "variables", "waiting",
    )  # fmt: skip

    def __init__(self, row: Enrolment) -> None:
        self._row = self.first = row
        self._changes: dict[str, Any] = {}
        self.id = row.id
        self.leg = 0
        self.messaged: datetime | None = None  # when a message went last, or would have gone
        self.at = ""  # the step where the contact stands
        self.stay = 0
        self.is_playing = False  # an execution of this leg is open
        self.is_active = True
        self.is_held_out = row.holdout
        self.status, self.reason = row.status, ""
        self.input: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}
        self.waiting: Any = None  # the state, and its input, that a token is answered for

    @property
    def row(self) -> Enrolment:
        """The row as it would stand."""
        if self.messaged is not None:
            self._changes["messaged_at"], self.messaged = iso(self.messaged), None
        if self._changes:
            self._row = _laid_on(self._row, self._changes)
            self._changes = {}
        return self._row

    def task(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """A Task's payload as the real functions get it, with what is of the run."""
        return {"enrolment": self.id, "leg": self.leg, "attempt": 0, **payload}

    @property
    def rounds(self) -> Mapping[str, int]:
        """Of repeats, as the row would have them."""
        found: Mapping[str, int] = self._changes.get("rounds", self._row.rounds)
        return found

    def change(self, **fields: Any) -> None:
        """Lay these on the row."""
        self._changes.update(fields)

    def end(self, status: Status, reason: str, at: datetime) -> None:
        """The run is over."""
        self.is_active, self.status, self.reason = False, status, reason
        self.change(status=status, reason=reason, ended_at=iso(at), wait=None)

    @property
    def stands(self) -> str:
        """Where it stands, or how it ended."""
        if self.is_active:
            return self.at
        return f"{self.status.value}: {self.reason}" if self.reason else self.status.value


NAMES = tuple(each.name for each in fields(Enrolment))
ALL = attrgetter(*NAMES)


def _laid_on(row: Enrolment, changes: Mapping[str, Any]) -> Enrolment:
    """The same as `replace`, which takes three times as long."""
    made, put = object.__new__(Enrolment), object.__setattr__
    for name, value in {**dict(zip(NAMES, ALL(row), strict=True)), **changes}.items():
        put(made, name, value)
    return made


@dataclass(slots=True)
class Sent:
    """A message that was decided on: when, what became of it, and when people did something with it."""

    id: str
    enrolment: str
    step: str
    channel: str
    template: str
    state: str
    at: datetime
    due: datetime
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    is_bounced: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diary: what happened, why, and what each gate said."""

    at: datetime
    step: str
    what: str
    why: str = ""
    gates: tuple[tuple[str, str], ...] = ()

    def to_json(self, zone: tzinfo) -> dict[str, Any]:
        """With the time where the contact is."""
        told: dict[str, Any] = {
            "at": iso(self.at),
            "local": self.at.astimezone(zone).isoformat(timespec="seconds"),
            "step": self.step,
            "what": self.what,
        }
        if self.why:
            told["why"] = self.why
        return {**told, **({"gates": dict(self.gates)} if self.gates else {})}


@dataclass(slots=True)
class Journal:
    """All that is written down of one contact, where somebody asked for it."""

    lines: list[Line] = field(default_factory=list)
    visits: list[tuple[datetime, int, str]] = field(default_factory=list)  # (when, leg, state)
