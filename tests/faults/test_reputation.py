"""Every fault at every call of what pauses marketing for bounces and lets it go on: it pauses, wakes somebody and is in
the log once; while it lasts no marketing goes and receipts do; and whoever was held gets their message once.
"""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

import pytest

from sojourn import config
from sojourn.audit.store import KIND as AUDIT
from sojourn.contacts.workspace import WorkspaceReader, use_workspace
from sojourn.delivery.reputation import Cause
from sojourn.insight.reputation import counted_after
from sojourn.journeys.live import LIVE
from sojourn.journeys.reputation import DID, REPUTATION, standing
from sojourn.tables import ConfigRow
from tests.coming_back import bounces
from tests.faults.explore import EVERY_CHECK, Point, explore
from tests.faults.invariants import UNCERTAIN, people
from tests.faults.network import Call
from tests.faults.operating import an_operated_world, anew, asks, resting
from tests.faults.people import does, introduces
from tests.faults.test_running import HARDEST
from tests.faults.world import HOUR, MINUTE, START, World

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
NEWS = """
journey: news
purpose: marketing
entry: {event: Go}
steps:
  - send: One
    template: welcome
  - wait: An hour
    for: 1 hour
  - send: Two
    template: welcome
"""
RECEIPT = """
journey: receipt
purpose: transactional
entry: {event: Buy}
steps:
  - send: Three
    template: welcome
"""
RESUME = "/api/workspace/reputation/resume"
SEES = START + HOUR / 2  # when the bounce comes
RESUMED = START + 2 * HOUR
OUTCOME = {
    ("bob", "One", "sent", ""),
    ("bob", "Two", "skipped", "suppressed"),
    ("cid", "One", "sent", ""),
    ("cid", "Two", "sent", ""),
    ("dan", "Three", "sent", ""),
}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with an_operated_world(news=NEWS, receipt=RECEIPT) as world:
        config.put("SETTING", "workspace", {"delivery": {"judged_from": 2}})
        use_workspace(WorkspaceReader(world.clock))
        yield world


@pytest.fixture
def world(made: World) -> World:
    """Marketing was never paused."""
    there = anew(made)
    _unpaused()
    return there


def comes_back(world: World) -> None:
    """Two are written to, and one address is dead."""
    for user in ("bob", "cid"):
        introduces(world, user, email=f"{user}@example.org", phone=None)
        does(world, "Go", user)
    world.run_until(SEES)
    for mail in world.services.mails:
        if mail.to.startswith("bob"):  # unless the fault was at its claim
            bounces(world, mail)
    world.run_until(SEES + 10 * MINUTE)


def story(world: World) -> None:
    comes_back(world)
    introduces(world, "dan", email="dan@example.org", phone=None)
    does(world, "Buy", "dan")
    world.run_until(RESUMED)
    for _ in range(2):
        asks(world, RESUME)
    world.run_until(START + 3 * DAY)


def test_whatever_fails_where_mails_are_counted_it_pauses_and_wakes_somebody(world: World):
    said = io.StringIO()

    def told(world: World) -> None:
        with redirect_stdout(said):
            story(world)

    points = explore(
        world,
        told,
        lambda world: [*wrong(world), *_silent(said.getvalue())],
        functions={"count_changes", "record_feedback"},
        kinds=EVERY_CHECK,
        a_place=1,
        to_its_end=True,  # the alarm is no part of the world
    )

    _assert_no_harm(points, 15)


def test_whatever_fails_while_it_lasts_nobody_is_lost(world: World):
    functions = {"api", "park_token", "send_message", "sweep_due"}

    points = explore(
        world, story, lambda world: list(wrong(world)), functions=functions, kinds=HARDEST, a_place=1
    )

    _assert_no_harm(points, 20)


def test_two_batches_that_race_pause_it_once(world: World):
    comes_back(world)
    records = world.services.streams["People"]
    raced = []
    for place in range(1, 20):
        _unpaused()
        overtaken = _overtake(world, place, records)
        world.invoke("count_changes", {"Records": records})
        world.network.noticed = lambda call: None
        if not overtaken:
            break
        raced.append(place)
        assert standing().cause == Cause.BOUNCES
        assert [line.data["did"] for line in config.query(AUDIT)] == [DID], place

    assert len(raced) >= 4


def wrong(world: World) -> Iterator[str]:
    """What became of each message, but for those of which nobody knows since the fault lay at their claim."""
    users = {row["pk"]: row["identity"].partition("#")[2] for row in people("ENROL#")}
    found = {(users[row["pk"]], row["step"], row["state"], row.get("reason", "")) for row in people("MSG#")}
    unknown = {each[:2] for each in found if each[2] == "unknown"}
    if unknown and not _may_be_unknown(world):
        yield f"unknown are {unknown}"
    if ("bob", "One") in unknown:
        return  # so nothing came back
    if {each for each in found if each[2] != "unknown"} != {
        each for each in OUTCOME if each[:2] not in unknown
    }:
        yield f"messages are {sorted(found)}"
    (second,) = [mail.at for mail in world.services.mails if mail.to.startswith("cid")][1:] or [""]
    if second < RESUMED.isoformat()[:16] and ("cid", "Two") not in unknown:
        yield f"marketing went at {second}"
    logged = [line.data["did"] for line in config.query(AUDIT)]
    if logged.count(DID) != 1 or f"POST {RESUME}" not in logged:
        yield f"the log of changes has {logged}"
    if standing().is_paused:
        yield "marketing is paused still"
    counted = counted_after("0")
    sent = sum(row["state"] == "sent" for row in people("MSG#"))
    if (counted["mails"], counted["bounces"], counted["complaints"]) != (sent, 1, 0):
        yield f"counted are {counted} of {sent} mails"
    yield from resting(world)


def _silent(said: str) -> list[str]:
    return [] if '"MarketingPaused"' in said else ["no alarm"]


def _may_be_unknown(world: World) -> bool:
    fault = world.network.fault
    hurt = world.network.calls[fault.call - 1] if fault else None
    return hurt is not None and hurt.function == "send_message" and hurt.operation in UNCERTAIN


def _unpaused() -> None:
    row = config.get(*LIVE)
    assert row is not None
    config.put(*LIVE, {name: facts for name, facts in row.data.items() if name != REPUTATION})
    for line in list(config.query(AUDIT)):
        ConfigRow(line.kind, line.id).delete()


def _overtake(world: World, place: int, records: list[Any]) -> list[int]:
    """At this call another invocation is told the same."""
    before, done = len(world.network.calls), list[int]()

    def noticed(call: Call) -> None:
        if call.number - before == place and not done:
            done.append(place)
            world.invoke("count_changes", {"Records": records})

    world.network.noticed = noticed
    return done


def _assert_no_harm(points: list[Point], at_least: int) -> None:
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= at_least, len(points)
