"""What the rules of this folder look at: a journey, the file it was read from, and what is known beside it. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sojourn.journeys.language.acting import Call
from sojourn.journeys.language.entering import ByRequest, Trigger
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Send, Step, located
from sojourn.rules.check import Known as KnownOfRules
from sojourn.rules.findings import Finding, Place, Source

Templates = Mapping[str, str] | None
Said = tuple[str, str]  # a problem and its remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a journey is held against; None where nobody knows, as in an editor without a stack.

    `templates` maps the name of each template to its channel, `bare` to the fields that it shows without a `default`.
    `journeys` are the others that are live. `loopback`: on the local cloud calls may go to this machine.
    """

    templates: Templates = None
    bare: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: KnownOfRules = field(default_factory=KnownOfRules)
    journeys: Mapping[str, Journey] | None = None
    loopback: bool = False


@dataclass(frozen=True)
class Case:
    """One journey under examination."""

    journey: Journey
    source: Source = field(default_factory=Source)
    known: Known = field(default_factory=Known)

    @cached_property
    def steps(self) -> list[tuple[Place, Step]]:
        """Every step with its place, in the order of the file."""
        return list(located(self.journey.steps))

    @cached_property
    def sends(self) -> dict[str, Send]:
        """The steps that send, by name."""
        return {step.name: step for _, step in self.steps if isinstance(step, Send)}

    @cached_property
    def calls(self) -> dict[str, Call]:
        """The steps that call, by the word under which their answers are known."""
        return {step.slug: step for _, step in self.steps if isinstance(step, Call)}

    @property
    def has_properties(self) -> bool:
        """Whether anything that lets people in has properties: an event or a request."""
        return any(
            isinstance(entry, ByRequest) or (isinstance(entry, Trigger) and not entry.segment)
            for entry in self.journey.entries
        )

    def wrong(self, place: Place, step: str, said: Said) -> Finding:
        """A finding about a place."""
        return self.source.finding(place, step, *said)


Rule = Callable[[Case], Iterator[Finding]]
