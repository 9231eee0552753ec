"""How many steps a second the walker plays with the real handlers, in CPU time of one core.

People walk a journey of mails, waits and rounds: the first of tests/stories/journeys/conformance/repeat.yaml. AWS is
answered in memory (tests/faults/world.py); what that takes, which is moto's, is not charged to the steps. Streams and
feedback are not played meanwhile.
"""

import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

from bench.measures import Measure
from sojourn.clock import iso
from tests.conformance import Walk, walks
from tests.faults.people import introduction
from tests.faults.services import Answer, Services
from tests.faults.world import START, World, a_world, publish

GOAL = 300
PEOPLE = 20
TO_THE_END = timedelta(days=40)


@dataclass(slots=True)
class Timed:
    """AWS in memory, with the CPU time that its answers took."""

    services: Services
    took: float = 0

    def answer(self, service: str, operation: str, request: Any) -> Answer:
        """As the services answer."""
        began = time.process_time()
        try:
            return self.services.answer(service, operation, request)
        finally:
            self.took += time.process_time() - began


def measure() -> list[Measure]:
    """More is better here, so the judgement is made here, too."""
    walk = next(each for each in walks() if each.name == "conform-repeat-1")
    with redirect_stdout(StringIO()), a_world() as world:
        publish(world, walk.name, walk.source)
        _steps_per_second(world, walk, 1)  # so that containers know the journey and its templates
        world.reset()
        rate = _steps_per_second(world, walk, PEOPLE)
    return [
        {
            "name": "walker_steps_per_second",
            "value": round(rate),
            "unit": "steps, ≥ 300 wanted",
            "goal": None,
            "holds": rate >= GOAL,
        }
    ]


def _steps_per_second(world: World, walk: Walk, people: int) -> float:
    """From the entry to the end."""
    for number in range(people):
        _enters(world, walk, f"user-{number}")
    world.pump()
    runs = world.walker.executions.values()
    before, timed = sum(run.transitions for run in runs), Timed(world.services)
    world.network.services = timed  # type: ignore[assignment]
    began = time.process_time()
    world.walker.run_until(START + TO_THE_END)
    took = time.process_time() - began - timed.took
    world.network.services = timed.services
    assert not any(run.running for run in runs)
    return (sum(run.transitions for run in runs) - before) / took


def _enters(world: World, walk: Walk, user: str) -> None:
    about = introduction(world, user, email=f"{user}@example.org", phone=None)
    entry = {"type": "track", "messageId": f"{user}-2", "event": walk.event, "userId": user}
    world.collect(about, {**entry, "timestamp": iso(world.clock.calendar())})
