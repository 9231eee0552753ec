"""Faults at the calls of what lets people in, and takes them out: each comes in as often as was said, no run is lost,
none is stuck, and the sums add up. What a fault is: test_walk.py; what is played: entering.py.

Every check hurts each place in the code once, ALL_FAULTS=1 each call.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

import pytest

from sojourn import bootstrap, config
from sojourn.clock import iso
from sojourn.journeys import breaker, store
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.live import State, change_state, live
from sojourn.journeys.sweep import sweep
from tests.faults import entering
from tests.faults.explore import EVERY_CHECK, Point, Story, Verify, explore
from tests.faults.invariants import people
from tests.faults.network import Call
from tests.faults.people import does, introduces, introduction
from tests.faults.world import HANDLERS, HOUR, START, World, a_world

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world:
        entering.all_live(world)
        yield world


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


@pytest.fixture
def short_pages() -> Iterator[None]:
    """The sweep tells the members of a segment one by one."""
    before = HANDLERS["sweep_due"]
    HANDLERS["sweep_due"] = _one_by_one
    yield
    HANDLERS["sweep_due"] = before


def _one_by_one(event: Any, context: object) -> dict[str, int]:
    with bootstrap.store_errors_translated():
        return {"done": sweep(engine=bootstrap.engine(), page=1)}


WALKS: list[tuple[Story, Verify, set[str], int]] = [
    (entering.two_carts, entering.wrong_after_two_carts, {"react"}, 30),
    (entering.in_and_out_of_the_club, entering.wrong_after_the_club, {"react"}, 40),
    (entering.dates_come, entering.wrong_after_dates, {"react", "sweep_due"}, 60),
    (entering.mondays, entering.wrong_after_mondays, {"sweep_due"}, 20),
    (entering.requests, entering.wrong_after_requests, {"api", "react", "take_step"}, 45),
    (entering.comes_again, entering.wrong_after_coming_again, {"react"}, 40),
]


@pytest.mark.usefixtures("short_pages")
@pytest.mark.parametrize(
    ("story", "wrong", "functions", "at_least"), [pytest.param(*walk, id=walk[0].__name__) for walk in WALKS]
)
def test_who_comes_in_and_leaves_survives_every_fault(
    world: World, story: Story, wrong: Verify, functions: set[str], at_least: int
):
    points = explore(world, story, wrong, functions=functions, kinds=EVERY_CHECK, a_place=1)

    assert_no_harm(points, at_least)


def assert_no_harm(points: list[Point], at_least: int) -> None:
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= at_least


# What the stream may do to those who come in


STREAMS: dict[str, Callable[[list[Any]], list[list[Any]]]] = {
    "twice": lambda records: [records, records],
    "one by one, and all of it again": lambda records: [*([each] for each in records), records],
    "the other shard first": lambda records: [records[-1:], records[:-1]],
    "again behind all others": lambda records: [[each] for each in (*records, *records)],
}


@pytest.mark.parametrize("told", STREAMS)
def test_however_the_stream_tells_it_nobody_comes_in_twice_or_misses_the_goal(world: World, told: str):
    """What she does as a visitor comes by one shard, what she does as a user by another."""
    world.collect({**introduction(world, "ann"), "anonymousId": "v1"})
    world.run_until(START + HOUR)
    for number, cart in enumerate(("1", "2", "1")):
        _does(
            world,
            f"cart-{number}",
            "Cart Updated",
            anonymousId="v1",
            properties={"cart_id": cart, "total": 30},
        )
    world.clock.advance(60)
    _does(world, "order", "Order Completed", userId="ann", properties={"cart_id": "1"})
    records = world.services.streams["Events"][world.read["Events"] :]
    for batch in STREAMS[told](records):
        world.call("react", {"Records": batch})
    world.read["Events"] += len(records)
    world.run_until(START + 5 * DAY)

    runs = {row["key"]: row["reason"] for row in people("ENROL#cart#")}
    overtaken = {"2": "over"}  # nobody is asked for a cart that is bought already
    assert runs == (overtaken if told == "the other shard first" else {"1": "goal", "2": "over"})
    assert list(entering.stuck(world)) == []


def _does(world: World, message_id: str, event: str, **told: Any) -> None:
    now = iso(world.clock.calendar())
    world.collect({"type": "track", "event": event, "messageId": message_id, "timestamp": now, **told})


def test_two_shards_that_let_one_person_in_never_let_in_more_than_the_limit(world: World):
    """At each other call of one, the other does all of its work."""
    places = list(range(1, 80, 2))
    raced = [place for place in places if race(world, place)]

    assert raced == places[: len(raced)]
    assert len(raced) >= 8


def race(world: World, place: int) -> bool:
    """Whether the one had so many calls."""
    world.reset()
    introduces(world)
    world.run_until(START + HOUR)
    for number in range(3):
        does(world, "Came", message_id=f"came-{number}")
    (first, *others) = world.services.streams["Events"][world.read["Events"] :]
    overtaken = _overtake(world, "react", place, others)
    world.invoke("react", {"Records": [first]})
    world.network.noticed = lambda call: None
    world.run_until(START + 2 * HOUR)
    assert entering.ends("limited") == ["active"] * 2
    assert entering.ends("once") == entering.ends("left") == ["active"]
    running = [run.name for run in world.walker.executions.values() if run.running]
    assert len(running) == len(people("ENROL#"))
    return bool(overtaken)


def _overtake(world: World, function: str, place: int, others: list[Any]) -> list[int]:
    """At this call of the function another invocation does the rest."""
    before, done = len(world.network.calls), list[int]()

    def noticed(call: Call) -> None:
        if call.number - before == place and not done:
            done.append(place)
            world.invoke(function, {"Records": others})

    world.network.noticed = noticed
    return done


# The breaker


@pytest.fixture
def failing(world: World) -> Iterator[World]:
    """Twenty runs of one journey have failed, and nobody has counted them yet."""
    config.put(*breaker.BREAKER, {})
    change_state("cart", State.LIVE, now=START - DAY)
    for number in range(breaker.IN_A_ROW):
        store.admit(_a_run(number))
    world.pump()
    for number in range(breaker.IN_A_ROW):
        store.end(_a_run(number).id, Status.FAILED, reason="failed", now=iso(START + HOUR))
    yield world
    change_state("cart", State.LIVE, now=START)


def _a_run(number: int) -> Enrolment:
    return Enrolment(
        contact=f"{number:020d}", journey="cart", entry=1, version=1, version_arn="arn", entered_by=str(number),
        entered_at=iso(START), identity=f"u#{number}", at="Rest", until=iso(START), started_at=iso(START),
    )  # fmt: skip


def test_the_breaker_pauses_and_alarms_whatever_fails(failing: World):
    said = io.StringIO()

    def story(world: World) -> None:
        with redirect_stdout(said):
            world.run_until(START + 2 * HOUR)

    points = explore(
        failing,
        story,
        lambda _: wrong_with_the_breaker(said.getvalue()),
        functions={"count_changes"},
        kinds=EVERY_CHECK,
        to_its_end=True,  # the alarm is no part of the world
    )

    assert_no_harm(points, 12)


def test_two_batches_that_race_pause_the_journey_and_alarm(failing: World):
    records = failing.services.streams["People"][failing.read["People"] :]
    raced = []
    for place in range(1, 40):
        config.put(*breaker.BREAKER, {})
        change_state("cart", State.LIVE, now=START - DAY)
        said = io.StringIO()
        half = len(records) // 2
        overtaken = _overtake(failing, "count_changes", place, records[half:])
        with redirect_stdout(said):
            failing.invoke("count_changes", {"Records": records})
        failing.network.noticed = lambda call: None
        if not overtaken:
            break
        raced.append(place)
        assert not wrong_with_the_breaker(said.getvalue()), place

    assert len(raced) >= 5


def wrong_with_the_breaker(said: str) -> list[str]:
    """That journey, and no other, is paused, and somebody is woken."""
    paused = {name: each.why for name, each in live().items() if each.state is State.PAUSED}
    problems = [] if paused == {"cart": breaker.WHY} else [f"paused are {paused}"]
    return problems if '"JourneysPaused"' in said else [*problems, "no alarm"]
