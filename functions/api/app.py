"""The admin API: contacts, journeys, templates, and why. Private; every call but the specification needs an API key.

The console stands in the same function and asks this API without leaving it (docs/decisions/0030).
"""

from typing import Any

from chalice.app import Blueprint, Chalice

from functions.api.openapi import specification
from functions.api.rooms import PART, ROOMS
from functions.api.routing import open_route
from sojourn import telemetry
from sojourn.http import lambda_handler
from sojourn.http.rooms import Rooms

about = Blueprint(__name__)


@open_route(about, "/api/openapi.json")
def show_specification() -> dict[str, Any]:
    """What this API can do, for programs: the one page that asks for no key."""
    return specification()


app = Chalice(app_name="api")
app.register_blueprint(about)
rooms = Rooms(app, ROOMS, PART)

_answers = lambda_handler(app, opening=rooms.open)


def _answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["path"] != "/" and not event["path"].startswith(CONSOLE):
        return _answers(event, context)
    from functions.api.console.app import answer  # pages and their templates load with the first of them

    return answer(event, context)


CONSOLE = "/console"
handler = telemetry.measured(_answer)
