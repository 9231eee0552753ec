"""What waits for a person, counted: approvals that the caller may give, drafts of messages, imports and queues.

Asked apart from the overview, and each figure apart from the others where somebody wants to see them sooner: SQS tells
of one queue at a time, and drafts are found one journey after the other.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.paging import parameter
from functions.api.queues import FAILURES, sqs_told
from functions.api.roles import WORDS, Role
from functions.api.routing import caller, role_of, route
from functions.api.world import world
from sojourn.errors import Problem
from sojourn.journeys.awaiting import asked_of
from sojourn.journeys.live import LiveJourney, live
from sojourn.journeys.waiting import waiting

pending = Blueprint(__name__)
MOST_DRAFTS = 100  # counted
Live = Callable[[], Mapping[str, LiveJourney]]


@route(pending, "/api/overview/waiting")
def show_waiting(request: Request) -> dict[str, Any]:
    """Figures, and the drafts of journeys that the caller's word is asked for; or the one of them that `of` names."""
    of = parameter(request, "of")
    if of and of not in FIGURES:
        raise Problem(400, "invalid_parameter", f"`of` is one of {', '.join(FIGURES)}", field="of")
    running = functools.cache(live)  # for both that ask for it
    return {name: figure(request, running) for name, figure in FIGURES.items() if of in (None, name)}


def _approvals(request: Request, running: Live) -> list[dict[str, Any]]:
    if WORDS.get(role_of(request), Role.VIEWER) < Role.APPROVER:
        return []
    asked = asked_of(caller(request), running())
    return [{"journey": each.name, "revision": each.revision} for each in asked]


def _messages(request: Request, running: Live) -> dict[str, Any]:
    held, more = waiting(running(), most=MOST_DRAFTS)
    return {"count": len(held), "more": more is not None}


def _broken_imports(request: Request, running: Live) -> list[dict[str, Any]]:
    """Those of which something is left to do; a try that failed was only a look."""
    from sojourn.imports.model import Status
    from sojourn.imports.store import list_imports

    broken = (Status.FAILED, Status.INCOMPLETE)
    jobs = (job for job in list_imports() if job.status in broken and not job.is_dry)
    return [{"id": job.id, "status": job.status.value} for job in jobs]


def _failures(request: Request, running: Live) -> Mapping[str, int] | None:
    """The queues of failures in which something lies, and about how much; None while SQS does not answer."""
    names = [name for name in world().queues().urls if name.endswith(FAILURES)]
    try:
        with sqs_told():
            found = {name: world().queues().depth(name).waiting for name in names}
    except Problem:
        return None
    return {name: count for name, count in found.items() if count}


FIGURES: Mapping[str, Callable[[Request, Live], Any]] = {
    "approvals": _approvals,
    "messages": _messages,
    "imports": _broken_imports,
    "failures": _failures,
}
