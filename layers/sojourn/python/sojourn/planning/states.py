"""The four kinds of state as a rehearsal plays them; each is entered, and says which follows with what input.

They mean what `asl/walk.py` makes of them: Choice, Wait, Task with and without a token, Succeed; errors by class name,
what catches them, what is assigned on the way.
"""

import json
from collections.abc import Container, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.asl.machine import Machine, Walkable, matches
from sojourn.errors import SojournError
from sojourn.planning.quick import ERROR, RESULT, Made, Part, quick, scope_of, table_of
from sojourn.planning.runs import Run

if TYPE_CHECKING:
    from sojourn.planning.play import Player

WAITS = "waits"  # what a function with a token answers: somebody will
COMPLETED = "completed"  # or: it is answered already; anything else is the name of an error
TIMED_OUT = "States.Timeout"
ANSWERED: dict[str, Any] = {}
OF_THE_RUN = {"enrolment", "leg", "attempt", "token", "entered"}  # which our functions are handed itself
Onward = tuple[str | None, Any]


class State(Protocol):
    """A state made ready."""

    is_step: bool

    def enter(self, player: "Player", run: Run, data: Any) -> Onward | None:
        """The state that follows and its input; None while it waits."""
        ...


class Ending:
    """Succeed."""

    __slots__ = ("is_step",)

    def __init__(self, is_step: bool) -> None:
        self.is_step = is_step

    def enter(self, player: "Player", run: Run, data: Any) -> Onward:
        """Nothing follows."""
        return None, data


class Pausing:
    """Wait: so many seconds."""

    __slots__ = ("is_step", "lasts", "next")

    def __init__(self, state: Walkable, is_step: bool) -> None:
        self.is_step, self.next = is_step, state.next
        self.lasts = timedelta(seconds=state.seconds)

    def enter(self, player: "Player", run: Run, data: Any) -> None:
        """The calendar goes on with it."""
        player.calendar.after(self.lasts, partial(player.go, run, self.next, data), run)


class Choosing:
    """Choice: the first rule whose condition is true."""

    __slots__ = ("_name", "_read", "_rules", "_table", "_usual", "is_step")

    def __init__(self, state: Walkable, definition: Mapping[str, Any], is_step: bool) -> None:
        said = definition.get("Choices", ())
        self.is_step, self._name = is_step, state.name
        self._rules = [
            (rule.holds, rule.next, _part(each, "Assign", state.name))
            for rule, each in zip(state.choices, said, strict=True)
        ]
        self._usual = state.next, _part(definition, "Assign", state.name)
        found = table_of([each["Condition"] for each in said])
        self._read: Made | None = found[0] if found else None
        self._table = found[1] if found else {}

    def enter(self, player: "Player", run: Run, data: Any) -> Onward:
        """Where it leads."""
        to, assign = self._chosen(run, data)
        if assign is not None:
            run.variables |= assign.of(run, data)
        return to, data

    def _chosen(self, run: Run, data: Any) -> tuple[str | None, Part | None]:
        if self._read is not None:
            value = self._read(run, data, None)
            place = self._table.get(value) if type(value) is str else None
            return self._usual if place is None else self._rules[place][1:]
        scope = scope_of(run, self._name, data, "", None)
        return next(((to, assign) for holds, to, assign in self._rules if holds(scope) is True), self._usual)


class Asking:
    """Task: a function is called; with a token, somebody answers later."""

    __slots__ = (
        "_assign", "_catchers", "_function", "_known", "_name", "_next", "_output", "_payload", "_waits",
        "is_step", "timeout",
    )  # fmt: skip

    def __init__(self, state: Walkable, definition: Mapping[str, Any], is_step: bool) -> None:
        self.is_step, self._name, self._next, self._waits = (
            is_step,
            state.name,
            state.next,
            state.waits_for_token,
        )
        self.timeout = timedelta(seconds=state.timeout)
        self._function: str = definition["Arguments"]["FunctionName"]
        payload = definition["Arguments"]["Payload"]
        self._payload = quick({key: payload[key] for key in payload if key not in OF_THE_RUN}, state.name)
        self._output = _part(definition, "Output", state.name)
        self._assign = _part(definition, "Assign", state.name)
        self._catchers = [
            (
                each.errors,
                (
                    each.next,
                    _part(said, "Output", state.name, ERROR),
                    _part(said, "Assign", state.name, ERROR),
                ),
            )
            for each, said in zip(state.catchers, definition.get("Catch", ()), strict=True)
        ]
        self._known: dict[str, tuple[str, Part | None, Part | None]] = {}

    def enter(self, player: "Player", run: Run, data: Any) -> Onward | None:
        """Call, and go on by what is answered."""
        try:
            payload = self._payload
            task = payload.value if payload.made is None else payload.made(run, data, None)
            answer = player.functions[self._function](task, run)
        except SojournError as error:
            return self.caught(run, data, type(error).__name__, str(error))
        if not self._waits:
            return self.left(run, data, {"StatusCode": 200, "Payload": answer})
        if answer is WAITS:
            player.wait(run, self, data)
            return None
        return self.left(run, data, ANSWERED) if answer is COMPLETED else self.caught(run, data, answer)

    def left(self, run: Run, data: Any, result: Any) -> Onward:
        """It is done."""
        part = self._output
        output = result if part is None else part.value if part.made is None else part.made(run, data, result)
        if self._assign is not None:
            run.variables |= self._assign.of(run, data, result)
        return self._next, output

    def caught(self, run: Run, data: Any, error: str, message: str | None = None) -> Onward:
        """It ended by an error, which somebody catches."""
        to, output, assign = self._known.get(error) or self._catcher(error)
        if output is not None and output.made is None and assign is None:
            return to, output.value
        known = {"Error": error, "Cause": _cause(error, message)}
        told = known if output is None else output.of(run, data, known)
        if assign is not None:
            run.variables |= assign.of(run, data, known)
        return to, told

    def _catcher(self, error: str) -> tuple[str, Part | None, Part | None]:
        found = next((each for errors, each in self._catchers if matches(errors, error)), None)
        assert found is not None, f"{self._name}: nobody catches {error}"
        self._known[error] = found
        return found


def ready(machine: Machine, definition: Mapping[str, Any], steps: Container[str]) -> dict[str, State]:
    """The states of a machine, by name; `steps` are those that are steps of the journey."""
    return {
        name: _made(state, definition["States"][name], name in steps)
        for name, state in machine.states.items()
    }


def _made(state: Walkable, definition: Mapping[str, Any], is_step: bool) -> State:
    if state.type == "Task":
        return Asking(state, definition, is_step)
    if state.type == "Choice":
        return Choosing(state, definition, is_step)
    return Pausing(state, is_step) if state.type == "Wait" else Ending(is_step)


def _part(of: Mapping[str, Any], field: str, state: str, came: str = RESULT) -> Part | None:
    return quick(of[field], state, came) if field in of else None


def _cause(error: str, message: str | None) -> str:
    """As a function's error is told; a token that was failed has no message."""
    return "{}" if message is None else json.dumps({"errorMessage": message, "errorType": error})
