"""Plays compiled machines for one contact, fast: states are prepared once, nothing is copied, nobody is called.

It takes the states as `asl/walk.py` does: Choice, Wait, Task with and without a token, Succeed; errors by class name,
what catches them, what is assigned on the way. The four functions are those of `doing.py`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from sojourn.asl.agenda import Agenda
from sojourn.asl.machine import Walkable, matches
from sojourn.errors import SojournError
from sojourn.planning.figures import Figures
from sojourn.planning.runs import Journal, Run
from sojourn.planning.script import Script

TIMED_OUT = "States.Timeout"
WAITS = "waits"  # what a function with a token answers: somebody will
COMPLETED = "completed"  # or: it is answered already; anything else is the name of an error
NEVER = timedelta(days=36_500)

Function = Callable[[Mapping[str, Any], Run], Any]
Onward = tuple[str | None, Any]
EMPTY: dict[str, Any] = {}
ANSWERED: dict[str, Any] = {}


class Player:
    """The legs of one contact's runs."""

    def __init__(
        self,
        script: Script,
        agenda: Agenda,
        functions: Mapping[str, Function],
        figures: Figures,
        journal: Journal | None,
    ) -> None:
        self.start_at, self.states = script.machine
        self.steps = script.shape.steps
        self.agenda = agenda
        self.functions = functions
        self.figures = figures
        self.journal = journal

    def start(self, run: Run, at: str = "", round_: str = "") -> None:
        """Begin a leg at a state, or at the first."""
        run.leg += 1
        run.is_playing = True
        more = {"splits": run.first.splits, "round": round_}
        known = {"enrolment": run.id, "leg": run.leg, "at": at}
        run.input = {**known, **{name: fact for name, fact in more.items() if fact}}
        run.variables = {}
        self.figures.legs += 1
        self._go(run, self.start_at, run.input)

    def stop(self, run: Run) -> None:
        """End the leg from outside."""
        run.stay += 1
        run.is_playing = False

    def complete(self, run: Run, stay: int) -> None:
        """Answer the token of a state, if it is still there."""
        if run.stay == stay and run.is_playing:
            state, data = run.waiting
            self._go(run, *self._left(run, state, data, ANSWERED))

    def fail(self, run: Run, stay: int, error: str) -> None:
        """End the state with an error, if it is still there."""
        if run.stay == stay and run.is_playing:
            state, data = run.waiting
            self._go(run, *self._caught(run, state, data, error, "{}"))

    def _go(self, run: Run, name: str | None, data: Any) -> None:
        """From state to state, until one waits."""
        figures, steps = self.figures, self.steps
        while name is not None:
            state = self.states[name]
            run.stay += 1
            figures.transitions += 1
            if name in steps:
                run.at = name
                figures.steps += 1
            if self.journal is not None:
                self.journal.visits.append((self.agenda.clock.calendar(), run.leg, name))
            onward = self._play(run, state, data)
            if onward is None:
                return
            name, data = onward
        run.is_playing = False

    def _play(self, run: Run, state: Walkable, data: Any) -> Onward | None:
        if state.type == "Task":
            return self._task(run, state, data)
        if state.type == "Choice":
            return self._chosen(run, state, data)
        if state.type == "Wait":
            stay = run.stay
            self.agenda.after(
                state.seconds, partial(self._go, run, state.next, data), unless=lambda: run.stay != stay
            )
            return None
        return None, data

    def _task(self, run: Run, state: Walkable, data: Any) -> Onward | None:
        assert state.arguments is not None
        asked = state.arguments(self._scope(run, state, data))
        try:
            answer = self.functions[asked["FunctionName"]](asked["Payload"], run)
        except SojournError as error:
            name = type(error).__name__
            cause = json.dumps({"errorMessage": str(error), "errorType": name})
            return self._caught(run, state, data, name, cause)
        if not state.waits_for_token:
            return self._left(run, state, data, {"StatusCode": 200, "Payload": answer})
        if answer is WAITS:
            self._wait(run, state, data)
            return None
        if answer is COMPLETED:
            return self._left(run, state, data, ANSWERED)
        return self._caught(run, state, data, answer, "{}")

    def _wait(self, run: Run, state: Walkable, data: Any) -> None:
        run.waiting, stay = (state, data), run.stay
        self.agenda.after(
            state.timeout, partial(self.fail, run, stay, TIMED_OUT), unless=lambda: run.stay != stay
        )

    def _chosen(self, run: Run, state: Walkable, data: Any) -> Onward:
        scope = self._scope(run, state, data)
        rule = state.choose(scope)
        assign = rule.assign if rule else state.assign
        if assign:
            run.variables |= assign(scope)
        return (rule.next if rule else state.next), data

    def _left(self, run: Run, state: Walkable, data: Any, result: Any) -> Onward:
        scope = self._scope(run, state, data, result=result)
        output = state.output(scope) if state.output else result
        if state.assign:
            run.variables |= state.assign(scope)
        return state.next, output

    def _caught(self, run: Run, state: Walkable, data: Any, error: str, cause: str) -> Onward:
        catcher = next((each for each in state.catchers if matches(each.errors, error)), None)
        assert catcher is not None, f"{state.name}: nobody catches {error}"
        known = {"Error": error, "Cause": cause}
        scope = self._scope(run, state, data, errorOutput=known)
        output = catcher.output(scope) if catcher.output else known
        if catcher.assign:
            run.variables |= catcher.assign(scope)
        return catcher.next, output

    def _scope(self, run: Run, state: Walkable, data: Any, **more: Any) -> dict[str, Any]:
        context = {
            "Execution": {"Input": run.input},
            "State": {"Name": state.name, "EnteredTime": str(run.stay), "RetryCount": 0},
            "Task": {"Token": "token"},
        }
        return {**run.variables, "states": {"input": data, "context": context, **more}}
