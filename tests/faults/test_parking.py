"""Faults at the calls where a message or a run must wait: for the account's rate and quota, for room in a cap,
the morning, a person, three weeks. Everybody has every message once, and no limit is exceeded.

Every check hurts each place in the code once, ALL_FAULTS=1 each call.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from sojourn import config
from sojourn.clock import parse_iso
from tests.faults.explore import explore
from tests.faults.invariants import counters, left_over, people, providers
from tests.faults.network import Kind
from tests.faults.operating import ends
from tests.faults.people import does, introduces
from tests.faults.world import START, World, a_world, publish

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
IS_FULL = "ALL_FAULTS" in os.environ
KINDS = tuple(Kind) if IS_FULL else (Kind.ANSWER_LOST, Kind.DEATH_AFTER)
FUNCTIONS = {"park_token", "send_message", *(("sweep_due",) if IS_FULL else ())}
QUOTA = 2
LIMITS = {"delivery": {"email_rate": 0.02, "email_quota": QUOTA}}
PARKED = """
journey: parked
purpose: marketing
entry: {event: Go}
caps: [{at most: 1, per: 1 day}]
steps:
  - {send: One, template: welcome, expires: 9 days}
  - {send: Two, template: reminder, expires: 9 days}
  - {wait: Till the morning, until: "09:00"}
  - {task: Call them, assign: sales, due: 2 days, outcomes: {reached: []}}
  - {wait: Three weeks, for: 3 weeks}
  - {send: Three, template: reminder, expires: 9 days}
"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as made:
        publish(made, "parked", PARKED)
        config.put("SETTING", "workspace", LIMITS)
        made.reset()
        yield made


def story(world: World) -> None:
    for name in ("ann", "bob"):
        introduces(world, name, email=f"{name}@example.org", phone=None)
        does(world, "Go", name)
    world.run_until(START + 40 * DAY)


def wrong(world: World) -> list[str]:
    states = Counter((row["step"], row["state"]) for row in people("MSG#"))
    sent = [step for (step, state), n in states.items() for _ in range(n) if state in {"sent", "unknown"}]
    problems = [] if Counter(sent) == {"One": 2, "Two": 2, "Three": 2} else [f"messages are {states}"]
    if set(ends().values()) != {("completed", "")}:
        problems.append(f"runs are {ends()}")
    return [*problems, *_too_many(world), *providers(world), *left_over(world), *counters("parked")]


def _too_many(world: World) -> Iterator[str]:
    """What the limits forbid."""
    days = Counter(mail.at[:10] for mail in world.services.mails)
    yield from (f"{n} mails on {day}" for day, n in days.items() if n > QUOTA)
    for name in ("ann", "bob"):
        at = [parse_iso(mail.at) for mail in world.services.mails if mail.to.startswith(name)]
        yield from (f"{name} has two mails within a day" for one, two in pairwise(at) if two - one < DAY)


def test_whoever_must_wait_survives_every_fault(world: World, record_property: Callable[..., None]):
    points = explore(world, story, wrong, functions=FUNCTIONS, kinds=KINDS, a_place=1)

    record_property("points", len(points))
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= 36, len(points)
