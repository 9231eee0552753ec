"""Pause holds people without asking after them; resume lets them go as was said; stop sends nothing more (T42, T43)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.due.store import due_under
from sojourn.events import store as events
from sojourn.journeys.enrol import leave
from sojourn.journeys.enrolment import Status, WaitKind
from sojourn.journeys.live import State, change_state
from sojourn.journeys.releasing import ask
from sojourn.journeys.stopping import Progress, begin, progress
from sojourn.journeys.store import get_enrolment
from sojourn.journeys.wait import ParkTask, park
from sojourn.journeys.withdrawing import withdraw
from sojourn.messages.model import MessageState, message_digest
from sojourn.messages.store import get_message, item_of
from sojourn.tables import PeopleRow, connection
from tests.cloud import REGION, SETTINGS
from tests.entering import DAY, HOUR, World, a_journey
from tests.insight_rows import a_message
from tests.journeys import NOW, an_enrolment, keep
from tests.partiql import empty

STEP = "Say hello"
PAUSED = {"until": "9999-12-31T00:00:00.000Z", "reason": "paused"}


@pytest.fixture
def world(tables: None) -> World:
    empty("People", "Identity", "Due", "Config", "Events")
    made = World()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    made.publish(a_journey("cart"))
    change_state("cart", State.PAUSED, now=NOW)
    return made


def held(world: World, number: int, *, due: datetime = NOW) -> str:
    """Somebody whose message was due while the journey was paused; the answer is the run."""
    run = keep(an_enrolment(contact=f"{number:020d}", journey="cart", at=STEP))
    message = a_message(
        STEP, contact=run.contact, enrolment=run.id, journey="cart", state=MessageState.PLANNED
    )
    message = replace(message, digest=message_digest(run.id, STEP), due=iso(due), sent_at="", reason="paused")
    connection().client.put_item(TableName=PeopleRow.Meta.table_name, Item=item_of(message))
    park(
        ParkTask(enrolment=run.id, leg=1, step=STEP, token=f"token {number}", hold=PAUSED),
        engine=world.engine,
    )
    return run.id


def resume(world: World, at: datetime, state: State = State.LIVE, **late: Any) -> None:
    world.clock.now = at
    journey = change_state("cart", state, now=at, late=late or None)
    ask(journey, clock=world.clock, shards=world.engine.due_shards)


def test_while_it_is_paused_no_sweep_asks_after_anybody(world: World):
    """T42: the delay elapses, nothing is sent, nobody leaves."""
    runs = [held(world, number) for number in range(100)]

    for days in range(3):
        world.sweeps(NOW + days * DAY)

    assert (world.machines.answered, world.machines.failed) == ([], [])
    assert {get_enrolment(run).status for run in runs if get_enrolment(run)} == {Status.ACTIVE}  # type: ignore[union-attr]
    assert len(list(due_under("paused#cart"))) == 100


def test_send_lets_everybody_go(world: World):
    for number in range(100):
        held(world, number)

    resume(world, NOW + DAY, how="send")
    world.sweeps()

    assert sorted(world.machines.answered) == sorted(f"token {number}" for number in range(100))
    assert list(due_under("paused#cart")) == []


def test_skip_lets_only_those_have_their_message_who_are_not_later_than_so_long(world: World):
    """T42, J12."""
    late, just = held(world, 1, due=NOW), held(world, 2, due=NOW + HOUR)

    resume(world, NOW + 25 * HOUR, how="skip", seconds=86_400)
    world.sweeps()

    states = [get_message(run.partition(".")[0], message_digest(run, STEP)) for run in (late, just)]
    assert [(each.state.value, each.reason) for each in states if each] == [
        ("skipped", "late"),
        ("planned", "paused"),
    ]
    assert sorted(world.machines.answered) == ["token 1", "token 2"], "the run of a skipped message goes on"


def test_spread_lets_them_go_one_after_the_other(world: World):
    """T42: at most the rate that was said."""
    for number in range(60):
        held(world, number)

    resume(world, NOW + DAY, how="spread", seconds=3_600)
    world.sweeps()
    assert list(due_under("paused#cart")) == []
    gone = [len(world.machines.answered)]
    for minutes in range(1, 62):
        world.sweeps(NOW + DAY + timedelta(minutes=minutes))
        gone.append(len(world.machines.answered))

    assert gone[-1] == 60
    assert len(set(world.machines.answered)) == 60
    assert max(later - before for before, later in pairwise(gone)) <= 6


def test_who_is_paused_again_stays(world: World):
    held(world, 1)
    resume(world, NOW + DAY, how="send")
    change_state("cart", State.PAUSED, now=NOW + DAY)

    world.sweeps()

    assert world.machines.answered == []
    assert len(list(due_under("paused#cart"))) == 1


def test_stop_lets_them_go_to_be_told_that_it_is_over(world: World):
    """T43: their step asks what is live, and finds it stopped."""
    held(world, 1)

    resume(world, NOW + DAY, state=State.STOPPED)
    world.sweeps()

    assert world.machines.answered == ["token 1"]


def test_a_release_that_dies_midway_goes_on(world: World):
    runs = [held(world, number) for number in range(5)]
    resume(world, NOW + DAY, how="send")
    world.machines.breaks = RuntimeError("dead")
    with pytest.raises(RuntimeError):
        world.sweeps()

    world.machines.breaks = None
    world.sweeps()

    assert len(set(world.machines.answered)) == len(runs)
    assert list(due_under("paused#cart")) == []
    first = get_enrolment(runs[0])
    assert first
    assert first.wait
    assert first.wait.kind is WaitKind.HOLD


def test_stop_ends_everybody_who_waits_and_tells_how_many(world: World):
    """T43: those who come after it was published again stay."""
    resting = [keep(an_enrolment(contact=f"{number:020d}", journey="cart", at=STEP)) for number in range(3)]
    journey = change_state("cart", State.STOPPED, now=NOW)
    begin(journey, clock=world.clock, shards=world.engine.due_shards)
    change_state("cart", State.LIVE, now=NOW)
    late = keep(replace(an_enrolment(contact="9" * 20, journey="cart", at=STEP), started_at=iso(NOW + HOUR)))

    world.sweeps()
    begin(journey, clock=world.clock, shards=world.engine.due_shards)
    world.sweeps()

    ended = [get_enrolment(run.id) for run in resting]
    assert {(run.status, run.reason) for run in ended if run} == {(Status.EXITED, "journey_stopped")}
    assert sorted(world.machines.stopped) == sorted(run.execution for run in resting)
    assert (there := get_enrolment(late.id))
    assert there.status is Status.ACTIVE
    assert progress(journey) == Progress(3, is_done=True)
    assert progress(replace(journey, since="")) == Progress(0, is_done=False)


def test_who_leaves_while_a_message_is_held_leaves_none_behind(world: World):
    """Its place among the caps is free again, and nobody counts it as pending."""
    run = get_enrolment(held(world, 1))
    assert run

    leave(run, "goal", engine=world.engine)
    withdraw(run)

    message = get_message(run.contact, message_digest(run.id, STEP))
    assert message
    assert (message.state, message.reason) == (MessageState.SKIPPED, "run_ended")
