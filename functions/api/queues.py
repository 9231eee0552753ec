"""Views of the queues: what waits, what fell out, and back with it.

What a message says is personal, so an admin's; each look inside leaves a line in the log of changes, and so does what
is sent back or thrown away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.paging import Fetched, Position, listing
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.account.queues import BACK_TO, MOST, Letter, NoSuchQueueError
from sojourn.clock import iso
from sojourn.errors import Problem

queues = Blueprint(__name__)
QUEUE = "/api/queues/{queue}"
FAILURES = "_failures"
LONGEST_SHOWN = 20_000


@route(queues, "/api/queues")
def list_queues(request: Request) -> dict[str, Any]:
    """Every queue of the stack and how much waits there; SQS counts roughly. Those of failures should be empty."""

    def fetch(limit: int, after: Position | None) -> Fetched:
        names = list(world().queues().urls)
        begin = int(after[0]) if after else 0
        end = begin + limit
        return [_shown(name) for name in names[begin:end]], [str(end)] if end < len(names) else None

    with sqs_told():
        return listing(request, fetch)


@route(queues, f"{QUEUE}/look", "POST")
def look_inside(request: Request, queue: str) -> dict[str, Any]:
    """A few messages, the oldest first; they stay where they are."""
    _nothing_said(request)
    with sqs_told():
        found = world().queues().look(queue)
        told = {**_shown(queue), "messages": [_message(each) for each in found]}
    changed(None, {"looked_at": len(found)})
    return told


@route(queues, f"{QUEUE}/redrive", "POST")
def redrive_queue(request: Request, queue: str) -> dict[str, Any]:
    """Back into the queue they fell out of: the named messages, or all, a request's worth at a time."""
    if queue not in BACK_TO:
        said = "what is in this queue goes nowhere: docs/operations.md says what it is, and what to do"
        raise Problem(409, "no_way_back", said)
    ids = _ids(request)
    with sqs_told():
        done = world().queues().bring_back(queue, ids)
        return _done(queue, done)


@route(queues, f"{QUEUE}/discard", "POST")
def discard_from_queue(request: Request, queue: str) -> dict[str, Any]:
    """Throw the named messages away, or all, a request's worth at a time."""
    if not queue.endswith(FAILURES):
        said = "what is in this queue is worked on: only failures are thrown away"
        raise Problem(409, "queue_in_use", said)
    ids = _ids(request)
    with sqs_told():
        done = world().queues().drop(queue, ids)
        return _done(queue, done)


@contextmanager
def sqs_told() -> Iterator[None]:
    """What SQS refuses, in the API's words."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except NoSuchQueueError:
        raise Problem(404, "queue_not_found", "no queue is called so: `GET /api/queues` lists them") from None
    except (BotoCoreError, ClientError) as error:
        telemetry.warn("queue not read", error=type(error).__name__)
        raise Problem(503, "queues_unavailable", "SQS does not answer as it should: try again") from error


def _shown(name: str) -> dict[str, Any]:
    depth = world().queues().depth(name)
    return {
        "name": name,
        "failures": name.endswith(FAILURES),
        "back_to": BACK_TO.get(name),
        "waiting": depth.waiting,
        "in_work": depth.in_work,
    }


def _done(name: str, done: int) -> dict[str, Any]:
    changed(None, {"messages": done})
    telemetry.note("queue emptied", queue=name, messages=done)
    return {"name": name, "done": done, "waiting": world().queues().depth(name).waiting}


def _message(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "text": letter.text[:LONGEST_SHOWN],
        "is_cut": len(letter.text) > LONGEST_SHOWN,
        "sent_at": iso(letter.sent_at) if letter.sent_at else None,
        "times": letter.times,
    }


def _ids(request: Request) -> list[str] | None:
    """Those that are named; None says all, and says it in words."""
    sent = sent_object(request)
    refuse_unknown(sent, {"messages", "all"})
    said = sent.get("messages")
    if said is None and sent.get("all") is True:
        return None
    named = [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
    if not named or named != said or len(named) > MOST or "all" in sent:
        problem = f"`messages` names 1 to {MOST} messages by their ids, or `all` is true"
        raise Problem(400, "invalid_field", problem, field="messages")
    return named


def _nothing_said(request: Request) -> None:
    if request.raw_body:
        refuse_unknown(sent_object(request), set())
