"""Whose a request is and what it holds. Strangers learn nothing: until a key is known, only the key is wrong."""

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Request

from sojourn.errors import Problem
from sojourn.http.bodies import MAX_DEPTH, is_deeper_than, read_object, too_deep, too_large
from sojourn.http.credentials import presented
from sojourn.http.keys import Key, Keys
from sojourn.http.problems import unauthorized

LARGEST_BODY = 5 * 1024 * 1024  # inflated; the official clients send up to 4 MiB
LARGEST_BATCH_SPREAD = 4 * LARGEST_BODY  # with the shared context counted once for each event it is given to
MOST_EVENTS = 10_000


def read(request: Request, keys: Keys) -> tuple[Key, dict[str, Any]]:
    """The key that the request came with, in headers or body, and the body."""
    claimed = presented(request.headers)
    key = _find(claimed, keys) if claimed else None
    body = _body(request, is_known=key is not None)
    in_body = body.get("writeKey")
    if in_body is not None and in_body != "":
        claimed.add(in_body if isinstance(in_body, str) else "")
    return key if key and len(claimed) == 1 else _find(claimed, keys), body


def items_of(body: Mapping[str, Any], *, is_batch: bool) -> list[Any]:
    """The events of a request, as they were sent."""
    if is_deeper_than(MAX_DEPTH, {key: value for key, value in body.items() if key != "batch"}):
        raise too_deep()
    if not is_batch:
        return [body]
    items = body.get("batch")
    if not isinstance(items, list):
        raise Problem(400, "batch_not_list", "batch must be a list of events")
    if len(items) > MOST_EVENTS:
        raise Problem(413, "too_many_events", f"a batch may have {MOST_EVENTS} events", limit=MOST_EVENTS)
    return items


def check_spread(shared: Mapping[str, Any], events: int) -> None:
    """A context that the batch gives to thousands of events must not grow into a flood."""
    if shared and len(json.dumps(shared)) * events > LARGEST_BATCH_SPREAD:
        raise too_large(LARGEST_BATCH_SPREAD)


def _find(claimed: set[str], keys: Keys) -> Key:
    """The one key that was named; two different ones are none."""
    key = keys.find("write", next(iter(claimed))) if len(claimed) == 1 else None
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
