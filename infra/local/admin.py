"""What the runner may ask and tell MiniStack's process: the counts, when the calendar starts, and
which workers must die."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

from infra.local import counts, deaths

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


def answering(app: App) -> App:
    """The server, with four paths of ours before it."""

    async def answer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        path = scope.get("path")
        if path == "/_sojourn/counts":
            await _send_json(send, counts.snapshot())
        elif path == "/_sojourn/executions":
            await _send_json(send, dict(counts.by_execution))
        elif path == "/_sojourn/deaths":
            deaths.order(json.loads((await receive())["body"]), Path(os.environ["SOJOURN_DEATHS"]))
            await _send_json(send, {"ok": True})
        elif path == "/_sojourn/clock":
            start_calendar(json.loads((await receive())["body"]))
            await _send_json(send, {"ok": True})
        else:
            await app(scope, receive, send)

    return answer


def start_calendar(clock: dict[str, str]) -> None:
    """New workers get the new clock from the environment; the old ones end."""
    os.environ.update({name: value for name, value in clock.items() if name.startswith("SOJOURN_CALENDAR_")})
    lambda_runtime.reset()


async def _send_json(send: Send, value: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})
