"""Bring people from older versions of a journey to the live one, by a clause for each step: in pages, resumable.

A word to migrate writes a row that says so (Config, `MIGRATION`) and one due row for each shard of the index of open
runs; how they go is told in walking.py. A run is moved by a condition: the row first (version, leg, step), then the old
execution is stopped and the new one started; a page that is done twice finds the rows done, and tells the executions
again. Whoever has moved on meanwhile to a step without a clause stays. Everything is pinned to versions, so nobody ever
stands on a step that their version does not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sojourn.clock import Clock, iso
from sojourn.config import get, put
from sojourn.contacts.store import get_profile
from sojourn.due.store import Due
from sojourn.errors import EnrolmentEndedError, StaleWriteError
from sojourn.journeys import store, walking
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.migrating.clauses import Clause, Fate
from sojourn.journeys.migrating.standing import Stands
from sojourn.journeys.moments import due_after
from sojourn.journeys.splits import splits_of
from sojourn.journeys.store import OPEN_SHARDS
from sojourn.journeys.versions import get_version, published
from sojourn.journeys.wait import forget_due
from sojourn.journeys.watching import watch
from sojourn.journeys.withdrawing import withdraw

KIND, DUE = "MIGRATION", "migrate"
MIGRATED = "migrated"


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
    set_out(migration, clock=clock, shards=shards)
    return migration


def set_out(migration: Migration, *, clock: Clock, shards: int) -> None:
    """Let the sweep begin where it has not; for who said it and died before this, too."""
    walking.begin(Moving(migration), clock=clock, shards=shards)


def migration_of(journey: str, number: int) -> Migration | None:
    """How it stands."""
    row = get(KIND, _id(journey, number))
    return _from(row.data) if row else None


def go_on(due: Due, *, engine: Engine) -> None:
    """Some pages of one shard; a row of a word that another took the place of asks for nothing."""
    migration = migration_of(due.task["journey"], int(due.task["version"]))
    if migration is not None and migration.at == due.task["since"]:
        walking.go_on(due, Moving(migration), engine=engine)


@dataclass(frozen=True, slots=True)
class Moving:
    """The errand of a migration."""

    migration: Migration
    due: str = DUE

    @property
    def journey(self) -> str:
        """Whose people."""
        return self.migration.journey

    @property
    def row(self) -> walking.Row:
        """Where it is written down."""
        return KIND, _id(self.migration.journey, self.migration.number)

    @property
    def named(self) -> Mapping[str, Any]:
        """What finds it there again."""
        return {"version": self.migration.number, "since": self.migration.at}

    def concerns(self, run: Stands) -> bool:
        """Whether a clause speaks of it."""
        clause = self.migration.clauses.get(run.at)
        return run.version < self.migration.number and clause is not None and clause.fate is not Fate.STAY

    def see_to(self, run: Stands, *, again: bool, engine: Engine) -> str:
        """What became of one run; "" when it is asked nothing any more."""
        there = store.get_enrolment(run.enrolment)
        if there is None or self._is_done(there):
            return self._finished(there, run, engine) if there and again else ""
        clause = self.migration.clauses.get(there.at)
        is_asked = there.status is Status.ACTIVE and there.version < self.migration.number
        if not is_asked or clause is None or clause.fate is Fate.STAY:
            return ""
        try:
            FATES[clause.fate](there, clause, self.migration, engine.clock.calendar(), engine)
        except (StaleWriteError, EnrolmentEndedError):
            # It has moved on meanwhile; or the SDK asked twice, and what the second found was our own write.
            found = store.get_enrolment(run.enrolment)
            return self._finished(found, run, engine) if found and self._is_done(found) else ""
        return clause.fate.value

    def _is_done(self, run: Enrolment) -> bool:
        is_ended = run.status is not Status.ACTIVE and run.reason == MIGRATED
        return run.version == self.migration.number or is_ended

    def _finished(self, run: Enrolment, was: Stands, engine: Engine) -> str:
        """Whoever moved it may have died before the executions were told; telling them twice is telling them once."""
        if run.version != self.migration.number:
            engine.machines.stop(run)
            return Fate.FINISH.value if run.status is Status.COMPLETED else Fate.EXIT.value
        if run.status is Status.ACTIVE:
            arn = get_version(run.journey, was.version).version_arn
            old = replace(run, version=was.version, version_arn=arn, leg=run.leg - 1, reason=MIGRATED)
            engine.machines.stop(old)
            engine.machines.start(run)
        return Fate.MOVE.value


def _to_step(run: Enrolment, clause: Clause, migration: Migration, now: datetime, engine: Engine) -> None:
    version = get_version(run.journey, migration.number)
    journey, _ = published(run.journey, migration.number)
    assert clause.to in steps_by_name(journey)
    if run.wait is not None and run.wait.step != clause.to:
        withdraw(run)
    forget_due(run, engine=engine)  # first: who dies in between comes to a run of the old version again
    moved = store.change_version(
        run,
        version=migration.number,
        version_arn=version.version_arn,
        splits=splits_of(journey, run.contact),
        start_at=clause.to,
        until=iso(due_after(journey, clause.to, now)),
    )
    watch(moved, get_profile(run.contact), engine=engine)
    engine.machines.stop(replace(run, reason=MIGRATED))
    engine.machines.start(moved)


def _finish(run: Enrolment, clause: Clause, migration: Migration, now: datetime, engine: Engine) -> None:
    _close(run, Status.COMPLETED, now, engine)


def _exit(run: Enrolment, clause: Clause, migration: Migration, now: datetime, engine: Engine) -> None:
    _close(run, Status.EXITED, now, engine)


def _close(run: Enrolment, status: Status, now: datetime, engine: Engine) -> None:
    forget_due(run, engine=engine)
    withdraw(run)
    if not store.end(run.id, status, reason=MIGRATED, now=iso(now)):
        raise EnrolmentEndedError(run.id)
    engine.machines.stop(replace(run, reason=MIGRATED))


FATES = {Fate.MOVE: _to_step, Fate.FINISH: _finish, Fate.EXIT: _exit}


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
