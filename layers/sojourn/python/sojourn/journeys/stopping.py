"""Everybody out of a journey that was stopped, those in a wait too: in pages, resumable (walking.py).

What they still send asks what is live, so nothing goes from the word on; this ends the runs that wait. Whoever came in
after the word, because the journey was published again, stays.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sojourn.clock import Clock
from sojourn.config import Row, get, put_next
from sojourn.delivery.model import Skip
from sojourn.due.store import Due
from sojourn.errors import StaleWriteError
from sojourn.journeys import store, walking
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrol import leave
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.live import LiveJourney, State
from sojourn.journeys.migrating.standing import Stands
from sojourn.journeys.store import OPEN_SHARDS
from sojourn.journeys.wait import forget_due

KIND, DUE = "STOP", "stop"
STOPPED = Skip.JOURNEY_STOPPED.value
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many runs a word to stop has ended, and whether everybody was seen to."""

    ended: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class Stopping:
    """The errand of one word to stop, said at `since`; `is_stopped` still."""

    journey: str
    since: str
    is_stopped: bool = True
    due: str = DUE

    @property
    def row(self) -> walking.Row:
        """Where it is written down."""
        return KIND, f"{self.journey}#{self.since}"

    @property
    def named(self) -> Mapping[str, Any]:
        """What finds it there again."""
        return {"since": self.since}

    def concerns(self, run: Stands) -> bool:
        """Everybody."""
        return True

    def see_to(self, run: Stands, *, again: bool, engine: Engine) -> str:
        """End it, if it is one of those that were in it."""
        there = store.get_enrolment(run.enrolment)
        if there is None or not self._is_meant(there):
            return ""
        if there.status is not Status.ACTIVE:
            if not again or there.reason != STOPPED:
                return ""
            engine.machines.stop(there)  # whoever ended it may have died before this
            return ENDED
        forget_due(there, engine=engine)  # first: who dies in between comes to an open run again
        leave(there, STOPPED, engine=engine, of_message=STOPPED)
        return ENDED

    def _is_meant(self, run: Enrolment) -> bool:
        return self.is_stopped or run.started_at <= self.since


def begin(journey: LiveJourney, *, clock: Clock, shards: int) -> None:
    """Let the next sweep end them; said again it changes nothing."""
    errand = Stopping(journey.name, journey.since)
    data = {"journey": journey.name, "since": journey.since, "figures": {}, "shards_done": []}
    with suppress(StaleWriteError):  # it was said before
        put_next(Row(*errand.row, 0, data))
    walking.begin(errand, clock=clock, shards=shards)


def go_on(due: Due, journey: LiveJourney | None, *, engine: Engine) -> None:
    """Some pages of one shard."""
    is_stopped = journey is not None and journey.state is State.STOPPED
    walking.go_on(due, Stopping(due.task["journey"], due.task["since"], is_stopped), engine=engine)


def progress(journey: LiveJourney) -> Progress:
    """How far it has come."""
    row = get(*Stopping(journey.name, journey.since).row)
    if row is None:
        return Progress(0, is_done=False)
    done = len(row.data["shards_done"]) == OPEN_SHARDS
    return Progress(int(row.data["figures"].get(ENDED, 0)), is_done=done)
