"""Public: POST /hooks/{name}, where shops and payment services tell what happened.

Runs twice: the sender's id of the delivery makes the events, so the second time nothing new is written. Dies midway:
nothing was answered, the sender comes again. What cannot be understood is answered with 200, for a sender that is
refused sends the same for days; it is kept with its reason.
"""

from typing import Any, cast

from chalice.app import Chalice, Request

from functions.receive_webhook.intake import intake
from sojourn import telemetry
from sojourn.http import lambda_handler

ANY_TYPE = ["*/*"]

app = Chalice("receive_webhook", configure_logs=False)


@app.route("/hooks/{name}", methods=["POST"], content_types=ANY_TYPE)
def receive(name: str) -> dict[str, Any]:
    """Take one delivery."""
    return intake().take(name, cast(Request, app.current_request))


handler = telemetry.measured(lambda_handler(app))
