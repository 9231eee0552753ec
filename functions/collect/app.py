"""Public API: Segment's calls come in, are checked, and are stored before they are answered.

Runs twice: keys make every event itself, so a repeated request writes nothing new. Dies midway: nothing was answered,
the client sends the request again.
"""

from typing import Any, cast

from chalice.app import Chalice, Request

from functions.collect.intake import intake
from sojourn import telemetry
from sojourn.events.model import EventType
from sojourn.http import Cors, lambda_handler

# What the official browser clients send beside the plain headers (a preflight that misses one loses the event).
CORS = Cors(
    methods=("POST",),
    headers=("authorization", "content-type", "x-retry-count", "anonymousid", "sentat", "x-write-key"),
)
BATCH = "batch"

app = Chalice("collect", configure_logs=False)


def _register(call: str) -> None:
    def view() -> dict[str, Any]:
        return intake().take(cast(Request, app.current_request), None if call == BATCH else call)

    app.route(f"/v1/{call}", methods=["POST"], name=call)(view)


for _call in (*EventType, BATCH):
    _register(str(_call))

handler = telemetry.measured(lambda_handler(app, cors=CORS))
