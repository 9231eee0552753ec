"""Runs a story with every fault at every call. The story is told once: at each call the process forks, and each child
tells the rest of it with one fault. A child reports what is wrong at its end; nothing of it comes back but that.
"""

import gc
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tests.faults.network import Call, Fault, Kind
from tests.faults.world import World

Story = Callable[[World], object]
Verify = Callable[[World], list[str]]
# What every check tries; ALL_FAULTS=1 tries the rest too, which takes minutes more.
EVERY_CHECK = tuple(Kind) if "ALL_FAULTS" in os.environ else (Kind.ERROR_AFTER, Kind.DEATH_AFTER)
AT_A_TIME = max(2, os.cpu_count() or 2)
READS = {"GetItem", "BatchGetItem", "Query"}
LONGEST = 120  # seconds of a child


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
    points: list[Point] = field(default_factory=list)
    _running: list[tuple[int, int, Call, Kind]] = field(default_factory=list)
    reports_to: int | None = None

    def fork(self, call: Call) -> None:
        """A child for each kind of fault; the parent goes on without one."""
        if self.functions and call.function not in self.functions:
            return
        for kind in self.kinds:
            if kind is Kind.ANSWER_LOST and call.operation in READS:
                continue  # who reads twice reads the same
            if len(self._running) >= AT_A_TIME:
                self._reap()
            if self._fork(call, kind):
                return

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
        return True

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

    def say(self, problems: list[str]) -> NoReturn:
        """And the end."""
        assert self.reports_to is not None
        said = json.dumps({"problems": problems, "facts": {"failures": self.world.failures}})
        os.write(self.reports_to, said.encode()[:60_000])
        os._exit(0)


def explore(
    world: World,
    story: Story,
    verify: Verify,
    *,
    kinds: Collection[Kind] = tuple(Kind),
    functions: Collection[str] = (),
) -> list[Point]:
    """Every point of the story, from here on."""
    explorer = Explorer(world, kinds, functions)
    world.network.noticed = explorer.fork
    gc.collect()
    gc.freeze()
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
    problems = verify(world)
    assert not problems, problems
    return explorer.points


def _be_quiet() -> None:
    """Nobody reads what a child says on its way, and it does not live long enough to tidy up."""
    gc.disable()
    logging.disable(logging.CRITICAL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
