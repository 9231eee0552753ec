"""Public API: Segment's calls come in, are checked, and are stored before they are answered. Its browser client too.

Runs twice: keys make every event itself, so a repeated request writes nothing new. Dies midway: nothing was answered,
the client sends the request again.
"""

from typing import Any, cast

from chalice.app import Chalice, Request, Response

from functions.collect import browsers
from functions.collect.intake import intake
from functions.collect.reading import Call
from functions.collect.tracker import tracker
from sojourn import telemetry
from sojourn.events.model import EventType
from sojourn.http import Cors, lambda_handler

# What the official browser clients send beside the plain headers (a preflight that misses one loses the event).
CORS = Cors(
    headers=("authorization", "content-type", "x-retry-count", "anonymousid", "sentat", "x-write-key")
)
CALLS = {
    **{f"/v1/{kind}": Call(kind.value) for kind in EventType},
    **{f"/v1/{kind.value[0]}": Call(kind.value) for kind in EventType},  # as analytics.js spells them
    "/v1/batch": Call(),
    "/v1/b": Call(),
    "/v1/import": Call(is_import=True),
    "/beacon/v1/batch": Call(takes_key_in_query=True),  # a beacon has no headers of its own
}

app = Chalice("collect", configure_logs=False)


def _register(path: str, call: Call) -> None:
    def view() -> dict[str, Any]:
        return intake().take(_request(), call)

    app.route(path, methods=["POST"], name=path)(view)


for _path, _call in CALLS.items():
    _register(_path, _call)


@app.route("/v1/projects/{key}/settings")
def project_settings(key: str) -> Response:
    """What Segment's browser client asks for before anything else."""
    return browsers.project_settings(_request(), key, keys=intake().keys, public_url=intake().public_url)


@app.route("/analytics.js/v1/{key}/analytics.min.js")
def browser_client(key: str) -> Response:
    """The client itself, from where the official snippet looks for it."""
    return browsers.browser_client(_request(), key, keys=intake().keys)


@app.route("/analytics-next/bundles/{name}")
def browser_client_part(name: str) -> Response:
    """What the client loads on use."""
    return browsers.part(_request(), name)


@app.route("/sojourn.js")
def own_tracker() -> Response:
    """Our own tracker, for sites without Segment's."""
    return tracker(_request())


def _request() -> Request:
    return cast(Request, app.current_request)


handler = telemetry.measured(lambda_handler(app, cors=CORS))
