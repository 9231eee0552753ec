"""What happens when, in the order of time, and of writing where times are equal; the clock is set, not moved."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from sojourn.clock import ManualClock
from sojourn.planning.runs import Run

Action = Callable[[], object]
Entry = tuple[datetime, int, Action, Run | None, int]


class Calendar:
    """Actions at moments; what was planned for a state that its run has left is passed over."""

    __slots__ = ("_count", "_entries", "clock")

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self._entries: list[Entry] = []
        self._count = 0

    def at(self, moment: datetime, action: Action, run: Run | None = None) -> None:
        """Do it then, if that run has not left its state by then; a moment that has passed means now."""
        self._count += 1
        heapq.heappush(self._entries, (moment, self._count, action, run, run.stay if run else 0))

    def after(self, lasts: timedelta, action: Action, run: Run | None = None) -> None:
        """Do it so long from now."""
        self.at(self.clock.now + lasts, action, run)

    def run_until(self, until: datetime) -> None:
        """Do all that falls due up to and at the moment, and leave the clock there."""
        entries, clock = self._entries, self.clock
        while entries and entries[0][0] <= until:
            moment, _, action, run, stay = heapq.heappop(entries)
            if run is None or run.stay == stay:
                # An action may have set the clock itself; time never runs back.
                clock.now = max(clock.now, moment)
                action()
        clock.now = max(clock.now, until)

    def clear(self) -> None:
        """Forget what was still to come."""
        self._entries.clear()
