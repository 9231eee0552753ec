"""Views of measuring: whether people who never said a word of it are measured. No, unless the workspace says so."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.routing import route
from sojourn import config
from sojourn.consent.settings import KIND, ON, TRACKING, read_tracking
from sojourn.errors import Problem

measuring = Blueprint(__name__)
WORDS = (ON, "off")


@route(measuring, "/api/workspace/tracking")
def show_tracking(request: Request) -> dict[str, Any]:
    """What holds of whoever never said a word of it; what a person said holds before it."""
    return _shown()


@route(measuring, "/api/workspace/tracking", "PUT")
def put_tracking(request: Request) -> dict[str, Any]:
    """Say it, from a minute from now on. Said twice it is said once more."""
    sent = sent_object(request)
    refuse_unknown(sent, {"default"})
    if sent.get("default") not in WORDS:
        raise Problem(400, "invalid_field", "`default` is on or off", field="default")
    before = _shown()
    config.put(KIND, TRACKING, {**read_tracking(), "default": sent["default"]})
    changed(before, _shown())
    return _shown()


def _shown() -> dict[str, Any]:
    return {"default": ON if read_tracking().get("default") == ON else "off"}
