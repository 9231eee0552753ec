"""A journey made ready to be played: the compiled machine with its states prepared once, and what its steps need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from sojourn.asl.machine import Walkable, prepare
from sojourn.clock import iso
from sojourn.delivery.model import SendRequest
from sojourn.journeys.answering import HEARD
from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.delivering import request_of
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.live import LiveJourney
from sojourn.journeys.model import Journey
from sojourn.journeys.naming import named_by
from sojourn.journeys.shape import Shape, shape_of
from sojourn.journeys.steps import Branch, Repeat, Send, Split, Step, WaitFor, every
from sojourn.messages.model import Message
from sojourn.planning.quick import quickened
from sojourn.rules.nodes import Rule
from sojourn.segments.model import ENTERED

SEND, PARK, TAKE, CALL = "send", "park", "take", "call"
TARGET = Target(
    send_function_arn=SEND, park_function_arn=PARK, step_function_arn=TAKE, call_function_arn=CALL
)
OPENED, CLICKED, DELIVERED, BOUNCED = (
    "Message Opened",
    "Message Clicked",
    "Message Delivered",
    "Message Bounced",
)


@dataclass(frozen=True)
class Script:
    """One version of a journey. `version` counts only for names."""

    journey: Journey
    version: int = 1

    @cached_property
    def machine(self) -> tuple[str, Mapping[str, Walkable]]:
        """Where it starts, and its states."""
        compiled = compile_journey(self.journey, version=self.version, target=TARGET)
        machine = prepare("rehearsal", compiled)
        return machine.start_at, quickened(machine, compiled)

    @cached_property
    def requests(self) -> dict[str, dict[str, Any]]:
        """What each send asks of delivery, but for the message; filled as they are asked."""
        return {}

    def request(self, step: Send, message: Message, *, ghost: bool) -> SendRequest:
        """The same as `request_of`, which is asked once for a step."""
        if step.instead is not None:
            return request_of(self.journey, step, message, self.templates, ghost=ghost)
        known = self.requests.get(step.name)
        if known is None:
            made = request_of(self.journey, step, message, self.templates)
            known = self.requests[step.name] = {each.name: getattr(made, each.name) for each in fields(made)}
        return SendRequest(**{**known, "message": message, "ghost": ghost})

    @cached_property
    def shape(self) -> Shape:
        """Its steps and where they lead."""
        return shape_of(self.journey)

    @cached_property
    def live(self) -> LiveJourney:
        """What react would know of it."""
        journey = self.journey
        return LiveJourney(
            name=journey.name,
            version=self.version,
            version_arn="arn:aws:states:us-east-1:000000000000:stateMachine:rehearsal:1",
            entries=journey.entries,
            heard=heard_by(journey),
            starts=iso(journey.starts) if journey.starts else "",
            ends=iso(journey.ends) if journey.ends else "",
        )

    @cached_property
    def named(self) -> frozenset[str]:
        """The properties of the entry's event that its runs keep."""
        return named_by(self.journey)

    @cached_property
    def templates(self) -> Mapping[str, int]:
        """A version for each template: nothing is rendered here."""
        sends = [step for step in every(self.journey.steps) if isinstance(step, Send)]
        names = [step.template for step in sends] + [step.instead.template for step in sends if step.instead]
        return dict.fromkeys(names, 1)

    @cached_property
    def heard(self) -> frozenset[str]:
        """Events by name that may move a run, or let somebody in."""
        entered = {each.event for each in self.journey.entries if hasattr(each, "event")}
        return self.live.heard.events | entered | ({ENTERED} if self.live.heard.segments else frozenset())

    @cached_property
    def has_splits(self) -> bool:
        """Whether anybody's path is drawn."""
        return any(isinstance(step, Split) for step in self.shape.steps.values())

    @cached_property
    def judges(self) -> bool:
        """Whether a rule is asked anywhere, so that all that happens must be remembered."""
        return next(iter(_rules(self.journey)), None) is not None

    @cached_property
    def _awaited(self) -> dict[str, frozenset[str]]:
        return {}

    def awaited(self, step: WaitFor) -> frozenset[str]:
        """The names of events that may answer a wait."""
        if step.name not in self._awaited:
            names = (HEARD[each.kind] if each.about_a_send else (each.name,) for each in step.conditions)
            self._awaited[step.name] = frozenset(name for each in names for name in each)
        return self._awaited[step.name]

    def hears(self, name: str) -> bool:
        """Whether an event of this name need be played."""
        return self.judges or self.live.heard.everything or name in self.heard

    def step(self, name: str) -> Step:
        """The step of this name."""
        return self.shape.steps[name]

    def repeats(self, name: str) -> bool:
        """Whether the step stands in a repeat."""
        return bool(self.shape.repeats.get(name))

    def to_definition(self) -> dict[str, Any]:
        """What another process makes the same script of."""
        return self.journey.to_definition()


def _rules(journey: Journey) -> Iterable[Rule]:
    """Every rule that is asked of a contact."""
    if journey.filter is not None:
        yield journey.filter
    yield from (way.rule for way in journey.exits if way.rule is not None)
    for step in every(journey.steps):
        if isinstance(step, Branch):
            yield from (each.rule for each in step.ifs)
        elif isinstance(step, Repeat) and step.until is not None:
            yield step.until
        elif isinstance(step, WaitFor):
            yield from (each.rule for each in step.conditions if each.rule is not None)
