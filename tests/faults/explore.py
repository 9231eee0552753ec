"""Runs a story with every fault at every call. The story is told once: at each call the process forks, and each child
tells the rest of it with one fault. A child reports what is wrong at its end; nothing of it comes back but that.

Once a fault is over, a child that finds its world as that of another point (or as if nothing had happened) stops there:
the other tells what becomes of it. ALL_FAULTS=1 tells every one to its end.
Where a story is long and comes by the same lines again and again, a check hurts each place in the code once
(`a_place=1`); ALL_FAULTS=1 hurts each call.
"""

import gc
import json
import logging
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tests.faults.invariants import UNCERTAIN
from tests.faults.network import Call, Fault, Kind
from tests.faults.state import Seen, digest_of, hashed
from tests.faults.tally import note
from tests.faults.world import HANDLERS, World

Story = Callable[[World], object]
Verify = Callable[[World], list[str]]
Place = tuple[str, ...]
# What every check tries; ALL_FAULTS=1 tries the rest too, which takes minutes more.
EVERY_CHECK = tuple(Kind) if "ALL_FAULTS" in os.environ else (Kind.ERROR_AFTER, Kind.DEATH_AFTER)
AT_A_TIME = max(2, os.cpu_count() or 2)
READS = {"GetItem", "BatchGetItem", "Query"}
PRODUCT = "/sojourn/"
LONGEST = 120  # seconds of a child
TO_ITS_END = "ALL_FAULTS" in os.environ
LOOKS = 4  # how often a child looks whether it knows its world


@dataclass(frozen=True, slots=True)
class Point:
    """One fault at one call, and what went wrong because of it."""

    call: str
    kind: str
    problems: list[str]
    facts: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind} at {self.call}: " + "; ".join(self.problems)


@dataclass(slots=True)
class Explorer:
    """Forks at each call; at most as many children at a time as there are processors."""

    world: World
    kinds: Collection[Kind]
    functions: Collection[str]
    a_place: int = 0
    to_its_end: bool = TO_ITS_END
    points: list[Point] = field(default_factory=list)
    _running: list[tuple[int, int, Call, Kind]] = field(default_factory=list)
    reports_to: int | None = None
    _seen: Seen = field(default_factory=Seen)
    _looks: int = 0
    _before: tuple[int, Call] | None = None  # the call that was hurt last, and in which invocation
    _places: Counter[Place] = field(default_factory=Counter)
    _is_forgiven: bool = False

    def scout(self, story: Story) -> None:
        """A child that tells the story as it is, and notes every world on its way."""
        if self.to_its_end:
            return
        if child := os.fork():
            os.waitpid(child, 0)
            return
        try:
            _be_quiet()
            self.world.settled = lambda: self._seen.add(digest_of(self.world))
            story(self.world)
        finally:
            os._exit(0)

    def fork(self, call: Call) -> None:
        """A child for each kind of fault; the parent goes on without one."""
        if self.functions and call.function not in self.functions:
            return
        if self.a_place and self._is_well_known(_place_of(call)):
            return
        before, self._before = self._before, (self.world.network.turn, call)
        for kind in self.kinds:
            if kind is Kind.ANSWER_LOST and call.operation in READS:
                continue  # who reads twice reads the same
            if before and before[0] == self.world.network.turn and self._is_as_before(before[1], call, kind):
                self.points.append(Point(str(call), kind.value, [], {"is_known": True}))
                continue
            if len(self._running) >= AT_A_TIME:
                self._reap()
            if self._fork(call, kind):
                return

    def _is_well_known(self, place: Place) -> bool:
        self._places[place] += 1
        return self._places[place] > self.a_place

    def _is_as_before(self, before: Call, call: Call, kind: Kind) -> bool:
        """Who dies before a call, or after a read, leaves what they had left when they died after the call before."""
        if self.to_its_end or self.a_place or Kind.DEATH_AFTER not in self.kinds:
            return False
        if _may_be_forgiven(before):
            return False
        return kind is Kind.DEATH_BEFORE or (kind is Kind.DEATH_AFTER and call.operation in READS)

    def _fork(self, call: Call, kind: Kind) -> bool:
        """Whether this is the child."""
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child:
            os.close(writer)
            self._running.append((child, reader, call, kind))
            return False
        os.close(reader)
        signal.alarm(LONGEST)
        _be_quiet()
        self.reports_to = writer
        self.world.network.noticed = lambda call: None
        self.world.network.fault = Fault(kind, call.number)
        # Whoever calls in the story's own name may keep what it was told, where no digest looks.
        if call.function in HANDLERS and not self.to_its_end:
            self._is_forgiven = _may_be_forgiven(call)
            self._looks, self.world.settled = LOOKS, self._look
        return True

    def _look(self) -> None:
        """In a child whose fault is over: is this as if nothing had happened, or a world that another has seen?"""
        if self._looks:
            self._looks -= 1
            digest = digest_of(self.world)
            if digest in self._seen or self._seen.add(hashed(digest, self._is_forgiven)):
                self.say([], is_known=True)

    def _reap(self) -> None:
        child, reader, call, kind = self._running.pop(0)
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        silence = {"problems": ["the child died without a word"], "facts": {}}
        report: dict[str, Any] = json.loads(said) if said else silence
        self.points.append(Point(str(call), kind.value, report["problems"], report["facts"]))

    def wait(self) -> None:
        """For the last children."""
        while self._running:
            self._reap()

    def report(self, verify: Verify) -> NoReturn:
        """A child's last words."""
        assert self.reports_to is not None
        try:
            problems = verify(self.world)
        except BaseException:  # noqa: BLE001  # whatever it is, the parent must hear of it
            problems = [traceback.format_exc()[-1500:]]
        self.say(problems)

    def say(self, problems: list[str], *, is_known: bool = False) -> NoReturn:
        """And the end."""
        assert self.reports_to is not None
        facts = {"failures": self.world.failures, "is_known": is_known}
        said = json.dumps({"problems": problems, "facts": facts})
        os.write(self.reports_to, said.encode()[:60_000])
        os._exit(0)


def explore(
    world: World,
    story: Story,
    verify: Verify,
    *,
    kinds: Collection[Kind] = tuple(Kind),
    functions: Collection[str] = (),
    a_place: int = 0,
    to_its_end: bool = TO_ITS_END,
) -> list[Point]:
    """Every point of the story, from here on; `a_place`: at most so many calls of each place in the code."""
    explorer = Explorer(world, kinds, functions, 0 if TO_ITS_END else a_place, to_its_end)
    gc.collect()
    gc.freeze()
    explorer.scout(story)
    world.network.noticed = explorer.fork
    try:
        story(world)
    except BaseException:
        if explorer.reports_to is None:
            raise
        explorer.say([traceback.format_exc()[-1500:]])
    if explorer.reports_to is not None:
        explorer.report(verify)
    world.network.noticed = lambda call: None
    explorer.wait()
    gc.unfreeze()
    note(len(explorer.points), sum(bool(point.problems) for point in explorer.points))
    problems = verify(world)
    assert not problems, problems
    return explorer.points


def _may_be_forgiven(call: Call) -> bool:
    """After a fault there a message may be unknown (see invariants)."""
    return call.function == "send_message" and call.operation in UNCERTAIN


def _place_of(call: Call) -> Place:
    """The lines of ours that led to it, outermost last."""
    lines, frame = [str(call.operation)], sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        if PRODUCT in frame.f_code.co_filename:
            lines.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
    return tuple(lines)


def _be_quiet() -> None:
    """Nobody reads what a child says on its way, and it does not live long enough to tidy up."""
    gc.disable()
    logging.disable(logging.CRITICAL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
