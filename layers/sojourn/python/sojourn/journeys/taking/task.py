"""What the machine hands to take_step, and where the run stands that it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self

from sojourn.clock import iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile
from sojourn.journeys import store
from sojourn.journeys.carrying import ahead_of
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Taken
from sojourn.journeys.model import END, Journey
from sojourn.journeys.rounds import round_of
from sojourn.journeys.steps import Step
from sojourn.journeys.store import Stand
from sojourn.journeys.views import view_in
from sojourn.rules.nodes import Rule
from sojourn.rules.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTask:
    """`park_after`: a repeat ends its leg after so many rounds. `entered`: when its state was entered."""

    enrolment: str
    leg: int
    step: str
    next: str = END
    park_after: int = 0
    entered: str = ""

    @classmethod
    def from_task(cls, event: Mapping[str, Any]) -> Self:
        """Decode the Task's payload."""
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in event.items() if name in names}
        return cls(**{**known, "leg": int(event["leg"]), "park_after": int(event.get("park_after", 0))})

    def taken(self, way: int = 1) -> Taken:
        """That it was done."""
        return Taken(self.step, f"{self.leg}/{self.entered}", way)


@dataclass(slots=True)
class Here:
    """A run at a step; what is known of the contact is read when somebody asks."""

    task: TakeTask
    run: Enrolment
    journey: Journey
    step: Step
    engine: Engine
    profile: Profile | None = field(default=None)

    @property
    def now(self) -> datetime:
        """The calendar's now."""
        return self.engine.clock.calendar()

    @property
    def arrived(self) -> datetime:
        """When the run came to this step: the same at every attempt, so that events of ours are written once."""
        return min(parse_iso(self.run.until), self.now)

    @property
    def round(self) -> str:
        """The round of the repeats in which the step stands."""
        return round_of(self.journey, self.run.rounds, self.step.name)

    @property
    def contact(self) -> Profile:
        """The person, strongly read once."""
        if self.profile is None:
            self.profile = get_profile(self.run.contact)
        return self.profile

    def look(self, rules: Iterable[Rule]) -> View:
        """The person as these rules see them."""
        return view_in(self.run, self.contact, rules, now=self.now)

    def go_on(self, to: str, *, way: int = 1, **more: Any) -> dict[str, Any]:
        """The final write: the run stands at that state, or behind the branches before it, which are judged here."""
        ahead = ahead_of(self.journey, to, self.look)
        stand = Stand(
            at=ahead.at,
            until=ahead.until(self.journey, self.now),
            taken=self.task.taken(way),
            carried=ahead.carried,
            **more,
        )
        store.take(self.run, stand)
        return {"path": dict(ahead.carried)}

    def leave(self, reason: str) -> None:
        """The final write of a way out."""
        now = iso(self.now)
        store.take(self.run, replace(Stand(at=END, until=now), reason=reason, taken=self.task.taken()))
