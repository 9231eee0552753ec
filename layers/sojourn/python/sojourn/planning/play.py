"""Plays compiled machines for one contact, fast: states are made ready once, nothing is copied, nobody is called.

What a state does stands in `states.py`; the four functions are those of `doing.py`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sojourn.planning.calendar import Calendar
from sojourn.planning.figures import Figures
from sojourn.planning.runs import Journal, Run
from sojourn.planning.script import Script
from sojourn.planning.states import ANSWERED, TIMED_OUT, Asking

Function = Callable[[Mapping[str, Any], Run], Any]


class Player:
    """The legs of one contact's runs."""

    __slots__ = ("_states", "calendar", "figures", "functions", "journal", "start_at")

    def __init__(
        self,
        script: Script,
        calendar: Calendar,
        functions: dict[str, Function],
        figures: Figures,
        journal: Journal | None,
    ) -> None:
        self.start_at, self._states = script.machine
        self.calendar = calendar
        self.functions = functions
        self.figures = figures
        self.journal = journal

    def start(self, run: Run, at: str = "", round_: str = "") -> None:
        """Begin a leg at a state, or at the first."""
        run.leg += 1
        run.is_playing = True
        run.input = {"enrolment": run.id, "leg": run.leg, "at": at}
        if run.first.splits:
            run.input["splits"] = run.first.splits
        if round_:
            run.input["round"] = round_
        run.variables = {}
        self.figures.legs += 1
        self.go(run, self.start_at, run.input)

    def stop(self, run: Run) -> None:
        """End the leg from outside."""
        run.stay += 1
        run.is_playing = False

    def wait(self, run: Run, state: Asking, data: Any) -> None:
        """A token is given; silence ends it."""
        run.waiting = state, data
        self.calendar.after(state.timeout, partial(self.fail, run, run.stay, TIMED_OUT), run)

    def complete(self, run: Run, stay: int) -> None:
        """Answer the token of a state, if it is still there."""
        if run.stay == stay and run.is_playing:
            state, data = run.waiting
            self.go(run, *state.left(run, data, ANSWERED))

    def fail(self, run: Run, stay: int, error: str) -> None:
        """End the state with an error, if it is still there."""
        if run.stay == stay and run.is_playing:
            state, data = run.waiting
            self.go(run, *state.caught(run, data, error))

    def go(self, run: Run, name: str | None, data: Any) -> None:
        """From state to state, until one waits."""
        figures, states = self.figures, self._states
        while name is not None:
            state = states[name]
            run.stay += 1
            figures.transitions += 1
            if state.is_step:
                run.at = name
                figures.steps += 1
            if self.journal is not None:
                self.journal.visits.append((self.calendar.clock.now, run.leg, name))
            onward = state.enter(self, run, data)
            if onward is None:
                return
            name, data = onward
        run.is_playing = False
