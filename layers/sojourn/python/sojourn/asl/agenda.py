"""A virtual clock's diary: what happens when, in the order of time, and of writing where times are equal."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

Action = Callable[[], object]
Question = Callable[[], bool]


class VirtualClock(Protocol):
    """A clock that moves when it is told to: `sojourn.clock.ManualClock`."""

    def calendar(self) -> datetime:
        """Now."""
        ...

    def advance(self, seconds: float) -> None:
        """Move forward."""
        ...


class Agenda:
    """Actions at moments. Running it moves the clock; an action may write further actions."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self._order = count()
        self._entries: list[tuple[datetime, int, Action, Question]] = []

    def at(self, moment: datetime, action: Action, *, unless: Question = lambda: False) -> None:
        """Do it then, unless it is idle by then; a moment that has passed means now."""
        heapq.heappush(self._entries, (moment, next(self._order), action, unless))

    def after(self, seconds: float, action: Action, *, unless: Question = lambda: False) -> None:
        """Do it so many seconds from now."""
        self.at(self.clock.calendar() + timedelta(seconds=seconds), action, unless=unless)

    def next_at(self) -> datetime | None:
        """The moment of the next action that is not idle by now."""
        while self._entries and self._entries[0][3]():
            heapq.heappop(self._entries)
        return self._entries[0][0] if self._entries else None

    def step(self) -> bool:
        """Do the next action at its moment; False when there is none."""
        if self.next_at() is None:
            return False
        moment, _, action, _ = heapq.heappop(self._entries)
        self._move_to(moment)
        action()
        return True

    def run_until(self, moment: datetime) -> None:
        """Do all that falls due up to and at the moment, and leave the clock there."""
        while (due := self.next_at()) is not None and due <= moment:
            self.step()
        self._move_to(moment)

    def run(self) -> None:
        """Go on until nothing is left to do."""
        while self.step():
            pass

    def _move_to(self, moment: datetime) -> None:
        # An action may have moved the clock itself; time never runs back.
        ahead = (moment - self.clock.calendar()).total_seconds()
        if ahead > 0:
            self.clock.advance(ahead)
