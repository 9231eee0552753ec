"""Views of what people are asked to do for contacts: the open tasks of a list, one task, and its end."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.paging import Fetched, Position, listing, parameter
from functions.api.routing import caller, route
from functions.api.world import world
from sojourn import telemetry
from sojourn.errors import Problem
from sojourn.journeys.names import EnrolmentId
from sojourn.journeys.tasks import store
from sojourn.journeys.tasks.model import (
    NoSuchOutcomeError,
    Task,
    TaskSettledError,
    TaskState,
    TaskUnknownError,
)
from sojourn.journeys.tasks.settle import settle, still_open

tasks = Blueprint(__name__)
LONGEST_NAME = 100
LONGEST_LIST = 500
WHY = {
    TaskState.OPEN: "somebody is settling it at this moment: ask again",
    TaskState.DONE: "it was settled already",
    TaskState.LATE: "its time was up, and the journey went on without it",
    TaskState.OVER: "the contact is not in this step of the journey any more",
}


@route(tasks, "/api/tasks")
def list_tasks(request: Request) -> dict[str, Any]:
    """The open tasks of a list, the next due first, and how many there are."""
    assign = (parameter(request, "assign") or "").strip()
    if not 0 < len(assign) <= LONGEST_LIST:
        said = "say whose tasks: `?assign=sales`, as the journey's `assign` says"
        raise Problem(400, "missing_parameter", said, field="assign")

    def fetch(limit: int, after: Position | None) -> Fetched:
        found, more = store.listed(assign, limit, after)
        return [as_json(task) for task in still_open(found, engine=world().engine())], more

    return {**listing(request, fetch, of={"assign": assign}), "open": store.count_listed(assign)}


@route(tasks, "/api/tasks/{id}")
def show_task(request: Request, id: str) -> dict[str, Any]:  # noqa: A002  the path's own word
    """One task, open or not."""
    found = _found(id)
    return as_json(found)


@route(tasks, "/api/tasks/{id}", "POST")
def settle_task(request: Request, id: str) -> dict[str, Any]:  # noqa: A002
    """Settle it with one of its outcomes: the journey goes on along that path, at once."""
    fields = sent_object(request)
    refuse_unknown(fields, {"outcome", "by"})
    outcome, by = _text(fields, "outcome"), _text(fields, "by", otherwise=caller(request))
    try:
        done = settle(id, outcome, by=by, engine=world().engine())
    except TaskUnknownError:
        raise _not_found() from None
    except NoSuchOutcomeError as error:
        said = f"`outcome` is one of: {', '.join(error.outcomes)}"
        raise Problem(422, "unknown_outcome", said, field="outcome", outcomes=list(error.outcomes)) from None
    except TaskSettledError as error:
        raise _settled(error.task) from None
    telemetry.note("task settled", enrolment=done.enrolment, step=done.step)
    return as_json(done)


def as_json(task: Task) -> dict[str, Any]:
    """A task as the API tells it."""
    name = EnrolmentId.from_text(task.enrolment)
    return {
        "id": task.id,
        "state": task.state.value,
        "step": task.step,
        "note": task.note,
        "assign": task.assign,
        "outcomes": list(task.outcomes),
        "contact": name.contact,
        "user_id": task.identity.removeprefix("u#") if task.identity.startswith("u#") else None,
        "journey": name.journey,
        "version": task.version,
        "opened_at": task.opened_at,
        "due": task.due,
        "outcome": task.outcome or None,
        "by": task.by or None,
        "settled_at": task.settled_at or None,
    }


def _found(task_id: str) -> Task:
    try:
        found = store.get_task(task_id)
    except TaskUnknownError:
        raise _not_found() from None
    if found is None:
        raise _not_found()
    return found


def _text(fields: dict[str, Any], name: str, *, otherwise: str = "") -> str:
    said = fields.get(name, otherwise)
    if not isinstance(said, str) or not 0 < len(said.strip()) <= LONGEST_NAME:
        message = f"`{name}` is a text of 1 to {LONGEST_NAME} characters"
        raise Problem(400, "invalid_field", message, field=name)
    return said.strip()


def _not_found() -> Problem:
    return Problem(
        404, "task_not_found", "there is no such task: `GET /api/tasks?assign=…` lists the open ones"
    )


def _settled(task: Task) -> Problem:
    told = {"state": task.state.value, "outcome": task.outcome or None, "by": task.by or None}
    return Problem(409, f"task_{task.state.value}", WHY[task.state], **told)
