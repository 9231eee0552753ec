"""Doing what is due."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.due.store import bucket_of, due_in, read_cursor
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.sweep import LIMIT, OVERLAP, seconds_behind, sweep
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import Engine, ParkTask, park, put_down, resume_at
from sojourn.messages.model import message_digest
from tests.feedback import a_message
from tests.feedback import keep as keep_message
from tests.journeys import CONTACT, NOW, Machines, an_engine, an_enrolment, keep

ID = an_enrolment().id
HOUR = 3600
HELD = ParkTask(
    enrolment=ID, leg=1, step="Text an offer", token="token", hold={"until": iso(NOW + timedelta(hours=1))}
)
PARKED = ParkTask(enrolment=ID, leg=1, step="Wait a week", next="Ask for feedback", park=True, seconds=HOUR)


@pytest.fixture(autouse=True)
def run(live: LiveJourney) -> Enrolment:
    return keep(an_enrolment())


@pytest.fixture
def engine() -> Engine:
    return an_engine()


def machines(engine: Engine) -> Machines:
    assert isinstance(engine.machines, Machines)
    return engine.machines


def later(engine: Engine, seconds: float) -> int:
    assert isinstance(engine.clock, ManualClock)
    engine.clock.advance(seconds)
    return sweep(engine=engine)


def here() -> Enrolment:
    found = store.get_enrolment(ID)
    assert found is not None
    return found


def test_a_hold_is_released_at_its_hour_and_once(engine: Engine):
    park(HELD, engine=engine)

    assert (sweep(engine=engine), later(engine, HOUR - 1), later(engine, 1), later(engine, 60)) == (
        0,
        0,
        1,
        0,
    )

    assert machines(engine).answered == ["token"]


def test_of_holds_that_end_together_the_higher_priority_goes_first(engine: Engine):
    held = [(ID, "0"), *((f"{letter * 20}.welcome.1", priority) for letter, priority in ("b5", "c9", "d5"))]
    for run, priority in held:
        contact = run.partition(".")[0]
        keep(replace(an_enrolment(), contact=contact))
        park(replace(HELD, enrolment=run, token=f"{priority} {contact[0]}"), engine=engine)
        there = store.get_enrolment(run)
        assert there is not None
        put_down(there, "hold", engine=engine, priority=priority)

    later(engine, HOUR)

    assert [token.split()[0] for token in machines(engine).answered] == ["9", "5", "5", "0"]


def test_two_sweeps_in_the_same_minute_release_once(engine: Engine):
    """T24: whoever comes second finds the token gone, or the row."""
    sweep(engine=engine)
    park(HELD, engine=engine)

    later(engine, HOUR)
    later(engine, 0)

    assert machines(engine).answered == ["token"]


def test_what_fell_due_during_an_outage_is_found(engine: Engine):
    """The cursor stands where the last sweep ended, however long ago."""
    sweep(engine=engine)
    park(HELD, engine=engine)

    assert later(engine, 5 * HOUR) == 1


def test_a_long_outage_is_caught_up_in_several_sweeps(engine: Engine):
    sweep(engine=engine)

    later(engine, (LIMIT + 500) * 60)
    assert seconds_behind(engine=engine) >= 498 * 60
    later(engine, 0)

    assert read_cursor() == bucket_of(engine.clock.calendar(), 1) - OVERLAP


def test_a_hold_that_was_extended_is_not_released_by_the_older_row(engine: Engine):
    park(HELD, engine=engine)
    longer = ParkTask(
        enrolment=ID,
        leg=1,
        step="Text an offer",
        token="newer",
        hold={"until": iso(NOW + timedelta(hours=2))},
    )
    park(longer, engine=engine)
    sweep(engine=engine)

    assert later(engine, HOUR) == 1
    assert machines(engine).answered == []
    later(engine, HOUR)

    assert machines(engine).answered == ["newer"]


def test_a_run_that_ended_asks_for_nothing(engine: Engine):
    park(HELD, engine=engine)
    sweep(engine=engine)
    store.end(ID, Status.EXITED, reason="goal", now=iso(NOW))

    assert later(engine, HOUR) == 1
    assert machines(engine).answered == []


def test_a_deadline_of_a_later_leg_ends_the_wait(engine: Engine):
    store.next_leg(an_enrolment(), start_at="Clicked the guide?", until=iso(NOW + timedelta(hours=1)))
    waiting = ParkTask(
        enrolment=ID,
        leg=2,
        step="Clicked the guide?",
        token="token",
        seconds=HOUR,
    )
    keep_message(a_message(contact=CONTACT, digest=message_digest(ID, "Send the welcome"), enrolment=ID))
    park(waiting, engine=engine)
    sweep(engine=engine)

    later(engine, HOUR)

    assert machines(engine).failed == [("token", "WaitEndedError")]


def test_a_parked_wait_goes_on_as_the_next_leg(engine: Engine):
    park(PARKED, engine=engine)
    sweep(engine=engine)

    later(engine, HOUR)

    assert (here().leg, here().at) == (2, "Ask for feedback")
    assert machines(engine).started == [here().execution]


def test_a_sweep_that_died_before_it_started_the_leg_is_repeated(engine: Engine):
    """The row of the leg is there, the execution is not: the due row is still there to tell."""
    park(PARKED, engine=engine)
    sweep(engine=engine)
    dying = Engine(clock=engine.clock, machines=Machines(), due_shards=2)
    resume_at(here(), "Ask for feedback", engine=dying)

    later(engine, HOUR)

    assert here().leg == 2
    assert machines(engine).started == [here().execution]


def test_rows_go_after_their_effect(engine: Engine):
    park(HELD, engine=engine)
    sweep(engine=engine)
    later(engine, HOUR)

    at = bucket_of(NOW + timedelta(hours=1), 1)
    assert [due for shard in (0, 1) for due in due_in(at, shard)] == []
