"""Mails that wait for their turn go one by one, however many became due in one minute (T61)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from sojourn import config
from sojourn.clock import ManualClock, iso
from sojourn.contacts.workspace import WorkspaceReader, use_workspace
from sojourn.due.store import bucket_of, write_cursor
from sojourn.events import store as events
from sojourn.journeys.engine import Engine
from sojourn.journeys.sweep import sweep
from sojourn.journeys.wait import ParkTask, park
from tests.cloud import REGION, SETTINGS
from tests.entering import HOUR, a_journey
from tests.journeys import NOW, Machines, an_enrolment, keep, publish_as_first
from tests.partiql import empty

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RATE = 14


@dataclass
class Watched(Machines):
    """Keeps when each token was answered."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    at: dict[str, datetime] = field(default_factory=dict)

    def complete(self, token: str) -> bool:
        self.at.setdefault(token, self.clock.now)
        return super().complete(token)


@pytest.fixture
def machines(tables: None) -> Iterator[Watched]:
    empty("People", "Identity", "Due", "Config", "Events")
    clock = ManualClock(NOW)
    events.bind(SETTINGS, clock=clock, region=REGION)
    publish_as_first(a_journey("cart"))
    config.put("SETTING", "workspace", {"delivery": {"email_rate": RATE}})
    use_workspace(WorkspaceReader(clock))
    made = Watched(clock=clock)
    write_cursor(bucket_of(NOW, clock.pace))
    yield made
    use_workspace(None)


def engine_of(machines: Watched) -> Engine:
    return Engine(clock=machines.clock, machines=machines, due_shards=2)


def held(machines: Watched, number: int, at: datetime, reason: str = "rate") -> str:
    """Somebody whose mail waits until then."""
    run = keep(an_enrolment(contact=f"{number:020d}", journey="cart", at="Say hello"))
    hold = {"until": iso(at), "reason": reason}
    task = ParkTask(enrolment=run.id, leg=1, step="Say hello", token=f"token {number}", hold=hold)
    park(task, engine=engine_of(machines))
    return f"token {number}"


def turns(machines: Watched, many: int, begin: datetime) -> dict[str, datetime]:
    moments = [begin + timedelta(milliseconds=72 * number) for number in range(many)]
    return {held(machines, number, at): at for number, at in enumerate(moments)}


def most_in_a_second(machines: Watched) -> int:
    found = sorted(machines.at.values())
    return max(sum(begin <= at < begin + SECOND for at in found) for begin in found)


def sweeps(machines: Watched, at: datetime) -> None:
    machines.clock.now = max(at, machines.clock.now)
    sweep(engine=engine_of(machines))


def test_each_turn_of_the_coming_minute_goes_at_its_own_second(machines: Watched):
    wanted = turns(machines, 40, NOW + 59 * SECOND)

    sweeps(machines, NOW)
    assert 0 < len(machines.at) < 40, "what lies behind the minute is the next sweep's"
    sweeps(machines, NOW + MINUTE)

    assert machines.at.keys() == wanted.keys()
    assert all(timedelta() <= machines.at[each] - at < SECOND for each, at in wanted.items())
    assert most_in_a_second(machines) <= RATE + 1


def test_turns_that_were_missed_are_no_burst(machines: Watched):
    """The sweep did not come for an hour."""
    turns(machines, 60, NOW + MINUTE)

    sweeps(machines, NOW + HOUR)

    assert len(machines.at) == len(set(machines.answered)) == 60
    assert most_in_a_second(machines) <= RATE + 1


def test_what_does_not_fit_into_a_minute_stays_due_and_is_not_passed(machines: Watched):
    config.put("SETTING", "workspace", {"delivery": {"email_rate": 0.5}})
    use_workspace(WorkspaceReader(machines.clock))
    turns(machines, 40, NOW + MINUTE)

    sweeps(machines, NOW + HOUR)
    first = len(machines.at)
    sweeps(machines, NOW + HOUR + MINUTE)
    sweeps(machines, NOW + HOUR + 2 * MINUTE)

    assert 25 <= first <= 31
    assert len(machines.at) == 40
    found = sorted(machines.at.values())
    assert all(later - sooner >= 2 * SECOND for sooner, later in pairwise(found))


def test_a_hold_for_another_reason_waits_for_no_turn(machines: Watched):
    held(machines, 1, NOW + 30 * SECOND, reason="hours")
    held(machines, 2, NOW + 30 * SECOND, reason="cap")

    sweeps(machines, NOW)
    assert machines.at == {}
    sweeps(machines, NOW + MINUTE)

    assert set(machines.at.values()) == {NOW + MINUTE}


def test_on_a_calendar_that_runs_fast_nothing_is_paced(machines: Watched):
    machines.clock.pace = 3_600
    write_cursor(bucket_of(NOW, machines.clock.pace))
    turns(machines, 40, NOW + MINUTE)

    sweeps(machines, NOW + 5 * MINUTE)

    assert set(machines.at.values()) == {NOW + 5 * MINUTE}


def test_a_sweep_that_dies_at_a_turn_lets_it_go_the_next_time(machines: Watched):
    wanted = turns(machines, 5, NOW + SECOND)
    machines.breaks = RuntimeError("dead")
    with pytest.raises(RuntimeError):
        sweeps(machines, NOW)

    machines.breaks = None
    machines.at.clear()
    sweeps(machines, NOW + MINUTE)

    assert set(machines.answered) == wanted.keys()
