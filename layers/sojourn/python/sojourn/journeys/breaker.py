"""The breaker: a journey whose last twenty ended runs all failed is paused, with an alarm; the others go on.

Config row `BREAKER` / `journeys`: of each journey the runs that failed since one came to a good end. It is read once a
batch of the People stream, and written only when there are failures to remember or to forget. A batch that comes again
finds its runs there already; the alarm goes out before the journey is paused. What failed before somebody resumed the
journey does not count.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn import telemetry
from sojourn.clock import Clock
from sojourn.config import Row, get, put_next
from sojourn.errors import NotFoundError, PoisonRecordError, StaleWriteError, StoreBusyError
from sojourn.insight.counting import Change
from sojourn.journeys.enrolment import Status
from sojourn.journeys.live import State, change_state, live
from sojourn.telemetry import Metric

IN_A_ROW = 20
BREAKER = ("BREAKER", "journeys")
WHY = f"{IN_A_ROW} runs failed in a row"
TRIES = 5

Failures = dict[str, dict[str, str]]  # journey → run → when it failed


@dataclass(frozen=True, slots=True)
class End:
    """One run that ended."""

    journey: str
    run: str
    at: str
    failed: bool


def watch(records: Iterable[Mapping[str, Any]], *, clock: Clock) -> list[str]:
    """Remember what failed; the answer is the journeys that were paused for it now."""
    ends = list(_ends(records))
    if not ends:
        return []
    failures = _remembered(ends)
    paused = [name for name, runs in failures.items() if len(runs) >= IN_A_ROW and _pause(name, runs, clock)]
    for name in paused:
        telemetry.warn("journey paused", journey=name, why=WHY)
    return paused


def after(failures: Mapping[str, Mapping[str, str]], ends: Iterable[End]) -> Failures:
    """What there is to remember once these ended, in this order: the newest twenty of each journey."""
    found = {name: dict(runs) for name, runs in failures.items()}
    for end in ends:
        if not end.failed:
            found.pop(end.journey, None)
            continue
        runs = {**found.get(end.journey, {}), end.run: end.at}
        found[end.journey] = dict(sorted(runs.items(), key=lambda each: each[1])[-IN_A_ROW:])
    return found


def _remembered(ends: list[End]) -> Failures:
    for _ in range(TRIES):
        row = get(*BREAKER)
        before: Failures = dict(row.data) if row else {}
        wanted = after(before, ends)
        if wanted == before:
            return wanted
        try:
            put_next(Row(*BREAKER, row.revision if row else 0, wanted))
        except StaleWriteError:
            continue
        return wanted
    raise StoreBusyError("breaker")


def _pause(name: str, runs: Mapping[str, str], clock: Clock) -> bool:
    """Whether it is paused by this word."""
    stands = live().get(name)
    if stands is None or stands.state is not State.LIVE:
        return False
    if sum(at > stands.since for at in runs.values()) < IN_A_ROW:
        return False
    telemetry.count_at_once(Metric.JOURNEYS_PAUSED)  # whoever dies in between alarms twice, and not never
    try:
        change_state(name, State.PAUSED, now=clock.calendar(), why=WHY)
    except NotFoundError:
        return False
    return True


def _ends(records: Iterable[Mapping[str, Any]]) -> Iterator[End]:
    for record in records:
        try:
            change = Change.from_record(record)
        except PoisonRecordError:
            continue  # whoever counts changes keeps it
        new, old = change.new or {}, change.old or {}
        kind, _, rest = new.get("sk", "").partition("#")
        if kind != "ENROL" or not new.get("ended_at") or old.get("ended_at"):
            continue
        journey, _, entry = rest.partition("#")
        run = f"{new['pk'].removeprefix('C#')}.{journey}.{entry}"
        yield End(journey, run, new["ended_at"], new.get("status") == Status.FAILED)
