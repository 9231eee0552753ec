"""A journey made ready to be played: the compiled machine with its states prepared once, and what its steps need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sojourn.asl.machine import prepare
from sojourn.clock import iso
from sojourn.contacts.workspace import Workspace
from sojourn.delivery.model import SendRequest
from sojourn.errors import SojournError
from sojourn.events.model import Event
from sojourn.journeys.answering import HEARD
from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.delivering import request_of
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.language.entering import ByRequest, OnSchedule, Trigger
from sojourn.journeys.live import LiveJourney
from sojourn.journeys.model import Journey
from sojourn.journeys.naming import named_by
from sojourn.journeys.schedules import next_moment
from sojourn.journeys.shape import Shape, shape_of
from sojourn.journeys.steps import Branch, Repeat, Send, Split, Step, WaitFor, every
from sojourn.messages.model import Message
from sojourn.planning.states import State, ready
from sojourn.rules.nodes import Rule
from sojourn.rules.references import references_of
from sojourn.rules.view import References
from sojourn.segments.model import ENTERED

if TYPE_CHECKING:
    from sojourn.planning.usual import Usual

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

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Missed:
    """What follows a skipped message: why the run is over, or the path that it goes along; what the machine hears."""

    leaves: str
    path: str
    error: type[SojournError] | None


@dataclass(frozen=True, slots=True)
class Cue:
    """A send step, with what its messages and its requests say whoever they are for."""

    step: Send
    message: Mapping[str, Any]
    request: Mapping[str, Any]
    is_held_out: bool  # it stands in an arm to which nothing is sent
    name: str
    channel: str
    template: str
    purpose: str
    topic: str | None
    missed: dict[str, Missed] = field(
        default_factory=dict
    )  # by the reason of the skip; filled as they are met


@dataclass(frozen=True)
class Script:
    """One version of a journey. `version` counts only for names."""

    journey: Journey
    version: int = 1

    @cached_property
    def machine(self) -> tuple[str, Mapping[str, State]]:
        """Where it starts, and its states."""
        compiled = compile_journey(self.journey, version=self.version, target=TARGET)
        machine = prepare("rehearsal", compiled)
        return machine.start_at, ready(machine, compiled, self.shape.steps)

    @cached_property
    def usual(self) -> "dict[Workspace, Usual]":
        """What is known of its messages' verdicts, by the workspace that they are sent in."""
        return {}

    @cached_property
    def _cues(self) -> dict[str, Cue]:
        return {}

    def cue(self, name: str) -> Cue:
        """What is the same for everybody at this send step; made when the first comes to it."""
        if name not in self._cues:
            step = self.shape.steps[name]
            assert isinstance(step, Send)
            self._cues[name] = self._cue(step)
        return self._cues[name]

    def _cue(self, step: Send) -> Cue:
        journey = self.journey
        message: dict[str, Any] = {
            "journey": journey.name,
            "version": self.version,
            "step": step.name,
            "channel": step.channel.value,
            "template": step.template,
            "template_version": 1,
            "topic": journey.topic or "",
            "purpose": journey.purpose.value,
        }
        blank = Message(contact="", digest="", enrolment="", identity="", **message)
        made = request_of(journey, step, blank, self.templates)
        request = {each.name: getattr(made, each.name) for each in fields(made)}
        del request["message"], request["ghost"]
        is_held_out = step.name in self.shape.held_out
        told = step.name, step.channel.value, step.template, journey.purpose.value, journey.topic or None
        return Cue(step, message, request, is_held_out, *told)

    def request(self, cue: Cue, message: Message, *, ghost: bool) -> SendRequest:
        """The same as `request_of`, which is asked once for a step."""
        if cue.step.instead is not None:
            return request_of(self.journey, cue.step, message, self.templates, ghost=ghost)
        return SendRequest(message=message, ghost=ghost, **cue.request)

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
    def arrivals(self) -> int:
        """The place, from 1, of the first entry that is an event; 0: only dates and schedules bring anybody."""
        entries = enumerate(self.journey.entries, 1)
        return next((place for place, entry in entries if isinstance(entry, Trigger | ByRequest)), 0)

    @cached_property
    def _moments(self) -> dict[tuple[int, datetime], list[datetime]]:
        return {}

    def moment(self, place: int, number: int, start: datetime) -> datetime:
        """The n-th moment, from 0, of a schedule from the start on: the same for everybody."""
        entry = self.journey.entries[place - 1]
        assert isinstance(entry, OnSchedule)
        known = self._moments.setdefault((place, start), [])
        while len(known) <= number:
            known.append(next_moment(entry, known[-1] if known else start))
        return known[number]

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
        """Whether a rule is asked anywhere."""
        return next(iter(_rules(self.journey)), None) is not None

    @cached_property
    def judged(self) -> References:
        """What the rules look at, all together: other events change nothing of what they say."""
        asked = [references_of(rule) for rule in _rules(self.journey)]
        return References(
            events=frozenset(name for each in asked for name in each.events),
            every_event=any(each.every_event for each in asked),
        )

    def folds(self, name: str) -> bool:
        """Whether a rule may see that an event of this name was."""
        return self.judged.every_event or name in self.judged.events

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
        return self._hears_all or name in self._listened

    @cached_property
    def _hears_all(self) -> bool:
        return self.judged.every_event or self.live.heard.everything

    @cached_property
    def _listened(self) -> frozenset[str]:
        return self.heard | self.judged.events

    def moves(self, event: Event) -> bool:
        """Whether it may move a run, by the engine's own word; what it changes of somebody is not looked at."""
        return bool(self.live.heard.attributes) or self.live.heard.hears(event, NOTHING)

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
