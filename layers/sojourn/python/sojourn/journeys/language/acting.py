"""The steps that do something beside sending: to data, to another system, by a person, to other journeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from sojourn.journeys.language.paths import (
    ON,
    OTHERWISE,
    Definition,
    Steps,
    Way,
    kind,
    path_of,
    steps_from,
    steps_to,
    way_from,
    ways_to,
)
from sojourn.journeys.language.times import Duration

NO_PATHS: Mapping[str, Steps] = {}
USUAL_TIMEOUT = 10  # seconds that a call has for its answer


def slug_of(name: str) -> str:
    """A step's name as it stands in `reply.<name>.<field>`: small letters, figures and underscores."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return "_".join(words.split())


class Verb(StrEnum):
    """What is done to an attribute."""

    SET = "set"
    UNSET = "unset"
    INCREMENT = "increment"
    ADD = "add"  # to a list: tags, lists
    REMOVE = "remove"  # from one


@dataclass(frozen=True, slots=True)
class Change:
    """`set: {stage: customer}` is one change. A text `entry.<property>` or `reply.<step>.<field>` is looked up."""

    verb: Verb
    attribute: str
    value: Any = None


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Changes to the contact's attributes, tags, lists, stage and counters, made once."""

    kind: ClassVar[str] = "update"
    name: str
    changes: tuple[Change, ...]

    def paths(self) -> Mapping[str, Steps]:
        """None."""
        return NO_PATHS

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        said: Definition = {"update": self.name}
        for change in self.changes:
            if change.verb is Verb.UNSET:
                said.setdefault(change.verb.value, []).append(change.attribute)
            else:
                said.setdefault(change.verb.value, {})[change.attribute] = change.value
        return said

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        changes: list[Change] = []
        for verb in Verb:
            said = definition.get(verb.value, {})
            pairs = said.items() if isinstance(said, Mapping) else ((attribute, None) for attribute in said)
            changes.extend(Change(verb, attribute, value) for attribute, value in pairs)
        return cls(name=definition["update"], changes=tuple(changes))


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to another system: a webhook (`url`) or a Lambda function (`function`). Its JSON answer is kept, and
    later steps know it as `reply.<this step's name in small letters and underscores>.<field>`."""

    kind: ClassVar[str] = "call"
    name: str
    url: str = ""
    function: str = ""
    send: tuple[tuple[str, Any], ...] = ()  # fields of the request beside those that are always there
    timeout: int = USUAL_TIMEOUT
    on_fail: Way = ON

    @property
    def slug(self) -> str:
        """The word under which its answer is known."""
        return slug_of(self.name)

    def paths(self) -> Mapping[str, Steps]:
        """That of a call without an answer."""
        return path_of(self.on_fail, "on fail")

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {
            "call": self.name,
            **({"url": self.url} if self.url else {}),
            **({"function": self.function} if self.function else {}),
            **({"send": dict(self.send)} if self.send else {}),
            **({"timeout": f"{self.timeout} seconds"} if self.timeout != USUAL_TIMEOUT else {}),
            **ways_to(on_fail=self.on_fail),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(
            name=definition["call"],
            url=definition.get("url", ""),
            function=definition.get("function", ""),
            send=tuple(definition.get("send", {}).items()),
            timeout=int(str(definition.get("timeout", USUAL_TIMEOUT)).split()[0]),
            on_fail=way_from(definition, "on fail"),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A word that a person may settle a task with, and the path that it leads along."""

    word: str
    then: Steps = ()


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class HumanTask:
    """Something for a person to do: assigned, due after a while, settled with one of its outcomes; else `otherwise`."""

    kind: ClassVar[str] = "task"
    name: str
    assign: str
    due: Duration
    outcomes: tuple[Outcome, ...]
    note: str = ""
    otherwise: Steps = ()

    def paths(self) -> Mapping[str, Steps]:
        """`outcome 1`, `outcome 2` … and `otherwise`; each of them, empty ones too."""
        numbered = {f"outcome {number}": each.then for number, each in enumerate(self.outcomes, 1)}
        return {**numbered, OTHERWISE: self.otherwise}

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {
            "task": self.name,
            "assign": self.assign,
            "due": str(self.due),
            **({"note": self.note} if self.note else {}),
            "outcomes": {outcome.word: steps_to(outcome.then) for outcome in self.outcomes},
            **({"otherwise": steps_to(self.otherwise)} if self.otherwise else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(
            name=definition["task"],
            assign=definition["assign"],
            due=Duration.from_text(definition["due"]),
            note=definition.get("note", ""),
            outcomes=tuple(Outcome(word, steps_from(then)) for word, then in definition["outcomes"].items()),
            otherwise=steps_from(definition.get("otherwise", ())),
        )


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class StartJourney:
    """Let the contact into another journey, if it takes them; this one goes on at once. `properties` become those of
    the event that lets them in; a text `entry.<property>` is looked up."""

    kind: ClassVar[str] = "start"
    name: str
    journey: str
    properties: tuple[tuple[str, Any], ...] = ()

    def paths(self) -> Mapping[str, Steps]:
        """None."""
        return NO_PATHS

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        properties = {"properties": dict(self.properties)} if self.properties else {}
        return {"start": self.name, "journey": self.journey, **properties}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        properties = tuple(definition.get("properties", {}).items())
        return cls(name=definition["start"], journey=definition["journey"], properties=properties)


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class EndJourney:
    """Take the contact out of another journey, whatever they wait for there."""

    kind: ClassVar[str] = "end"
    name: str
    journey: str

    def paths(self) -> Mapping[str, Steps]:
        """None."""
        return NO_PATHS

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {"end": self.name, "journey": self.journey}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(name=definition["end"], journey=definition["journey"])


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """Out of the journey, for a reason that reports and explanations show."""

    kind: ClassVar[str] = "exit"
    name: str
    reason: str = ""

    def paths(self) -> Mapping[str, Steps]:
        """None."""
        return NO_PATHS

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {"exit": self.name, **({"reason": self.reason} if self.reason else {})}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(name=definition["exit"], reason=definition.get("reason", ""))
