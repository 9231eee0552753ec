"""A definition made ready to walk: every template and condition a closure, every state known to exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.asl.expressions import Closure, closure, is_expression, template, variables_in
from sojourn.asl.model import INVOKE, INVOKE_AND_WAIT

KNOWN_FIELDS = {
    "Choice": {"Choices", "Default", "Assign"},
    "Task": {"Resource", "Arguments", "TimeoutSeconds", "Retry", "Catch", "Assign", "Output", "Next", "End"},
    "Wait": {"Seconds", "Output", "Next", "End"},
    "Succeed": {"Output"},
}
KNOWN_IN_RULES = {"Condition", "Next", "Assign"}
KNOWN_IN_CATCHES = {"ErrorEquals", "Output", "Next", "Assign"}
# Errors that `States.ALL` does not catch.
FATAL = {"States.DataLimitExceeded", "States.Runtime"}


class UnknownStateError(ValueError):
    """The definition has something that the walker does not play."""


@dataclass(frozen=True, slots=True)
class Retrier:
    """One entry of a Retry list."""

    errors: frozenset[str]
    interval: float
    backoff: float
    attempts: int
    longest: float

    def delay(self, tries: int) -> float:
        """Seconds before the next attempt: the longest that full jitter may draw."""
        return min(float(self.interval * self.backoff**tries), self.longest)


@dataclass(frozen=True, slots=True)
class Catcher:
    """One entry of a Catch list."""

    errors: frozenset[str]
    output: Closure | None
    next: str
    assign: Closure | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a Choice: `assign` sets variables on its way."""

    holds: Closure
    next: str
    assign: Closure | None = None


@dataclass(frozen=True, slots=True)
class Walkable:
    """One state."""

    name: str
    type: str
    next: str | None
    output: Closure | None
    assign: Closure | None = None
    choices: tuple[Rule, ...] = ()
    seconds: float = 0
    arguments: Closure | None = None
    waits_for_token: bool = False
    timeout: float = 0
    retriers: tuple[Retrier, ...] = ()
    catchers: tuple[Catcher, ...] = ()

    def choose(self, scope: Mapping[str, Any]) -> Rule | None:
        """The first rule whose condition is true."""
        return next((rule for rule in self.choices if rule.holds(scope) is True), None)


@dataclass(frozen=True, slots=True)
class Machine:
    """A whole definition."""

    arn: str
    start_at: str
    states: Mapping[str, Walkable]


def prepare(arn: str, definition: Mapping[str, Any]) -> Machine:
    """The machine of a definition; refuses loudly what the walker would have to guess."""
    if definition.get("QueryLanguage") != "JSONata":
        raise UnknownStateError("only JSONata machines are walked")
    states = {name: _state(name, state) for name, state in definition["States"].items()}
    for name, target in _targets(definition, states):
        if target not in states:
            raise UnknownStateError(f"{name!r} leads to {target!r}, which is no state")
    if unknown := _read(definition) - _assigned(definition) - {"states"}:
        raise UnknownStateError(f"nothing assigns {sorted(unknown)}")
    return Machine(arn, definition["StartAt"], states)


def matches(errors: frozenset[str], error: str) -> bool:
    """Does an ErrorEquals list hold this error?"""
    if error in errors:
        return True
    if "States.ALL" in errors:
        return error not in FATAL
    return "States.TaskFailed" in errors and error != "States.Timeout" and error not in FATAL


def _targets(definition: Mapping[str, Any], states: Mapping[str, Walkable]) -> list[tuple[str, str]]:
    found = [("StartAt", definition["StartAt"])]
    for state in states.values():
        targets = [rule.next for rule in state.choices] + [catcher.next for catcher in state.catchers]
        found += [(state.name, target) for target in (*targets, state.next) if target is not None]
    return found


def _state(name: str, state: Mapping[str, Any]) -> Walkable:
    kind = state.get("Type", "")
    strange = set(state) - KNOWN_FIELDS.get(kind, set()) - {"Type", "Comment"} | _strange_inside(state)
    if kind not in KNOWN_FIELDS or strange:
        raise UnknownStateError(f"{name!r} is a {kind or 'state of no type'} with {sorted(strange)}")
    if kind == "Task" and state["Resource"] not in (INVOKE, INVOKE_AND_WAIT):
        raise UnknownStateError(f"{name!r} calls {state['Resource']}")
    return Walkable(
        name=name,
        type=kind,
        next=state.get("Default") if kind == "Choice" else state.get("Next"),
        output=_part(state, "Output"),
        assign=_part(state, "Assign"),
        choices=tuple(map(_rule, state.get("Choices", ()))),
        seconds=state.get("Seconds", 0),
        arguments=_part(state, "Arguments"),
        waits_for_token=state.get("Resource") == INVOKE_AND_WAIT,
        timeout=state.get("TimeoutSeconds", 99_999_999),
        retriers=tuple(_retrier(retry) for retry in state.get("Retry", ())),
        catchers=tuple(_catcher(catch) for catch in state.get("Catch", ())),
    )


def _part(of: Mapping[str, Any], name: str) -> Closure | None:
    return template(of[name]) if name in of else None


def _rule(rule: Mapping[str, Any]) -> Rule:
    return Rule(closure(rule["Condition"]), rule["Next"], _part(rule, "Assign"))


def _strange_inside(state: Mapping[str, Any]) -> set[str]:
    """The fields of rules and catches that the walker does not play."""
    rules = {key for rule in state.get("Choices", ()) for key in rule} - KNOWN_IN_RULES
    return rules | ({key for catch in state.get("Catch", ()) for key in catch} - KNOWN_IN_CATCHES)


def _read(part: Any) -> set[str]:
    """The variables that the expressions of a definition name."""
    return {name for text in _texts(part) if is_expression(text) for name in variables_in(text)}


def _assigned(definition: Mapping[str, Any]) -> set[str]:
    return {name for state in definition["States"].values() for part in _parts(state) for name in part}


def _parts(state: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a state assigns, and what its rules and catches do."""
    for part in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        yield part.get("Assign", {})


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping | list):
        for inner in part.values() if isinstance(part, Mapping) else part:
            yield from _texts(inner)


def _retrier(retry: Mapping[str, Any]) -> Retrier:
    return Retrier(
        errors=frozenset(retry["ErrorEquals"]),
        interval=retry.get("IntervalSeconds", 1),
        backoff=retry.get("BackoffRate", 2),
        attempts=retry.get("MaxAttempts", 3),
        longest=retry.get("MaxDelaySeconds", 31_622_400),
    )


def _catcher(catch: Mapping[str, Any]) -> Catcher:
    errors = frozenset(catch["ErrorEquals"])
    return Catcher(errors, _part(catch, "Output"), catch["Next"], _part(catch, "Assign"))
