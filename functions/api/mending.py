"""Views of runs that a person must see to: those that failed or stand still, and a word on one of them."""

import functools
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.paging import Fetched, Position, listing, parameter
from functions.api.parts import PARTS, parts_asked, walked
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.clock import iso
from sojourn.errors import Problem
from sojourn.insight.reasons import ended_by
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.names import EnrolmentId
from sojourn.journeys.reconcile import GRACE, PACED_GRACE
from sojourn.journeys.store import OPEN_SHARDS, get_enrolment

mending = Blueprint(__name__)
FAILED, LATE = "failed", "late"
SINCE_RECONCILE = timedelta(hours=1)


@route(mending, "/api/runs")
def list_runs(request: Request) -> dict[str, Any]:
    """Runs that failed and nobody has seen to, the latest first; or those that should have moved on, and were not
    mended by the hourly repair."""
    from sojourn.journeys.mending.store import failed

    state, parts = parameter(request, "state") or FAILED, parts_asked(request)
    if state not in (FAILED, LATE):
        raise Problem(400, "invalid_parameter", "`state` is `failed` or `late`", field="state")

    def fetch(limit: int, after: Position | None) -> Fetched:
        if state == LATE:
            return _late(limit, after, parts)
        found = failed(most=limit, after=after)
        return [_shown(run) for run in found.runs], found.next

    return listing(request, fetch, of={"state": state}, besides={PARTS})


@route(mending, "/api/runs/{run}")
def show_run(request: Request, run: str) -> dict[str, Any]:
    """One run, and the steps of its version from which it may go on."""
    from sojourn.journeys.graph import steps_by_name
    from sojourn.journeys.versions import published

    there = _wanted(run)
    journey, _ = published(there.journey, there.version)
    return {**_shown(there), "steps": list(steps_by_name(journey))}


@route(mending, "/api/runs/{run}/restart", "POST")
def restart_run(request: Request, run: str) -> dict[str, Any]:
    """It goes on from the step where it stands, or from a `step` of its own version; no message goes twice."""
    from sojourn.journeys.mending.mend import No, go_on

    sent = sent_object(request) if request.raw_body else {}
    refuse_unknown(sent, {"step"})
    there = _wanted(run)
    step = sent.get("step") or there.at
    if not isinstance(step, str):
        raise Problem(400, "invalid_field", "`step` is the name of a step", field="step")
    told = go_on(there, step, engine=world().engine())
    if isinstance(told, No):
        raise _refused(told, there, step)
    changed({"status": there.status.value, "step": there.at}, {"status": "active", "step": step})
    telemetry.note("run restarted", enrolment=there.id, leg=told.leg)
    return {"id": told.id, "status": told.status.value, "step": step, "leg": told.leg}


@route(mending, "/api/runs/{run}/end", "POST")
def end_run(request: Request, run: str) -> dict[str, Any]:
    """It is over. One that failed stays so, and is listed no more. Said again it changes nothing."""
    from sojourn.journeys.mending.mend import end

    if request.raw_body:
        refuse_unknown(sent_object(request), set())
    there = _wanted(run)
    is_new = end(there, engine=world().engine())
    status = "exited" if there.status is Status.ACTIVE else there.status.value
    if is_new:
        changed({"status": there.status.value}, {"status": status})
        telemetry.note("run ended", enrolment=there.id)
    return {"id": there.id, "status": status, "changed": is_new}


def _late(limit: int, after: Position | None, parts: int | None) -> Fetched:
    """As `reconcile` finds them, an hour later: what is left is what it could not mend. Of a page the longest first."""
    from sojourn.journeys.mending.store import late, whole

    clock = world().clock
    before = iso(clock.calendar() - max(GRACE, PACED_GRACE * clock.pace) - SINCE_RECONCILE)
    found, place = walked(
        functools.partial(late, before=before), of=OPEN_SHARDS, parts=parts, limit=limit, after=after
    )
    still = [
        run for run in whole([row for row, _ in found]) if run.status is Status.ACTIVE and run.until < before
    ]
    return [_shown(run) for run in sorted(still, key=lambda run: run.until)], place


def _shown(run: Enrolment) -> dict[str, Any]:
    return {
        "id": run.id,
        "contact": run.contact,
        "journey": run.journey,
        "version": run.version,
        "step": run.at,
        "status": run.status.value,
        "reason": run.reason or None,
        "why": ended_by(run.reason) if run.ended_at and run.reason else None,
        "entered_at": run.entered_at,
        "since": run.ended_at or run.until,
        "execution_arn": run.execution_arn,
    }


def _wanted(run: str) -> Enrolment:
    try:
        found = get_enrolment(str(EnrolmentId.from_text(run)))
    except ValueError:
        found = None
    if found is None:
        raise Problem(404, "run_not_found", "there is no such run: GET /api/runs lists those that failed")
    return found


def _refused(no: Any, run: Enrolment, step: str) -> Problem:
    """What speaks against it, and the way out."""
    said = {
        "over": f"the run is {run.status.value}: only one that failed, or runs, goes on",
        "stopped": f"{run.journey} was stopped, or never published: publish it again first",
        "again": "the contact has come into the journey again since: that run goes on",
        "no_step": f"version {run.version} of {run.journey} has no step {step!r}: take one of its own",
        "moved": "the run has moved meanwhile: read it again",
    }[no.value]
    field = {"field": "step"} if no.value == "no_step" else {}
    return Problem(422 if field else 409, f"run_{no.value}", said, **field)
