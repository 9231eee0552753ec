"""What waits for a person, counted: approvals that the caller may give, drafts of messages, imports and queues.

Asked apart from the overview: SQS tells of one queue at a time, and drafts are found one journey after the other.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.queues import FAILURES, sqs_told
from functions.api.roles import WORDS, Role
from functions.api.routing import caller, role_of, route
from functions.api.world import world
from sojourn.errors import Problem
from sojourn.journeys.awaiting import asked_of
from sojourn.journeys.live import live
from sojourn.journeys.waiting import waiting

pending = Blueprint(__name__)
MOST_DRAFTS = 100  # counted


@route(pending, "/api/overview/waiting")
def show_waiting(request: Request) -> dict[str, Any]:
    """Figures, and the drafts of journeys that the caller's word is asked for."""
    running = live()
    held, more = waiting(running, most=MOST_DRAFTS)
    may_agree = WORDS.get(role_of(request), Role.VIEWER) >= Role.APPROVER
    asked = asked_of(caller(request), running) if may_agree else ()
    return {
        "approvals": [{"journey": each.name, "revision": each.revision} for each in asked],
        "messages": {"count": len(held), "more": more is not None},
        "imports": list(_broken_imports()),
        "failures": _failures(),
    }


def _broken_imports() -> Iterator[dict[str, Any]]:
    """Those of which something is left to do; a try that failed was only a look."""
    from sojourn.imports.model import Status
    from sojourn.imports.store import list_imports

    for job in list_imports():
        if job.status in (Status.FAILED, Status.INCOMPLETE) and not job.is_dry:
            yield {"id": job.id, "status": job.status.value}


def _failures() -> Mapping[str, int] | None:
    """The queues of failures in which something lies, and about how much; None while SQS does not answer."""
    names = [name for name in world().queues().urls if name.endswith(FAILURES)]
    try:
        with sqs_told():
            found = {name: world().queues().depth(name).waiting for name in names}
    except Problem:
        return None
    return {name: count for name, count in found.items() if count}
