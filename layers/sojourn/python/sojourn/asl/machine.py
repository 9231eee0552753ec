"""A definition made ready to walk: every template and condition a closure, every state known to exist."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.asl.expressions import Closure, closure, template
from sojourn.asl.model import INVOKE, INVOKE_AND_WAIT

KNOWN_FIELDS = {
    "Choice": {"Choices", "Default"},
    "Task": {"Resource", "Arguments", "TimeoutSeconds", "Retry", "Catch", "Output", "Next", "End"},
    "Wait": {"Seconds", "Output", "Next", "End"},
    "Succeed": {"Output"},
}
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


@dataclass(frozen=True, slots=True)
class Walkable:
    """One state."""

    name: str
    type: str
    next: str | None
    output: Closure | None
    choices: tuple[tuple[Closure, str], ...] = ()
    seconds: float = 0
    arguments: Closure | None = None
    waits_for_token: bool = False
    timeout: float = 0
    retriers: tuple[Retrier, ...] = ()
    catchers: tuple[Catcher, ...] = ()

    def choose(self, scope: Mapping[str, Any]) -> str | None:
        """Where the first true condition points, or the default."""
        return next((target for holds, target in self.choices if holds(scope) is True), self.next)


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
        targets = [target for _, target in state.choices] + [catcher.next for catcher in state.catchers]
        found += [(state.name, target) for target in (*targets, state.next) if target is not None]
    return found


def _state(name: str, state: Mapping[str, Any]) -> Walkable:
    kind = state.get("Type", "")
    strange = set(state) - KNOWN_FIELDS.get(kind, set()) - {"Type", "Comment"}
    if kind not in KNOWN_FIELDS or strange:
        raise UnknownStateError(f"{name!r} is a {kind or 'state of no type'} with {sorted(strange)}")
    if kind == "Task" and state["Resource"] not in (INVOKE, INVOKE_AND_WAIT):
        raise UnknownStateError(f"{name!r} calls {state['Resource']}")
    return Walkable(
        name=name,
        type=kind,
        next=state.get("Default") if kind == "Choice" else state.get("Next"),
        output=_output(state),
        choices=tuple((closure(rule["Condition"]), rule["Next"]) for rule in state.get("Choices", ())),
        seconds=state.get("Seconds", 0),
        arguments=template(state["Arguments"]) if "Arguments" in state else None,
        waits_for_token=state.get("Resource") == INVOKE_AND_WAIT,
        timeout=state.get("TimeoutSeconds", 99_999_999),
        retriers=tuple(_retrier(retry) for retry in state.get("Retry", ())),
        catchers=tuple(_catcher(catch) for catch in state.get("Catch", ())),
    )


def _output(part: Mapping[str, Any]) -> Closure | None:
    return template(part["Output"]) if "Output" in part else None


def _retrier(retry: Mapping[str, Any]) -> Retrier:
    return Retrier(
        errors=frozenset(retry["ErrorEquals"]),
        interval=retry.get("IntervalSeconds", 1),
        backoff=retry.get("BackoffRate", 2),
        attempts=retry.get("MaxAttempts", 3),
        longest=retry.get("MaxDelaySeconds", 31_622_400),
    )


def _catcher(catch: Mapping[str, Any]) -> Catcher:
    return Catcher(frozenset(catch["ErrorEquals"]), _output(catch), catch["Next"])
