"""Rows of runs that are over: found by a scan, since no index holds history, and opened again by a condition."""

from collections.abc import Mapping
from typing import Any

from pynamodb.exceptions import UpdateError

from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.row.store import EnrolmentRow, key_of, no_wait, open_shard
from sojourn.tables import condition_failed

A_PAGE = 1_000  # rows of a request, whoever's they are
Place = Mapping[str, Any]  # the key behind which a scan goes on


def over(
    journey: str, version: int, *, part: int, of: int, after: Place | None, size: int = A_PAGE
) -> tuple[list[Enrolment], Place | None]:
    """Runs of one page of the table that were completed in an older version, or are in this one; and where to go on."""
    rows = EnrolmentRow
    is_of_it = rows.sk.startswith(f"ENROL#{journey}#")
    is_finished = (rows.status == Status.COMPLETED.value) & (rows.version < version)
    is_here = (rows.status == Status.ACTIVE.value) & (rows.version == version)
    found = rows.scan(
        is_of_it & (is_finished | is_here),
        segment=part,
        total_segments=of,
        page_size=size,
        last_evaluated_key=dict(after) if after else None,
        consistent_read=True,
    ).page_iter
    page = next(found)
    runs = [rows.from_raw_data(item).to_enrolment() for item in page["Items"]]
    return runs, found.last_evaluated_key


def reopen(
    run: Enrolment, *, version: int, version_arn: str, splits: Mapping[str, str], start_at: str, until: str
) -> Enrolment | None:
    """Let a completed run go on in another version, with a new leg; None when it is not as it was read."""
    rows = EnrolmentRow
    as_read = (rows.status == Status.COMPLETED.value) & (rows.leg == run.leg) & (rows.version == run.version)
    row = rows(*key_of(run.id))
    try:
        row.update(
            actions=[
                rows.status.set(Status.ACTIVE.value),
                rows.open.set(open_shard(run.contact)),
                rows.version.set(version),
                rows.version_arn.set(version_arn),
                rows.splits.set(dict(splits)) if splits else rows.splits.remove(),
                rows.leg.set(run.leg + 1),
                rows.start_at.set(start_at),
                rows.at.set(start_at),
                rows.until.set(until),
                rows.start_round.remove(),
                rows.ended_at.remove(),
                rows.reason.remove(),
                *no_wait(),
            ],
            condition=as_read,
        )
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return None
    return row.to_enrolment()
