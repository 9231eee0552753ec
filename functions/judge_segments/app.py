"""Task of the machine `backfill`: one step of one run through all contacts.

plan     what is left to do; "daily" names what there is to do each day   {"step": "plan", "run": id}
page     some contacts of one page                             {"step": "page", "run": id, "stage": …, "page": n}
commit   a stage is done: what it was for happens              {"step": "commit", "run": id, "stage": …}
fail     write down what stopped it                            {"step": "fail", "run": id, "error": {…}}

Runs twice: marks, rows and events come out the same, and figures are counted once. Dies midway: the machine retries the
step, which goes on from where its page's row says; until the commit the rule before is in force and nobody is told.
"""

from collections.abc import Callable
from typing import Any

from functions.judge_segments.world import world
from sojourn import telemetry
from sojourn.bootstrap import store_errors_translated
from sojourn.segments.runs import steps


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Do the step that the machine names."""
    known = world()  # which binds the tables
    with store_errors_translated():
        said = STEPS[event["step"]](event, known)
    telemetry.note("run went on", step=event["step"], run=event["run"], then=said.get("then", ""))
    return said


def _plan(event: dict[str, Any], known: steps.World) -> dict[str, Any]:
    return steps.plan(event["run"], known)


def _page(event: dict[str, Any], known: steps.World) -> dict[str, Any]:
    return steps.page(event["run"], event["stage"], event["page"], known)


def _commit(event: dict[str, Any], known: steps.World) -> dict[str, Any]:
    return steps.commit(event["run"], event["stage"], known)


def _fail(event: dict[str, Any], known: steps.World) -> dict[str, Any]:
    error = event.get("error") or {}
    return steps.fail(event["run"], known, error=str(error.get("Error")), cause=str(error.get("Cause")))


STEPS: dict[str, Callable[[dict[str, Any], steps.World], dict[str, Any]]] = {
    "plan": _plan,
    "page": _page,
    "commit": _commit,
    "fail": _fail,
}
