"""Whose a request is and what it holds. Strangers learn nothing: until a key is known, only the key is wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Request

from sojourn.errors import Problem
from sojourn.events.model import IMPORT_PREFIX
from sojourn.http.bodies import MAX_DEPTH, is_deeper_than, read_object, too_deep, too_large
from sojourn.http.credentials import presented
from sojourn.http.keys import WRITE, Key, Keys
from sojourn.http.problems import unauthorized

LARGEST_BODY = 5 * 1024 * 1024  # inflated; the official clients send up to 4 MiB
LARGEST_BATCH_SPREAD = 4 * LARGEST_BODY  # with the shared context counted once for each event it is given to
MOST_EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """What a path takes: events of one type, or a batch of any."""

    type: str | None = None
    is_import: bool = False
    takes_key_in_query: bool = False

    @property
    def is_batch(self) -> bool:
        """Whether many events may come at once."""
        return self.type is None

    def source(self, key: Key) -> str:
        """Whose the events are; imported history is told apart, for it moves nobody."""
        return f"{IMPORT_PREFIX}{key.name}" if self.is_import else key.name


def read(request: Request, call: Call, keys: Keys) -> tuple[Key, dict[str, Any]]:
    """The key that the request came with, in headers or body, and the body."""
    claimed = presented(request.headers)
    if call.takes_key_in_query and request.query_params and "writeKey" in request.query_params:
        claimed.add(request.query_params["writeKey"])
    key = _find(claimed, keys) if claimed else None
    body = _body(request, is_known=key is not None)
    in_body = body.get("writeKey")
    if in_body is not None and in_body != "":
        claimed.add(in_body if isinstance(in_body, str) else "")
    key = key if key and len(claimed) == 1 else _find(claimed, keys)
    check_origin(key, request)
    if call.is_import and key.is_browser:
        remedy = "a browser's key may not import: send history with a server's key"
        raise Problem(403, "server_key_needed", remedy, field="writeKey")
    return key, body


def check_origin(key: Key, request: Request) -> None:
    """A page that the key was not made for is told so."""
    if not key.is_for(request.headers.get("origin")):
        remedy = (
            "this key is for other origins: `sojourn keys new write --browser --origin` makes one for yours"
        )
        raise Problem(403, "origin_not_allowed", remedy, field="Origin")


def items_of(body: Mapping[str, Any], *, is_batch: bool) -> list[Any]:
    """The events of a request, as they were sent."""
    if is_deeper_than(MAX_DEPTH, {key: value for key, value in body.items() if key != "batch"}):
        raise too_deep()
    if not is_batch:
        return [body]
    items = body.get("batch")
    if not isinstance(items, list):
        raise Problem(400, "batch_not_list", "batch must be a list of events", field="batch")
    if len(items) > MOST_EVENTS:
        remedy = f"a batch may have {MOST_EVENTS} events: send the rest in another request"
        raise Problem(413, "too_many_events", remedy, limit=MOST_EVENTS, field="batch")
    return items


def check_spread(shared: Mapping[str, Any], events: int) -> None:
    """A context that the batch gives to thousands of events must not grow into a flood."""
    if shared and len(json.dumps(shared)) * events > LARGEST_BATCH_SPREAD:
        raise too_large(LARGEST_BATCH_SPREAD)


def _find(claimed: set[str], keys: Keys) -> Key:
    """The one key that was named; two different ones are none."""
    key = keys.find(WRITE, next(iter(claimed))) if len(claimed) == 1 else None
    if key is None:
        raise unauthorized()
    return key


def _body(request: Request, *, is_known: bool) -> dict[str, Any]:
    event = request.to_original_event()
    try:
        return read_object(
            event.get("body"),
            encoded=bool(event.get("isBase64Encoded")),
            coding=request.headers.get("content-encoding", ""),
            limit=LARGEST_BODY,
        )
    except Problem as problem:
        if problem.status == 400 and not is_known:
            raise unauthorized() from problem
        raise
