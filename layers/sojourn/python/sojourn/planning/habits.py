"""How people behave in a rehearsal: rates and delays, stated in YAML, or as they ship. Pure.

behaviour = read_behaviour(text)
behaviour.of("Send the welcome", "welcome", "email").open.rate
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

from sojourn.errors import Hopeless
from sojourn.journeys.language.times import Duration
from sojourn.planning.unplayable import RATED, faults_of

HOUR = 3_600.0


class BehaviourRefusedError(Hopeless):
    """A behaviour that cannot be played; `field` says where, `remedy` what would be right."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem} — {remedy}")
        self.field, self.problem, self.remedy = field, problem, remedy


@dataclass(frozen=True, slots=True)
class Habit:
    """How often, and how many seconds later."""

    rate: float = 0.0
    least: float = 0.0
    most: float = 0.0

    def after(self, share: float) -> float:
        """Seconds, by a drawn share."""
        return self.least + share * (self.most - self.least)


NEVER = Habit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What becomes of one kind of message."""

    bounce: float = 0.0
    deliver: Habit = NEVER
    open: Habit = NEVER
    click: Habit = NEVER
    purchase: Habit = NEVER
    unsubscribe: Habit = NEVER
    complain: Habit = NEVER
    stop: Habit = NEVER


@dataclass(frozen=True, slots=True)
class Deed:
    """What people do unasked, so often on average."""

    event: str
    every: float  # seconds
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When people come in: over how many seconds, after how many again, with what to tell."""

    over: float = 0.0
    again: float = 0.0
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Behaviour:
    """All of it, as read."""

    said: Mapping[str, Any]
    _known: dict[tuple[str, str, str], "Habits"] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def people(self) -> Mapping[str, Any]:
        """What contacts are like that are made up."""
        return self._part("people")

    @cached_property
    def purchase(self) -> tuple[str, Mapping[str, Any]]:
        """The event of a purchase, and its properties."""
        said = self._part("purchase")
        return said.get("event", "Order Completed"), said.get("properties", {})

    @cached_property
    def arrivals(self) -> Arrivals:
        """When people come in."""
        said = self._part("arrivals")
        return Arrivals(_seconds(said, "over"), _seconds(said, "again"), said.get("properties", {}))

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """What they do unasked."""
        return tuple(
            Deed(each["event"], _seconds(each, "every"), each.get("properties", {}))
            for each in self.said.get("events") or ()
        )

    @cached_property
    def call_fails(self) -> float:
        """The share of calls that get no answer."""
        return float(self._part("calls").get("fail", 0.0))

    def reply(self, step: str) -> Mapping[str, Any]:
        """What a call is answered: its own answer, or that of all."""
        said = self._part("calls")
        return dict(said.get(step, {}).get("reply", said.get("reply", {})))

    def task(self, step: str) -> tuple[float, Habit, Mapping[str, float]]:
        """How many tasks are settled, how long that takes, and the weights of outcomes."""
        said = {**self._part("tasks"), **self._part("tasks").get(step, {})}
        return float(said.get("settled", 0.0)), _habit(said), said.get("outcomes", {})

    def of(self, step: str, template: str, channel: str) -> Habits:
        """The habits of one step's messages: its own before its template's before its channel's."""
        asked = (step, template, channel)
        if asked not in self._known:
            self._known[asked] = self._of(step, template, channel)
        return self._known[asked]

    def _of(self, step: str, template: str, channel: str) -> Habits:
        said: dict[str, Any] = dict(self._part(channel))
        for more in (self._part("templates").get(template, {}), self._part("steps").get(step, {})):
            said = _laid_over(said, more)
        habits = {name: _habit(said[name]) for name in (*RATED, "deliver") if name in said}
        return Habits(bounce=float(said.get("bounce", 0.0)), **habits)

    def _part(self, name: str) -> Mapping[str, Any]:
        return self.said.get(name) or {}


@cache
def shipped() -> Behaviour:
    """What holds where nothing else is said."""
    text = files(__package__).joinpath("behaviour.yaml").read_text(encoding="utf-8")
    return Behaviour(yaml.safe_load(text))


def nothing() -> Behaviour:
    """Nobody does anything: what the archive says is all that happens."""
    return Behaviour({**shipped().said, "email": {}, "sms": {}, "events": [], "templates": {}, "steps": {}})


def read_behaviour(text: str) -> Behaviour:
    """What is said, over what ships; BehaviourRefusedError names the first field that is wrong."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f" in line {mark.line + 1}" if mark else ""
        said = f"it is no YAML{where}: {problem or 'it cannot be read'}"
        raise BehaviourRefusedError("(file)", said, "mend the text") from None
    except (RecursionError, ValueError):
        raise BehaviourRefusedError(
            "(file)", "it cannot be read", "see what `behaviour.yaml` looks like"
        ) from None
    return behaviour_of(said or {})


def behaviour_of(said: Any) -> Behaviour:
    """The same of a decoded one."""
    if not isinstance(said, Mapping):
        raise BehaviourRefusedError("(file)", "it is no mapping", "begin with `email:` or `arrivals:`")
    for field_name, problem, remedy in faults_of(said):
        raise BehaviourRefusedError(field_name, problem, remedy)
    return Behaviour(_laid_over(dict(shipped().said), said))


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings go over mappings part by part; whatever else is said replaces, and so do the weights of zones."""
    found = dict(below)
    for name, said in above.items():
        is_laid = isinstance(said, Mapping) and isinstance(found.get(name), Mapping) and name != "zones"
        found[name] = _laid_over(found[name], said) if is_laid else said
    return found


def _habit(said: Mapping[str, Any]) -> Habit:
    least, most = said.get("after", (0, 0))
    return Habit(float(said.get("rate", 1.0)), least * HOUR, most * HOUR)


def _seconds(said: Mapping[str, Any], name: str) -> float:
    if name not in said:
        return 0.0
    return timedelta(seconds=Duration.from_text(str(said[name])).seconds).total_seconds()
