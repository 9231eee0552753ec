"""What the views of runs through all contacts do: a verification is asked for, and how a run stands."""

from typing import Any

from chalice.app import Request, Response

from functions.api import segment_answers as answers
from functions.api.bodies import refuse_unknown, sent_object
from functions.api.world import segments as desk
from sojourn.errors import Problem
from sojourn.segments import store
from sojourn.segments.runs.model import Run, Status
from sojourn.segments.runs.store import find_run
from sojourn.segments.runs.verification import (
    ALL,
    NotInForceError,
    RunIsOnError,
    StandsStillError,
    is_asked_for,
    verify,
)

FIELDS = {"percent", "repair"}
WHOLE = 100
LONGEST_ID = 100


def verify_segments(request: Request, name: str = ALL) -> Response:
    """Begun, for one segment or for all that are in force."""
    percent, repair = _sent(request)
    try:
        run = verify(name, percent=float(percent), repair=repair, desk=desk())
    except NotInForceError as error:
        if name != ALL and store.get_draft(name) is None:
            raise Problem(404, "segment_not_found", "there is no such segment") from error
        said = f"{error}: publish it first" if name != ALL else f"{error}: publish one first"
        raise Problem(409, "segment_not_in_force", said) from error
    except StandsStillError as error:
        raise Problem(409, "segment_invalid", f"{error}: mend it and publish it first") from error
    except RunIsOnError as error:
        said = f"{error}: GET /api/segments/runs/{error.run.id} shows it; ask again when it has ended"
        raise Problem(409, "run_is_on", said, run=error.run.id) from error
    return Response(answers.report(run), {"Content-Type": "application/json"}, 202)


def show_run(run_id: str) -> dict[str, Any]:
    """How it stands."""
    run = _wanted(run_id)
    if run.status is not Status.RUNNING or not is_asked_for(run) or desk().machine.is_running(run):
        return answers.report(run)
    run = _wanted(run_id)  # it may have ended between the two
    return answers.report(run) | ({"status": "interrupted"} if run.status is Status.RUNNING else {})


def _wanted(run_id: str) -> Run:
    run = find_run(run_id) if 0 < len(run_id) <= LONGEST_ID else None
    if run is None:
        raise Problem(404, "run_not_found", "there is no such run")
    return run


def _sent(request: Request) -> tuple[int, bool]:
    sent = sent_object(request) if request.raw_body else {}
    refuse_unknown(sent, FIELDS)
    percent, repair = sent.get("percent", WHOLE), sent.get("repair", False)
    if type(percent) is not int or not 1 <= percent <= WHOLE:
        said = f"`percent` is a whole number from 1 to {WHOLE}: of the contacts"
        raise Problem(400, "invalid_field", said, field="percent")
    if not isinstance(repair, bool):
        raise Problem(400, "invalid_field", "`repair` is true or false", field="repair")
    return percent, repair
