"""The console: pages of the admin API's own function, loaded when somebody asks for the first one."""

from typing import Any

from chalice.app import Chalice, Request

from functions.api.console.addresses import HOME, is_secure, prefix_of
from functions.api.console.cookies import Cookies
from functions.api.console.refusals import refusal
from functions.api.console.rendering import showing
from functions.api.console.rooms import PART, ROOMS
from functions.api.console.securing import secured
from functions.api.console.visits import arrived
from functions.api.console.words import _
from sojourn.errors import Problem
from sojourn.http import lambda_handler
from sojourn.http.problems import CONTENT_TYPE
from sojourn.http.rooms import Rooms

Event = dict[str, Any]

console = Chalice(app_name="console")
rooms = Rooms(console, ROOMS, PART)
_pages = lambda_handler(console, opening=rooms.open)


def answer(event: Event, context: Any) -> dict[str, Any]:
    """A page for this request."""
    path = event["path"]
    if path == "/" or (path.endswith("/") and path.startswith(HOME)):
        return _sent_on(event)
    told = _pages(event, context)
    if _header(told, "content-type") == CONTENT_TYPE:  # said before any page of ours was reached
        told = _dressed(told, event)
    return secured(told, is_secure=is_secure(_request(event)))


def _sent_on(event: Event) -> dict[str, Any]:
    """From `/` to the console, and from a path with a slash too many to the one without."""
    request = _request(event)
    place = prefix_of(request) + (event["path"].rstrip("/") or HOME)
    told = {"statusCode": 303, "headers": {"Location": place}, "multiValueHeaders": {}, "body": ""}
    return secured(told, is_secure=is_secure(request))


def _dressed(told: dict[str, Any], event: Event) -> dict[str, Any]:
    """A problem that nobody made a page of: no such path, no such method, or a fault of ours."""
    request, status = _request(event), int(told["statusCode"])
    session = arrived(request, Cookies.of(request)).session
    with showing(session):
        page = refusal(session, Problem(status, CODES.get(status, "refused"), _words(status)))
    allow = {name: value for name, value in told["headers"].items() if name in ("Allow", "Retry-After")}
    body = "" if event["httpMethod"] == "HEAD" else page.body
    return {**told, "headers": {**allow, **page.headers}, "body": body}


CODES = {404: "not_found", 405: "method_not_allowed", 500: "internal_error"}


def _words(status: int) -> str:
    if status in (404, 405):
        return _("the address is wrong, or what was here is gone")
    if status == 400:
        return _("the form cannot be read: load the page again")
    return _(
        "the page could not be made; the function's log says why. Nothing you sent was kept for certain: look "
        "before you repeat it"
    )


def _request(event: Event) -> Request:
    context = event.get("requestContext") or {}
    return Request(
        {
            **event,
            "headers": event.get("headers") or {},
            "multiValueQueryStringParameters": event.get("multiValueQueryStringParameters"),
            "pathParameters": None,
            "stageVariables": None,
            "body": None,
            "requestContext": {"resourcePath": event["path"], "httpMethod": event["httpMethod"], **context},
        }
    )


def _header(answer: dict[str, Any], name: str) -> str:
    return next((str(value) for key, value in answer["headers"].items() if key.lower() == name), "")
