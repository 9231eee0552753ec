"""Whether somebody who was in a journey may come in again, or why not. Pure.

All of it holds for the person, whatever contacts they were and whichever versions they ran; with a key for each value
of the key. Only the limit of a day counts every run of the journey.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sojourn.clock import iso, parse_iso
from sojourn.consent.model import Purpose
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.language.entering import Again, From
from sojourn.journeys.model import Journey

A_DAY = (
    10  # entries of one contact into one journey on one calendar day, UTC: what is more goes round in circles
)
A_WHILE = timedelta(minutes=10)  # the least between two service mails to one address, too


class Refused(StrEnum):
    """Why somebody whose event would let them in does not come in. Closed: reports and explanations know each."""

    ALREADY_ONCE = "already_once"
    ACTIVE = "active"  # the run before is not over
    TOO_SOON = "too_soon"  # the pause after the run before is not over
    LIMIT = "limit"  # so many runs within a while
    DAILY_LIMIT = "daily_limit"
    FILTER = "filter"
    GOAL_MET = "goal_met"
    NO_KEY = "no_key"  # the event lacks the property that tells runs apart
    NOT_STARTED = "not_started"
    OVER = "over"
    STOPPED = "stopped"
    FAILING = "failing"  # the breaker paused the journey


@dataclass(frozen=True, slots=True)
class No:
    """A refusal with the values that it saw, and when it may be otherwise."""

    reason: Refused
    seen: Mapping[str, Any] = field(default_factory=dict)


def why_not(
    journey: Journey, before: Sequence[Enrolment], *, key: str, at: datetime, now: datetime
) -> No | None:
    """None when they may. `before` are all runs of the person through this journey."""
    mine = [run for run in before if run.key == key]
    return _by_again(journey, mine, at) or _by_limit(journey, mine, at) or _by_day(before, now)


def is_free(journey: Journey) -> bool:
    """Whether nothing but a first run before keeps anybody out, so that no runs need to be read."""
    return journey.again is Again.ONCE and not journey.is_keyed


def _by_again(journey: Journey, runs: Sequence[Enrolment], at: datetime) -> No | None:
    if not runs:
        return None
    last = max(runs, key=lambda run: (run.entered_at, run.entry))
    active = next((run for run in runs if run.status is Status.ACTIVE), None)
    again = journey.again
    if again is Again.ONCE:
        return No(Refused.ALREADY_ONCE, _seen(last))
    if again is Again.ALWAYS:
        return None
    if active is not None and (again is Again.AFTER_EXIT or journey.reentry.pause_from is From.EXIT):
        return No(Refused.ACTIVE, _seen(active))
    return _by_pause(journey, runs, at)


def _by_pause(journey: Journey, runs: Sequence[Enrolment], at: datetime) -> No | None:
    """A pause from entry lets in beside a run that is on; service mail has a little pause of its own."""
    pause, since = timedelta(0), [run.entered_at for run in runs]
    if journey.again is Again.AFTER_PAUSE and journey.reentry.pause:
        pause = timedelta(seconds=journey.reentry.pause.seconds)
        if journey.reentry.pause_from is From.EXIT:
            since = [run.ended_at for run in runs if run.ended_at]
    elif journey.purpose is Purpose.SERVICE:
        pause = A_WHILE
    last = parse_iso(max(since)) if since else None
    if last is None or last + pause <= at:
        return None
    return No(Refused.TOO_SOON, {"since": iso(last), "not_before": iso(last + pause)})


def _by_limit(journey: Journey, runs: Sequence[Enrolment], at: datetime) -> No | None:
    most, within = journey.reentry.times, journey.reentry.within
    if not most:
        return None
    span = timedelta(seconds=within.seconds) if within else None
    counted = sorted(run.entered_at for run in runs if span is None or parse_iso(run.entered_at) > at - span)
    if len(counted) < most:
        return None
    free = {"not_before": iso(parse_iso(counted[-most]) + span)} if span else {}
    return No(Refused.LIMIT, {"runs": len(counted), "at_most": most, "within": str(within or ""), **free})


def _by_day(runs: Sequence[Enrolment], now: datetime) -> No | None:
    if len(runs) < A_DAY:
        return None
    today = iso(now)[:10]
    entered = sum(run.started_at[:10] == today for run in runs)
    return (
        No(Refused.DAILY_LIMIT, {"runs": entered, "at_most": A_DAY, "day": today})
        if entered >= A_DAY
        else None
    )


def _seen(run: Enrolment) -> dict[str, Any]:
    return {
        "run": run.id,
        "status": run.status.value,
        "entered_at": run.entered_at,
        "ended_at": run.ended_at or None,
    }
