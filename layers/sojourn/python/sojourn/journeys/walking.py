"""Everybody who is in a journey, seen to one after the other: in pages, resumable, and each counted once.

A word to migrate or to stop writes a row of Config, which says what was asked and how far it has come, and a due row
for each shard of the index of open runs: the baton of that shard. It names the page that is under way and where the
next one begins; it is handed on before the page is done. Whoever takes it up again after a crash does the same page,
counts whom the crash left uncounted, and goes on. A shard is done when a whole pass finds nobody to see to.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from sojourn import config
from sojourn.clock import Clock
from sojourn.due.store import Due, put_due, remove_due
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.journeys.engine import Engine
from sojourn.journeys.migrating.standing import Stands, open_runs
from sojourn.journeys.store import OPEN_SHARDS

A_PAGE = 100
LONGEST = timedelta(
    seconds=4
)  # of one shard in one sweep, by the wall: eight of them share it with everything else
TRIES = 8

Row = tuple[str, str]


class Errand(Protocol):
    """What everybody is asked."""

    @property
    def due(self) -> str:
        """The kind of its due rows."""
        ...

    @property
    def row(self) -> Row:
        """Where it is written down."""
        ...

    @property
    def journey(self) -> str:
        """Whose people."""
        ...

    @property
    def named(self) -> Mapping[str, Any]:
        """What finds it there again; `since` tells one word from the next."""
        ...

    def concerns(self, run: Stands) -> bool:
        """Whether a run, as the index knows it, may have to be seen to."""
        ...

    def see_to(self, run: Stands, *, again: bool, engine: Engine) -> str:
        """What became of it; "" when nothing was to be done. `again`: an earlier try may have done it, uncounted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Baton:
    """How far the walk through a shard is: the page that is under way, and the key of the index behind which the next
    one begins; `is_last` of this pass. `found`: somebody was seen to in it."""

    shard: int
    place: int = 0
    page: tuple[Stands, ...] = ()
    after: Mapping[str, Any] | None = None
    is_last: bool = False
    found: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the due row keeps it."""
        page = [[run.enrolment, run.version, run.at] for run in self.page]
        after = dict(self.after) if self.after else None
        marks = {"is_last": self.is_last, "found": self.found}
        return {"shard": self.shard, "place": self.place, "page": page, "after": after, **marks}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Baton":
        """What `to_json` wrote."""
        return cls(
            shard=int(said["shard"]),
            place=int(said["place"]),
            page=tuple(Stands(run, int(version), at) for run, version, at in said.get("page", ())),
            after=said.get("after"),
            is_last=bool(said.get("is_last")),
            found=bool(said.get("found")),
        )


def begin(errand: Errand, *, clock: Clock, shards: int) -> None:
    """Let the next sweep set out, in every shard where none has yet."""
    row = config.get(*errand.row)
    assert row is not None, errand.row
    for shard in range(OPEN_SHARDS):
        if shard not in row.data["shards_done"] and not _counted(row, shard):
            _put_down(errand, Baton(shard=shard), clock=clock, shards=shards)


def go_on(due: Due, errand: Errand, *, engine: Engine) -> None:
    """As many pages of a shard as there is time for. The last baton stays for the next sweep."""
    baton, ends = Baton.from_json(due.task), engine.clock.wall() + LONGEST
    row = config.get(*errand.row)
    if row is None or baton.shard in row.data["shards_done"]:
        return
    first = due
    if baton.page and baton.place > _counted(row, baton.shard):
        baton = _done(errand, baton, again=True, engine=engine)
    while (then := _next(errand, baton)) is not None:
        handed_on = _put_down(errand, then, clock=engine.clock, shards=engine.due_shards)
        remove_due(due, pace=engine.clock.pace, shards=engine.due_shards)
        if engine.clock.wall() >= ends:
            return
        baton, due = _done(errand, then, again=False, engine=engine), handed_on
    _note(errand, baton, Counter(), is_done=True)
    if due is not first:  # which the sweep takes away itself
        remove_due(due, pace=engine.clock.pace, shards=engine.due_shards)


def _done(errand: Errand, baton: Baton, *, again: bool, engine: Engine) -> Baton:
    """See to everybody of the page, and add up."""
    became = (errand.see_to(run, again=again, engine=engine) for run in baton.page)
    figures = Counter(filter(None, became))
    _note(errand, baton, figures)
    return replace(baton, page=(), found=baton.found or bool(figures))


def _next(errand: Errand, baton: Baton) -> Baton | None:
    """The page that follows, or the first of a new pass when this one found somebody; None when nobody is left."""
    if not baton.is_last:
        there = _paged(errand, baton)
        if there.page:
            return there
    if not baton.found:
        return None
    there = _paged(errand, replace(baton, after=None, found=False))
    return there if there.page else None


def _paged(errand: Errand, baton: Baton) -> Baton:
    """With the runs of the next page."""
    found: list[Stands] = []
    for run, key in open_runs(errand.journey, baton.shard, after=baton.after):
        if errand.concerns(run):
            found.append(run)
        if len(found) == A_PAGE:
            return replace(baton, place=baton.place + 1, page=tuple(found), after=key, is_last=False)
    return replace(baton, place=baton.place + 1, page=tuple(found), after=None, is_last=True)


def _counted(row: config.Row, shard: int) -> int:
    """The last page of a shard that is part of the figures."""
    return int(row.data.get("places", {}).get(str(shard), 0))


def _note(errand: Errand, baton: Baton, figures: Counter[str], *, is_done: bool = False) -> None:
    """Add up, once for each page; eight shards write in the same row."""
    for _ in range(TRIES):
        row = config.get(*errand.row)
        if row is None:
            return
        if not is_done and _counted(row, baton.shard) >= baton.place:
            return  # the first answer was lost
        done = {*row.data["shards_done"], *([baton.shard] if is_done else [])}
        sums = Counter(row.data["figures"]) + figures
        said: dict[str, Any] = {"figures": dict(sums), "shards_done": sorted(done)}
        said["places"] = {**row.data.get("places", {}), str(baton.shard): baton.place}
        try:
            config.put_next(replace(row, data={**row.data, **said}))
        except StaleWriteError:
            continue
        return
    raise StoreBusyError(errand.due)


def _put_down(errand: Errand, baton: Baton, *, clock: Clock, shards: int) -> Due:
    now = clock.calendar()
    # A word said again is another walk: its row names its moment.
    name = f"{'/'.join(map(str, errand.row))}/{errand.named['since']}/{baton.shard}/{baton.place}"
    due = Due(now, errand.due, name, {"journey": errand.journey, **errand.named, **baton.to_json()})
    put_due(due, now=now, pace=clock.pace, shards=shards)
    return due
