"""Those who have finished an older version of a journey go on at a step of the live one, and run nothing else of it.

A word to continue writes a row that says so (Config, `CONTINUATION`) and one due row for each part of the People
table, which the sweep walks through a stretch at a time. A run is opened again by a condition, then its execution is
started; a stretch that is done twice finds the runs in the new version, and starts what may not have been started.

Left as they are: who left before the end, who has met a goal that ends runs, who came in again since, and whoever
became one with another. `figures` may miss those of a stretch in which the sweep died.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sojourn.clock import Clock, iso
from sojourn.config import get, put, put_next
from sojourn.contacts.store import get_profile
from sojourn.due.store import Due, put_due
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.migrating.store import Place, over, reopen
from sojourn.journeys.model import Journey
from sojourn.journeys.moments import due_after
from sojourn.journeys.splits import splits_of
from sojourn.journeys.store import enrolments_of
from sojourn.journeys.versions import get_version, published

KIND, DUE = "CONTINUATION", "continue"
PARTS = 8  # of the People table
LONGEST = timedelta(seconds=3)  # of one part in one sweep
TRIES = 8
MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """One word to continue, at the step `to` of version `number`. `places`: how many stretches of each part count."""

    journey: str
    number: int
    to: str
    by: str
    at: str
    figures: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    parts_done: tuple[int, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether everybody was asked."""
        return len(self.parts_done) == PARTS

    def to_json(self) -> dict[str, Any]:
        """As it is shown."""
        said = {"journey": self.journey, "version": self.number, "to": self.to, "by": self.by, "at": self.at}
        return {**said, "moved": self.figures.get(MOVED, 0), "status": "done" if self.is_done else "running"}

    def as_row(self) -> dict[str, Any]:
        """As it is kept."""
        words = {name: getattr(self, name) for name in ("journey", "number", "to", "by", "at")}
        counts = {"figures": dict(self.figures), "places": dict(self.places)}
        return {**words, **counts, "parts_done": list(self.parts_done)}


def begin(word: Continuation, *, clock: Clock, shards: int) -> None:
    """Write it down and let the next sweep begin; another word for the same version takes its place."""
    put(KIND, _id(word.journey, word.number), word.as_row())
    for part in range(PARTS):
        _put_down(word, part, 0, None, clock=clock, shards=shards)


def continuation_of(journey: str, number: int) -> Continuation | None:
    """How it stands."""
    row = get(KIND, _id(journey, number))
    return _from(row.data) if row else None


def go_on(due: Due, *, engine: Engine) -> None:
    """Walk through a part for as long as there is time; the rest is due at once."""
    word = continuation_of(due.task["journey"], int(due.task["version"]))
    part, place, after = int(due.task["part"]), int(due.task["place"]), due.task["after"]
    if word is None or word.at != due.task["since"] or part in word.parts_done:
        return
    ends, moved = engine.clock.wall() + LONGEST, 0
    while True:
        runs, after = over(word.journey, word.number, part=part, of=PARTS, after=after)
        moved += sum(_continued(run, word, engine) for run in runs)
        if after is None or engine.clock.wall() >= ends:
            break
    _note(word, part, place, moved, is_done=after is None)
    if after is not None:
        _put_down(word, part, place + 1, after, clock=engine.clock, shards=engine.due_shards)


def _continued(run: Enrolment, word: Continuation, engine: Engine) -> bool:
    if run.status is Status.ACTIVE:
        if run.start_at == run.at == word.to:
            engine.machines.start(run)  # whoever opened it may have died before this; starting twice is once
        return False
    journey, _ = published(word.journey, word.number)
    if not _may(run, journey):
        return False
    there = reopen(
        run,
        version=word.number,
        version_arn=get_version(word.journey, word.number).version_arn,
        splits=splits_of(journey, run.contact),
        start_at=word.to,
        until=iso(due_after(journey, word.to, engine.clock.calendar())),
    )
    if there is not None:
        engine.machines.start(there)
    return there is not None


def _may(run: Enrolment, journey: Journey) -> bool:
    """Whether they finished, and nothing that came after speaks against it."""
    if run.converted_at and journey.goal and journey.goal.exit:
        return False
    if any(
        each.entry > run.entry and each.key == run.key for each in enrolments_of(run.contact, run.journey)
    ):
        return False
    profile = get_profile(run.contact)
    return profile.contact == run.contact and bool(profile.revision) and not profile.erased_at


def _note(word: Continuation, part: int, place: int, moved: int, *, is_done: bool) -> None:
    """Add up, once for each stretch; eight parts write in the same row."""
    for _ in range(TRIES):
        row = get(KIND, _id(word.journey, word.number))
        if row is None:
            return
        known = _from(row.data)
        counted = place < known.places.get(str(part), 0)
        said = replace(
            known,
            figures=dict(Counter(known.figures) + Counter({} if counted else {MOVED: moved})),
            places={**known.places, str(part): max(place + 1, known.places.get(str(part), 0))},
            parts_done=tuple(sorted({*known.parts_done, *([part] if is_done else [])})),
        )
        try:
            put_next(replace(row, data=said.as_row()))
            return
        except StaleWriteError:
            continue
    raise StoreBusyError(DUE)


def _put_down(
    word: Continuation, part: int, place: int, after: Place | None, *, clock: Clock, shards: int
) -> None:
    now = clock.calendar()
    facts: dict[str, Any] = {"journey": word.journey, "version": word.number, "since": word.at}
    facts |= {"part": part, "place": place, "after": dict(after) if after else None}
    # A word said again is another walk: its rows name its moment.
    due = Due(now, DUE, f"{word.journey}/{word.number}/{word.at}/{part}/{place}", facts)
    put_due(due, now=now, pace=clock.pace, shards=shards)


def _id(journey: str, number: int) -> str:
    return f"{journey}#{number:05d}"


def _from(said: Mapping[str, Any]) -> Continuation:
    return Continuation(**{**said, "parts_done": tuple(said["parts_done"])})
