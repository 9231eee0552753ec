"""The console asks the API as any program would, but in this process: same roles, same checks, same log of changes.

ask(session, "GET", "/api/journeys", {"limit": "20"}).body["items"]
ask(session, "PUT", at("/api/journeys/{name}", name="welcome"), body=yaml, headers={"If-Match": '"3"'})
"""

import base64
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from chalice.app import Request, Response
from chalice.local import MatchResult, RouteMatcher

from functions.api.console.engine_words import told, told_in
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.rooms import load
from functions.api.routing import VIEWS, served
from sojourn.bootstrap import store_errors_translated
from sojourn.errors import Problem, Retryable

Body = Mapping[str, Any] | list[Any] | str | bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said; headers by their names in lower case."""

    status: int
    body: Any
    headers: Mapping[str, str]


def ask(
    session: Session,
    method: str,
    path: str,
    query: Mapping[str, Any] | None = None,
    body: Body = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The API's answer to whoever is signed in; what it refuses rises as the Problem that it is."""
    route = _route(path)
    request = _request(method, route, query or {}, body, headers or {})
    try:
        with store_errors_translated():
            answer = served(session.key, request, method, route.route, request.uri_params or {})
    except Retryable as error:
        raise Problem(503, "try_again", _("busy: send the same request again")) from error
    except Problem as problem:
        problem.message, problem.extra = told(problem.message), told_in(problem.extra)
        raise
    return _answer(answer)


def at(path: str, **named: object) -> str:
    """The path with its parts filled in, whatever characters they have: `at("/api/contacts/{contact}", contact=id)`."""
    return path.format(**{name: quote(str(value), safe="") for name, value in named.items()})


def _route(path: str) -> MatchResult:
    load(path)
    try:
        return _matcher(len(VIEWS)).match_route(path)
    except ValueError:
        raise Problem(404, "not_found", _("there is nothing at this path")) from None


@functools.lru_cache(maxsize=1)
def _matcher(known: int) -> RouteMatcher:
    """Of all views that are loaded, so many by now."""
    return RouteMatcher(sorted({path for _, path in VIEWS}))


def _request(
    method: str, route: MatchResult, query: Mapping[str, Any], body: Body, headers: Mapping[str, str]
) -> Request:
    """The same as the gateway and the shim would make."""
    if (method, route.route) not in VIEWS:
        raise Problem(405, "method_not_allowed", _("this path has other methods"))
    raw = body if isinstance(body, bytes | str | None) else json.dumps(body)
    asked = {name: [str(value)] for name, value in query.items() if value not in (None, "")}
    return Request(
        {
            "path": route.route,
            "httpMethod": method,
            "headers": {"content-type": "application/json", **{k.lower(): v for k, v in headers.items()}},
            "multiValueQueryStringParameters": asked or None,
            "pathParameters": {name: unquote(value) for name, value in route.captured.items()},
            "stageVariables": None,
            "requestContext": {"resourcePath": route.route, "httpMethod": method, "method": method},
            "body": base64.b64encode(raw).decode() if isinstance(raw, bytes) else raw,
            "isBase64Encoded": isinstance(raw, bytes),
        }
    )


def _answer(made: Any) -> Answer:
    if not isinstance(made, Response):
        return Answer(200, told_in(_plain(made)), {})
    headers = {name.lower(): str(value) for name, value in made.headers.items()}
    body = _plain(made.body)
    if made.status_code >= 400:
        said = body if isinstance(body, dict) else {}
        raise Problem(made.status_code, said.get("code", "refused"), told(said.get("message")))
    return Answer(made.status_code, told_in(body), headers)


def _plain(body: Any) -> Any:
    """As a program would read it; bytes and text stay."""
    return body if isinstance(body, bytes | str) else json.loads(json.dumps(body))
