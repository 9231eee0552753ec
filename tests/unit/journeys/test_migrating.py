"""People of older versions come to the live one by the clauses that somebody said: in pages, once, whatever dies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.clock import iso
from sojourn.errors import StoreBusyError
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind
from sojourn.journeys.enrolment import Wait as Waiting
from sojourn.journeys.load import load_journey
from sojourn.journeys.migrating.changes import Change, Kind, changes
from sojourn.journeys.migrating.clauses import Clause, Fate, flaw
from sojourn.journeys.migrating.migrate import Migration, begin, migration_of
from sojourn.journeys.migrating.standing import standing
from sojourn.journeys.store import get_enrolment, park
from sojourn.journeys.sweep import sweep
from sojourn.journeys.versions import Version, published, put_version
from sojourn.journeys.wait import Engine
from tests.journeys import ARN, NOW, Machines, an_engine, an_enrolment, keep
from tests.partiql import empty

OLD = """\
journey: welcome
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Greet
    template: welcome
  - wait: Rest
    for: 2 days
  - send: Remind
    template: reminder
"""
NEW = """\
journey: welcome
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Greet
    template: welcome
  - wait: Rest a week
    for: 1 week
  - send: Remind
    template: chapter
"""
HERE = {f"{letter * 20}": f"{letter * 20}.welcome.1" for letter in "abcdef"}


@pytest.fixture
def engine(tables: None) -> Engine:
    empty("People", "Identity", "Due", "Config", "Events")
    published.cache_clear()
    for number, text in enumerate((OLD, NEW), 1):
        put_version(
            Version(
                name="welcome",
                number=number,
                source=text,
                definition=load_journey(text).to_definition(),
                content_hash=str(number),
                version_arn=f"{ARN.rpartition(':')[0]}:{number}",
                published_at=iso(NOW),
                templates={"welcome": 1, "reminder": 1, "chapter": 1},
            )
        )
    return an_engine()


def test_steps_that_differ_are_named():
    found = changes(load_journey(OLD), load_journey(NEW))

    assert found == (
        Change("Greet", Kind.LEADS_ELSEWHERE),
        Change("Rest", Kind.REMOVED),
        Change("Remind", Kind.CHANGED),
        Change("Rest a week", Kind.ADDED),
    )
    assert changes(load_journey(OLD), load_journey(OLD)) == ()


def test_where_people_stand_is_counted_by_version_and_step(engine: Engine):
    for contact in HERE:
        keep(_resting(contact))
    keep(_resting("g" * 20, version=2, at="Rest a week"))

    assert standing("welcome") == {1: {"Rest": 6}, 2: {"Rest a week": 1}}
    assert standing("other") == {}


def test_who_is_moved_goes_on_in_the_new_version_with_a_new_leg(engine: Engine):
    for contact in HERE:
        keep(_resting(contact))
    _begin(engine, {"Rest": Clause(Fate.MOVE, "Rest a week")})

    _play(engine)

    for enrolment in HERE.values():
        run = get_enrolment(enrolment)
        assert run is not None
        assert (run.version, run.leg, run.at, run.start_at) == (2, 2, "Rest a week", "Rest a week")
        assert run.version_arn.endswith(":2")
        assert run.until == iso(NOW + timedelta(weeks=1))
    assert len(_machines(engine).started) == len(set(_machines(engine).started)) == 6
    assert len(_machines(engine).stopped) == 6
    assert all("-v2-" in name for name in _machines(engine).started)
    assert _figures() == {"move": 6}


def test_who_may_finish_or_leave_does_so(engine: Engine):
    keep(_resting("a" * 20))
    keep(_resting("b" * 20, at="Remind"))
    _begin(engine, {"Rest": Clause(Fate.FINISH), "Remind": Clause(Fate.EXIT)})

    _play(engine)

    finished, left = (get_enrolment(HERE[letter * 20]) for letter in "ab")
    assert finished
    assert left
    assert (finished.status, finished.reason) == (Status.COMPLETED, "migrated")
    assert (left.status, left.reason) == (Status.EXITED, "migrated")


def test_who_has_no_clause_stays_on_their_version(engine: Engine):
    keep(_resting("a" * 20))
    keep(_resting("b" * 20, at="Greet"))
    _begin(engine, {"Rest": Clause(Fate.STAY), "Remind": Clause(Fate.EXIT)})

    _play(engine)

    runs = [get_enrolment(HERE[letter * 20]) for letter in "ab"]
    assert [(run.version, run.leg, run.status) for run in runs if run] == [(1, 1, Status.ACTIVE)] * 2
    assert _machines(engine).stopped == []


def test_what_the_old_wait_put_down_is_taken_back(engine: Engine):
    run = keep(_resting("a" * 20))
    park(run.id, 1, Waiting(step="Rest", kind=WaitKind.PARK), until=iso(NOW + timedelta(days=20)))
    _begin(engine, {"Rest": Clause(Fate.MOVE, "Remind")})

    _play(engine)

    moved = get_enrolment(run.id)
    assert moved is not None
    assert (moved.at, moved.wait) == ("Remind", None)


def test_a_sweep_that_dies_between_row_and_execution_starts_it_the_next_time(engine: Engine):
    keep(_resting("a" * 20))
    _begin(engine, {"Rest": Clause(Fate.MOVE, "Remind")})
    _machines(engine).breaks = StoreBusyError("states")

    with pytest.raises(StoreBusyError):
        _play(engine)
    _machines(engine).breaks = None
    _play(engine)

    run = get_enrolment(HERE["a" * 20])
    assert run is not None
    assert (run.version, run.leg) == (2, 2)
    assert _machines(engine).started == [run.execution]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Clause(Fate.MOVE, "Rest"), "the new version has no step 'Rest'"),
        (Clause(Fate.MOVE, "Rest a week"), ""),
        (Clause(Fate.EXIT), ""),
    ],
)
def test_a_clause_names_a_step_where_people_can_stand(said: Clause, why: str):
    assert flaw(said, load_journey(NEW)) == why


@pytest.mark.parametrize("said", ["move", "leave", 3, {"move": 3}, {"move": "A", "b": 1}, None])
def test_a_clause_is_one_of_four(said: object):
    with pytest.raises(ValueError, match="is wanted"):
        Clause.from_json(said)


def _resting(contact: str, *, version: int = 1, at: str = "Rest") -> Enrolment:
    arn = f"{ARN.rpartition(':')[0]}:{version}"
    until = iso(NOW + timedelta(days=2))
    return replace(an_enrolment(contact=contact), version=version, version_arn=arn, at=at, until=until)


def _begin(engine: Engine, clauses: dict[str, Clause]) -> None:
    migration = Migration(journey="welcome", number=2, clauses=clauses, by="ops", at=iso(NOW), figures={})
    begin(migration, clock=engine.clock, shards=engine.due_shards)


def _play(engine: Engine) -> None:
    for _ in range(20):
        sweep(engine=engine)
        there = migration_of("welcome", 2)
        if there is not None and there.is_done:
            return
    raise AssertionError("it does not end")


def _figures() -> dict[str, int]:
    there = migration_of("welcome", 2)
    assert there is not None
    return dict(there.figures)


def _machines(engine: Engine) -> Machines:
    assert isinstance(engine.machines, Machines)
    return engine.machines
