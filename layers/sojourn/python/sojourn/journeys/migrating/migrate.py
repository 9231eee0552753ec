"""Bring people from older versions of a journey to the live one, by a clause for each step: in pages, resumable.

A word to migrate writes a row that says so (Config, `MIGRATION`) and one due row for each shard of the index of open
runs. The sweep notes a page of a shard in a due row of its own, then does it, and chooses the next. A run is moved by a
condition: the row first (version, leg, step), then the old execution is stopped and the new one started; a page that is
done twice finds the rows done, and starts what may not have been started. Whoever has moved on meanwhile to a step
without a clause stays. Everything is pinned to versions, so nobody ever stands on a step that their version does not
have.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sojourn.clock import Clock, iso
from sojourn.config import get, put, put_next
from sojourn.due.store import Due, put_due
from sojourn.errors import EnrolmentEndedError, StaleWriteError
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.migrating.clauses import Clause, Fate
from sojourn.journeys.migrating.standing import open_runs
from sojourn.journeys.moments import due_after
from sojourn.journeys.splits import splits_of
from sojourn.journeys.store import OPEN_SHARDS
from sojourn.journeys.versions import get_version, published
from sojourn.journeys.wait import forget_due

KIND, DUE = "MIGRATION", "migrate"
A_PAGE = 200
MIGRATED = "migrated"
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One word to migrate, and how far it has come. `by` is who said it, `number` the version that people come to."""

    journey: str
    number: int
    clauses: Mapping[str, Clause]
    by: str
    at: str
    figures: Mapping[str, int]
    shards_done: tuple[int, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether everybody was asked."""
        return len(self.shards_done) == OPEN_SHARDS

    def to_json(self) -> dict[str, Any]:
        """As it is kept and shown."""
        return {
            "journey": self.journey,
            "version": self.number,
            "clauses": {step: clause.to_json() for step, clause in self.clauses.items()},
            "by": self.by,
            "at": self.at,
            "figures": dict(self.figures),
            "shards_done": list(self.shards_done),
            "status": "done" if self.is_done else "running",
        }


def begin(migration: Migration, *, clock: Clock, shards: int) -> Migration:
    """Write it down and let the next sweep begin; one for the same version takes its place."""
    put(KIND, _id(migration.journey, migration.number), migration.to_json())
    for shard in range(OPEN_SHARDS):
        _put_down(migration, shard, 0, clock=clock, shards=shards)
    return migration


def migration_of(journey: str, number: int) -> Migration | None:
    """How it stands."""
    row = get(KIND, _id(journey, number))
    return _from(row.data) if row else None


def go_on(due: Due, *, engine: Engine) -> None:
    """Choose a page of one shard and note it; or do the page that was noted, and let the next one be chosen."""
    journey, number, shard = due.task["journey"], int(due.task["version"]), int(due.task["shard"])
    migration = migration_of(journey, number)
    if migration is None or shard in migration.shards_done:
        return
    place = int(due.task["place"])
    if "page" in due.task:
        figures = Counter(filter(None, (_moved(each, migration, engine) for each in due.task["page"])))
        _note(migration, figures, None)
        _put_down(migration, shard, place + 1, clock=engine.clock, shards=engine.due_shards)
    elif page := list(islice(_asked(migration, shard), A_PAGE)):
        _put_down(migration, shard, place + 1, clock=engine.clock, shards=engine.due_shards, page=page)
    else:
        _note(migration, Counter(), shard)


def _asked(migration: Migration, shard: int) -> Iterator[str]:
    """The runs of a shard that a clause speaks of."""
    moves = {step for step, clause in migration.clauses.items() if clause.fate is not Fate.STAY}
    for run in open_runs(migration.journey, shard):
        if run.version < migration.number and run.at in moves:
            yield run.enrolment


def _moved(enrolment: str, migration: Migration, engine: Engine) -> str:
    """What became of one run; "" when it is asked nothing any more."""
    run = store.get_enrolment(enrolment)
    if run is None or run.status is not Status.ACTIVE or run.version > migration.number:
        return ""
    if run.version == migration.number:
        engine.machines.start(run)  # whoever moved it may have died before this; starting twice is once
        return ""
    clause = migration.clauses.get(run.at)
    if clause is None or clause.fate is Fate.STAY:
        return ""
    now = engine.clock.calendar()
    try:
        FATES[clause.fate](run, clause, migration, now, engine)
    except (StaleWriteError, EnrolmentEndedError):
        return ""  # it has moved on meanwhile
    return clause.fate.value


def _to_step(run: Enrolment, clause: Clause, migration: Migration, now: datetime, engine: Engine) -> None:
    version = get_version(run.journey, migration.number)
    journey, _ = published(run.journey, migration.number)
    assert clause.to in steps_by_name(journey)
    moved = store.change_version(
        run,
        version=migration.number,
        version_arn=version.version_arn,
        splits=splits_of(journey, run.contact),
        start_at=clause.to,
        until=iso(due_after(journey, clause.to, now)),
    )
    forget_due(run, engine=engine)
    engine.machines.stop(replace(run, reason=MIGRATED))
    engine.machines.start(moved)


def _finish(run: Enrolment, clause: Clause, migration: Migration, now: datetime, engine: Engine) -> None:
    _close(run, Status.COMPLETED, now, engine)


def _exit(run: Enrolment, clause: Clause, migration: Migration, now: datetime, engine: Engine) -> None:
    _close(run, Status.EXITED, now, engine)


def _close(run: Enrolment, status: Status, now: datetime, engine: Engine) -> None:
    store.end(run.id, status, reason=MIGRATED, now=iso(now))
    engine.machines.stop(replace(run, reason=MIGRATED))


FATES = {Fate.MOVE: _to_step, Fate.FINISH: _finish, Fate.EXIT: _exit}


def _note(migration: Migration, figures: Counter[str], shard_done: int | None) -> None:
    """Add up; two shards may be written in the same moment."""
    for _ in range(TRIES):
        row = get(KIND, _id(migration.journey, migration.number))
        assert row is not None
        known = _from(row.data)
        done = tuple(sorted({*known.shards_done, *([] if shard_done is None else [shard_done])}))
        sums = Counter(known.figures) + figures
        try:
            put_next(replace(row, data=replace(known, figures=dict(sums), shards_done=done).to_json()))
            return
        except StaleWriteError:
            continue


def _put_down(
    migration: Migration, shard: int, place: int, *, clock: Clock, shards: int, page: Sequence[str] = ()
) -> None:
    now = clock.calendar()
    facts: dict[str, Any] = {
        "journey": migration.journey,
        "version": migration.number,
        "shard": shard,
        "place": place,
    }
    if page:
        facts["page"] = list(page)
    # A word said again is another walk: it names its moment.
    due = Due(now, DUE, f"{migration.journey}/{migration.number}/{migration.at}/{shard}/{place}", facts)
    put_due(due, now=now, pace=clock.pace, shards=shards)


def _id(journey: str, number: int) -> str:
    return f"{journey}#{number:05d}"


def _from(said: Mapping[str, Any]) -> Migration:
    return Migration(
        journey=said["journey"],
        number=int(said["version"]),
        clauses={step: Clause.from_json(clause) for step, clause in said["clauses"].items()},
        by=said["by"],
        at=said["at"],
        figures={name: int(n) for name, n in said["figures"].items()},
        shards_done=tuple(int(shard) for shard in said["shards_done"]),
    )
