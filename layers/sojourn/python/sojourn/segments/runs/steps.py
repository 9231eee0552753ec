"""The steps of the machine: plan, page, commit, fail. Each may be repeated, die midway and be repeated.

plan      what is left of the run's stage                        {run, stage, then: pages | wait | done, pages}
page      go on with one page of contacts                        {…, more}
commit    the stage is done: what it was for happens; the answer is the plan of the next

`wait` comes before a stage that relies on everybody knowing what was written: react reads that once a batch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.segments import store as segments
from sojourn.segments.backfill import Hands, judge_people, settle_people
from sojourn.segments.including import include_people
from sojourn.segments.index import SegmentIndex
from sojourn.segments.measuring import cut, measure_people
from sojourn.segments.publish import commit as into_force
from sojourn.segments.quantiles import quantiles_in
from sojourn.segments.runs import store
from sojourn.segments.runs.model import LONGEST_REASON, Purpose, Run, Stage, Status
from sojourn.segments.runs.store import Found, Tally
from sojourn.segments.verify import verify_people

DAILY = "daily"
ROWS_A_PAGE, MOST_PAGES = 10_000, 128
DAILY_PERCENT, FEWEST_ROWS = 1.0, 10_000  # of a daily verification: whichever is more
FINEST = 1_000  # pages, of which a verification takes some
WAITS = {Stage.JUDGE, Stage.SETTLE}

Refold = Callable[[Profile, SegmentIndex], Profile]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """What the steps need: hands, and the profile as its raw events make it."""

    hands: Hands
    refold: Refold


def plan(run_id: str, world: World) -> Answer:
    """What is to be done of a run, or of what there is to do daily."""
    if run_id == DAILY:
        run_id = _daily(world.hands.clock.calendar())
        if not run_id:
            return {"run": DAILY, "stage": "", "then": "done", "pages": []}
    run = store.get_run(run_id)
    return _planned(run if run.of else _cut_into_pages(run), world)


def page(run_id: str, stage: str, number: int, world: World) -> Answer:
    """Some contacts of a page, from where an earlier call came to."""
    answer = {"run": run_id, "stage": stage, "page": number}
    run = store.get_run(run_id)
    if run.is_over or run.stage != stage:
        return {**answer, "more": False}
    reached = store.reached(run, number)
    if reached.is_done:
        return {**answer, "more": False}
    index = segments.live_index()
    if (run.stage is Stage.JUDGE and not _still_pending(run, index)) or (
        run.stage is Stage.VERIFY and not _still_live(run, index)
    ):
        return {**answer, "more": False}
    found, place = store.people_from(number, run.of, reached.place)
    tally = _work(run, found, index, world)
    if tally.values:
        store.keep_values(run, number, reached.call, tally.values)
    store.count_call(run, number, reached, place, tally, rows=found.rows)
    return {**answer, "more": place is not None}


def commit(run_id: str, stage: str, world: World) -> Answer:
    """The end of a stage, and the plan of the next."""
    run = store.get_run(run_id)
    if run.is_over or run.stage != stage:
        return _planned(run, world)
    try:
        ended = ENDS[run.stage](run, world)
        if ended.is_over:
            ended = replace(ended, ended_at=iso(world.hands.clock.calendar()))
        ended = store.put_run(ended)
    except (
        StaleWriteError
    ) as error:  # our own write, if its answer was lost: the step is repeated, and reads again
        raise StoreBusyError(run.id) from error
    return _planned(ended, world)


def fail(run_id: str, world: World, *, error: str, cause: str) -> Answer:
    """Write down what stopped it."""
    if store.find_run(run_id):
        reason, at = f"{error}: {cause}"[:LONGEST_REASON], iso(world.hands.clock.calendar())
        store.change_run(run_id, status=Status.FAILED, reason=reason, ended_at=at)
    return {"run": run_id, "then": "done"}


def _planned(run: Run, world: World) -> Answer:
    if run.is_over:
        if run.follows:
            return plan(run.follows, world)
        return {"run": run.id, "stage": run.stage, "then": "done", "pages": []}
    done = store.progress_of(run).done
    pages = [
        {"run": run.id, "stage": run.stage, "page": number} for number in run.numbers if number not in done
    ]
    then = "wait" if run.stage in WAITS and pages else "pages"
    return {"run": run.id, "stage": run.stage, "then": then, "pages": pages}


def _cut_into_pages(run: Run) -> Run:
    """A verification of a part takes few pages of many, others than the one before it."""
    rows = store.rows_counted()
    pages = min(MOST_PAGES, 1 + rows // ROWS_A_PAGE)
    if run.percent >= 100:
        return store.change_run(run.id, of=pages, pages=pages, rows=rows)
    of = min(FINEST, max(pages, ceil(100 / run.percent)))
    taken = max(1, round(of * run.percent / 100))
    first = sum(run.id.encode()) * taken % of
    return store.change_run(run.id, of=of, pages=taken, first=first, rows=round(rows * taken / of))


def _work(run: Run, found: Found, index: SegmentIndex, world: World) -> Tally:
    match run.stage:
        case Stage.MEASURE:
            return measure_people(found, world.hands.clock)
        case Stage.JUDGE:
            return judge_people(found, run.segments, index, world.hands)
        case Stage.SETTLE:
            return settle_people(found, run.segments, index, world.hands, since=run.committed_at)
        case Stage.INCLUDE:
            return include_people(found, run, index)
        case Stage.VERIFY:
            return verify_people(
                found,
                index,
                world.hands,
                refold=world.refold,
                repairs=run.purpose is Purpose.REPAIR,
                run=run.id,
                only=frozenset(run.segments),
            )


def _end_measuring(run: Run, world: World) -> Run:
    pending = cut(run, world.hands.clock)
    if not pending:
        status = Status.DONE if run.purpose is Purpose.QUANTILES else Status.SUPERSEDED
        return replace(run, status=status, reason="no rule waits for it")
    return replace(run.ended(Stage.MEASURE), segments=pending)


def _end_judging(run: Run, world: World) -> Run:
    at = iso(world.hands.clock.calendar())
    live = into_force(run.segments)
    if not live:
        return replace(run, status=Status.SUPERSEDED, reason="a newer rule took its place, or none at all")
    return replace(run.ended(Stage.JUDGE), segments=live, committed_at=at)


def _end_verifying(run: Run, world: World) -> Run:
    if not _still_live(run, segments.live_index()):
        return replace(
            run, status=Status.SUPERSEDED, reason="another rule took force meanwhile: verify again"
        )
    return run.ended(Stage.VERIFY)


ENDS: Mapping[Stage, Callable[[Run, World], Run]] = {
    Stage.MEASURE: _end_measuring,
    Stage.JUDGE: _end_judging,
    Stage.SETTLE: lambda run, world: run.ended(Stage.SETTLE),
    Stage.INCLUDE: lambda run, world: run.ended(Stage.INCLUDE),
    Stage.VERIFY: _end_verifying,
}


def _still_pending(run: Run, index: SegmentIndex) -> bool:
    return any(
        name in index.pending and index.pending[name].generation == generation
        for name, generation in run.segments.items()
    )


def _still_live(run: Run, index: SegmentIndex) -> bool:
    return all(
        name in index.live and index.live[name].generation == generation
        for name, generation in run.segments.items()
    )


def _daily(now: datetime) -> str:
    """The first run of the day; "" when there is nothing to look at."""
    index = segments.live_index()
    if not index.live:
        return ""
    at, day = iso(now), iso(now)[:10]
    percent = min(100.0, max(DAILY_PERCENT, 100 * FEWEST_ROWS / max(1, store.rows_counted())))
    verified = store.begun(Run.new(Purpose.VERIFY, day, at=at, percent=percent))
    if not any(quantiles_in(segment.rule) for segment in index.live.values()):
        return verified.id
    return store.begun(Run.new(Purpose.QUANTILES, day, at=at, follows=verified.id)).id
