"""Whoever has finished an older version goes on at a step of the live one: once, and nobody who did not finish."""

import json
from dataclasses import replace

import pytest

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.errors import StoreBusyError
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.migrating.continuing import Continuation, begin, continuation_of
from sojourn.journeys.migrating.store import over
from sojourn.journeys.store import convert, end, get_enrolment
from sojourn.journeys.sweep import sweep
from sojourn.journeys.wait import Engine
from tests.journeys import NOW, Machines, an_enrolment, keep
from tests.unit.journeys.test_migrating import engine

__all__ = ["engine"]

ADA = "a" * 20


def a_run(
    contact: str = ADA, *, entry: int = 1, status: Status = Status.COMPLETED, key: str = ""
) -> Enrolment:
    """A run of version 1 that is over, of somebody who is there."""
    if entry == 1:
        put_profile(Profile(contact, identities=(f"u#{contact}",), created_at=iso(NOW)))
    run = keep(replace(an_enrolment(contact=contact), entry=entry, key=key, at="Remind"))
    if status is not Status.ACTIVE:
        reason = "" if status is Status.COMPLETED else "unsubscribed"
        assert end(run.id, status, reason=reason, now=iso(NOW))
    return run


def play(engine: Engine, to: str = "Remind", at: str = iso(NOW)) -> Continuation:
    word = Continuation(journey="welcome", number=2, to=to, by="ops", at=at)
    begin(word, clock=engine.clock, shards=engine.due_shards)
    return finish(engine)


def finish(engine: Engine) -> Continuation:
    for _ in range(5):
        sweep(engine=engine)
        there = continuation_of("welcome", 2)
        assert there is not None
        if there.is_done:
            return there
    raise AssertionError("it does not end")


def machines(engine: Engine) -> Machines:
    assert isinstance(engine.machines, Machines)
    return engine.machines


def test_who_has_finished_begins_at_the_step_with_a_new_leg(engine: Engine):
    runs = [a_run(letter * 20) for letter in "abcdef"]

    done = play(engine)

    assert done.to_json()["moved"] == 6
    for run in runs:
        there = get_enrolment(run.id)
        assert there is not None
        assert (there.status, there.version, there.leg) == (Status.ACTIVE, 2, 2)
        assert (there.at, there.start_at, there.ended_at, there.entry) == ("Remind", "Remind", "", 1)
    assert len(machines(engine).started) == len(set(machines(engine).started)) == 6


def test_said_again_it_moves_nobody_twice(engine: Engine):
    run = a_run()
    play(engine)
    assert end(run.id, Status.COMPLETED, reason="", now=iso(NOW))

    again = play(engine, at="later")

    assert again.to_json()["moved"] == 0
    assert len(machines(engine).started) == 1


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.EXITED, Status.FAILED], ids=str)
def test_who_did_not_finish_is_left_as_they_are(engine: Engine, status: Status):
    run = a_run(status=status)

    assert play(engine).to_json()["moved"] == 0
    there = get_enrolment(run.id)
    assert there is not None
    assert (there.status, there.version) == (status, 1)


def test_of_several_runs_the_last_goes_on_and_of_each_key_its_own(engine: Engine):
    a_run(entry=1)
    a_run(entry=2)
    a_run(entry=3, key="order 7")

    play(engine)

    assert len(machines(engine).started) == 2
    first = get_enrolment(f"{ADA}.welcome.1")
    assert first is not None
    assert first.status is Status.COMPLETED


def test_who_came_in_again_since_runs_what_they_run(engine: Engine):
    a_run(entry=1)
    a_run(entry=2, status=Status.ACTIVE)

    assert play(engine).to_json()["moved"] == 0


def test_who_is_forgotten_is_let_alone(engine: Engine):
    keep(an_enrolment(contact=ADA))
    assert end(f"{ADA}.welcome.1", Status.COMPLETED, reason="", now=iso(NOW))

    assert play(engine).to_json()["moved"] == 0


def test_a_goal_that_was_met_since_speaks_only_where_it_ends_runs(engine: Engine):
    run = a_run()
    assert convert(run, at=iso(NOW))

    assert play(engine).to_json()["moved"] == 1, "the journey has no goal in its new version"


def test_a_sweep_that_dies_between_row_and_execution_starts_it_the_next_time(engine: Engine):
    run = a_run()
    machines(engine).breaks = StoreBusyError("states")
    with pytest.raises(StoreBusyError):
        play(engine)
    machines(engine).breaks = None

    finish(engine)

    there = get_enrolment(run.id)
    assert there is not None
    assert machines(engine).started == [there.execution]


def test_a_part_is_read_in_pages_from_where_the_last_one_ended(engine: Engine):
    for letter in "abcdefgh":
        a_run(letter * 20)
    found: list[Enrolment] = []
    after, pages = None, 0

    while pages == 0 or after is not None:
        runs, after = over("welcome", 2, part=0, of=1, after=json.loads(json.dumps(after)), size=3)
        found, pages = [*found, *runs], pages + 1

    assert sorted(run.contact[0] for run in found) == list("abcdefgh")
    assert pages > 5
