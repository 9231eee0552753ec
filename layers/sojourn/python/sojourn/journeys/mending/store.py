"""Rows of runs that a person must see to: those that failed, and those whose moment is long past."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import UpdateError

from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.row.store import FAILED, EnrolmentRow, key_of, no_wait, open_shard
from sojourn.tables import OpenIndex, OpenRow, condition_failed
from sojourn.transactions import read

KEY = ("pk", "sk", "open", "until")
RUN = "ENROL#"
MOST_READ = 100  # rows in one request
Place = list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of runs, and behind which key of the index the next begins."""

    runs: list[Enrolment]
    next: Place | None


def failed(*, most: int, after: Place | None = None) -> Found:
    """Those that failed and nobody has seen to, the latest first."""
    last = {name: {"S": value} for name, value in zip(KEY, after, strict=True)} if after else None
    found = OpenRow.open_index.query(FAILED, scan_index_forward=False, limit=most, last_evaluated_key=last)
    rows = list(found)
    behind: Mapping[str, Any] | None = found.last_evaluated_key
    return Found(whole(rows), [behind[name]["S"] for name in KEY] if behind else None)


def how_many_failed(*, most: int) -> int:
    """How many of those there are, counted up to `most`: one read of the index."""
    return int(OpenRow.open_index.count(FAILED, limit=most))


def late(shard: int, after: Place, most: int, *, before: str) -> list[tuple[OpenRow, Place]]:
    """Those of one part of the index that should have moved on before this moment, each with its place, the longest
    first."""
    last = {name: {"S": value} for name, value in zip(KEY, after, strict=True)} if after else None
    rows = OpenRow.open_index.query(str(shard), OpenIndex.until < before, limit=most, last_evaluated_key=last)
    return [(row, [row.pk, row.sk, str(shard), str(row.until)]) for row in rows]


def whole(rows: list[OpenRow]) -> list[Enrolment]:
    """The runs themselves, strongly read, in the order of the index."""
    keys = [(row.pk, row.sk) for row in rows if row.sk.startswith(RUN)]
    there: dict[tuple[str, str], Enrolment] = {}
    for begin in range(0, len(keys), MOST_READ):
        runs = (row for row in read(keys[begin : begin + MOST_READ]) if isinstance(row, EnrolmentRow))
        there |= {(row.pk, row.sk): row.to_enrolment() for row in runs}
    return [there[key] for key in keys if key in there]


def reopen(run: Enrolment, *, start_at: str, start_round: str, until: str) -> Enrolment | None:
    """Let a failed run go on with a new leg; None when it is not as it was read."""
    rows = EnrolmentRow
    as_read = (rows.status == Status.FAILED.value) & (rows.leg == run.leg)
    row = rows(*key_of(run.id))
    actions = [
        rows.status.set(Status.ACTIVE.value),
        rows.open.set(open_shard(run.contact)),
        rows.leg.set(run.leg + 1),
        rows.start_at.set(start_at),
        rows.start_round.set(start_round) if start_round else rows.start_round.remove(),
        rows.at.set(start_at),
        rows.until.set(until),
        rows.ended_at.remove(),
        rows.reason.remove(),
        *no_wait(),
    ]
    try:
        row.update(actions=actions, condition=as_read)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return None
    return row.to_enrolment()


def put_away(run: Enrolment) -> bool:
    """A failed run stays failed and is listed no more; False when it is not as it was read, or was put away before."""
    rows = EnrolmentRow
    is_listed = (rows.status == Status.FAILED.value) & (rows.leg == run.leg) & rows.open.exists()
    try:
        rows(*key_of(run.id)).update(actions=[rows.open.remove()], condition=is_listed)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
