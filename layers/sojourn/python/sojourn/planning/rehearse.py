"""A rehearsal: contacts are played one after the other, in parts, whose figures add up. Nothing is sent or written.

plan = Plan(definition=journey.to_definition(), behaviour=shipped().said, people=MadeUp(1000, shipped()), …)
total = rehearse(plan)                          # here
total = rehearse(plan, workers=2)               # in processes of their own, each with a part at a time
lines = diary(plan, "made0000000000000000")     # one contact, step by step
"""

import gc
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sojourn.clock import ManualClock, parse_iso
from sojourn.contacts.workspace import Workspace, WorkspaceReader, use_workspace
from sojourn.journeys.model import Journey
from sojourn.planning.chance import drawn
from sojourn.planning.diary import told
from sojourn.planning.figures import Figures, Total
from sojourn.planning.habits import Behaviour
from sojourn.planning.happening import arrive, live_unasked
from sojourn.planning.occasions import await_occasions
from sojourn.planning.people import People, Person
from sojourn.planning.runs import Journal
from sojourn.planning.script import Script
from sojourn.planning.stage import Stage

ANYWHERE = Workspace()
A_PART = 250  # contacts, before anybody hears how far it is
Progress = Callable[[int], object]


@dataclass(frozen=True)
class Plan:
    """What is rehearsed, with whom, from when to when, and by which chance."""

    definition: Mapping[str, Any]
    behaviour: Mapping[str, Any]
    people: People
    start: datetime
    until: datetime
    seed: int = 0
    workspace: Workspace = ANYWHERE

    @cached_property
    def script(self) -> Script:
        """The journey, ready to be played."""
        return Script(Journey.from_definition(self.definition))

    @cached_property
    def habits(self) -> Behaviour:
        """How people behave."""
        return Behaviour(self.behaviour)

    def __getstate__(self) -> dict[str, Any]:
        """Without what each process makes itself: closures do not travel."""
        return {name: fact for name, fact in self.__dict__.items() if name not in {"script", "habits"}}

    def parts(self) -> Iterator[tuple[int, int]]:
        """First and last place of each part."""
        for first in range(0, len(self.people), A_PART):
            yield first, min(first + A_PART, len(self.people))


def rehearse(plan: Plan, *, workers: int = 1, progress: Progress = lambda done: None) -> tuple[Total, bool]:
    """The figures of all contacts; and whether somebody ended it before its time, so that they are those of a part."""
    total, done = Total(), 0
    parts = _played(plan) if workers < 2 else _played_by(plan, workers)
    try:
        for part in parts:
            total.add(part)
            done += part.contacts
            progress(done)
    except KeyboardInterrupt:
        return total, True
    return total, False


def play_part(plan: Plan, first: int, last: int) -> Figures:
    """The contacts of these places, one after the other."""
    figures = Figures()
    with undisturbed():
        for person in plan.people.between(first, last):
            play(plan, person, figures)
    return figures


@contextmanager
def undisturbed() -> Iterator[None]:
    """What a part leaves behind is collected once, at its end: looking for it all the time takes a fifth of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
        gc.collect(1)


def play(plan: Plan, person: Person, figures: Figures, journal: Journal | None = None) -> Stage:
    """One contact from the start to the end."""
    stage = Stage(
        plan.script,
        plan.habits,
        person,
        seed=plan.seed,
        start=plan.start,
        until=plan.until,
        figures=figures,
        workspace=plan.workspace,
        journal=journal,
    )
    arrive(stage, arrival_of(plan, person))
    await_occasions(stage, plan.start)
    live_unasked(stage, plan.start)
    stage.play()
    return stage


def arrival_of(plan: Plan, person: Person) -> datetime:
    """When somebody comes in: as their row says, or the behaviour."""
    if person.at:
        return parse_iso(person.at)
    over = plan.habits.arrivals.over
    share = drawn(plan.seed, person.contact, "arrives") if over else 0.0
    return plan.start + timedelta(seconds=int(share * over))


def diary(plan: Plan, contact: str) -> list[dict[str, Any]] | None:
    """What happens to one contact, by id or user id; None when the people do not hold them."""
    for person in plan.people.between(0, len(plan.people)):
        if contact in {person.contact, *(each.partition("#")[2] for each in person.profile.identities)}:
            stage = play(plan, person, Figures(), Journal())
            return told(stage, plan.until)
    return None


def lives_in(workspace: Workspace) -> None:
    """Let all of this process decide by a workspace that no table holds."""
    use_workspace(WorkspaceReader(ManualClock(parse_iso("2000-01-01T00:00:00Z")), lambda: workspace))


def _played(plan: Plan) -> Iterator[Figures]:
    for first, last in plan.parts():
        yield play_part(plan, first, last)


def _played_by(plan: Plan, workers: int) -> Iterator[Figures]:
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(plan,)) as pool:
        try:
            yield from pool.map(_part, list(plan.parts()))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_plans: list[Plan] = []


def _begin(plan: Plan) -> None:
    """Each process keeps the plan; whoever interrupts speaks to the first process alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lives_in(plan.workspace)
    _plans[:] = [plan]


def _part(places: tuple[int, int]) -> Figures:
    return play_part(_plans[0], *places)
