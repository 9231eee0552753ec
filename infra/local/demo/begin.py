"""Sets the calendar to its first instant, with every function awake.

Functions read the clock when their worker starts, so a new clock ends the old workers. A cold start takes hours of the
paced calendar; so the first instant lies some seconds ahead, and each function is called once before it comes.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local import stack
from infra.local.demo import web
from infra.local.state import Local
from sojourn.clock import iso

AHEAD_SECONDS = 7.0
TRIES = 2
AWAKE = (
    "React",
    "CountChanges",
    "RecordFeedback",
    "ReceiveSms",
    "SendMessage",
    "ParkToken",
    "Collect",
    "Track",
    "Api",
)


def begin(local: Local, *, ahead: float = AHEAD_SECONDS, tries: int = TRIES) -> Local:
    """Returns when the calendar shows its first instant; once more, with more time, if waking took too long."""
    wall = datetime.now(UTC) + timedelta(seconds=ahead)
    started = _set_calendar(local, iso(wall))
    wake(stack.client("lambda", local.endpoint_url))
    left = (wall - datetime.now(UTC)).total_seconds()
    if left < 0 and tries > 1:
        return begin(local, ahead=ahead - left, tries=tries - 1)
    time.sleep(max(0.0, left))
    return started


def _set_calendar(local: Local, wall: str) -> Local:
    clock = {"SOJOURN_CALENDAR_START": local.calendar_start, "SOJOURN_CALENDAR_WALL": wall}
    web.post(f"{local.endpoint_url}/_sojourn/clock", clock)
    web.post(f"{local.post_office_url}/config", {"calendar_wall": wall})
    started = replace(local, calendar_wall=wall)
    started.write()
    return started


def wake(functions: Any) -> None:
    """Call each function with nothing to do; some complain, and all are loaded then."""
    pages = functions.get_paginator("list_functions").paginate()
    names = [each["FunctionName"] for page in pages for each in page["Functions"]]
    sleeping = [name for name in names if any(f"-{word}Function" in name for word in AWAKE)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: functions.invoke(FunctionName=name, Payload=b'{"Records": []}'), sleeping))
