"""Chalice behind `/{proxy+}`: it wants to be told which of its routes was meant.

The steps: find the route (else 404), the method (else 405 with Allow), call Chalice, make every failure a problem.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from chalice.app import Chalice, Request, Response
from chalice.local import MatchResult, RouteMatcher

from sojourn.http.cors import Cors
from sojourn.http.problems import CONTENT_TYPE, answering_problems, problem, problem_of

OURS = (CONTENT_TYPE, "text/html")  # refusals that a view wrote itself, for programs or for people
Event = Mapping[str, Any]
Answer = dict[str, Any]
Handler = Callable[[Event, Any], Answer]
Opening = Callable[[str], int]  # a path → another number when the app has other routes than before

# RouteMatcher reads a URL; what the gateway hands over is a path, in which these are characters like others.
NOT_URL_SYNTAX = str.maketrans({"?": "%3F", ";": "%3B", "#": "%23"})


def lambda_handler(app: Chalice, *, cors: Cors | None = None, opening: Opening | None = None) -> Handler:
    """The function that Lambda calls for `app`; `opening` adds the routes that a path asks for first, if any."""
    matcher, known = _matcher_of(app), 0
    app.api.binary_types = []  # bytes are encoded here; Chalice would refuse them to callers without Accept

    def handler(event: Event, context: Any) -> Answer:
        nonlocal matcher, known
        if opening and (now := opening(event["path"])) != known:
            matcher, known = _matcher_of(app), now
        return _finish(_answer(app, matcher, cors, event, context), event, cors)

    return handler


def _matcher_of(app: Chalice) -> RouteMatcher:
    for entries in app.routes.values():
        for entry in entries.values():
            if entry.content_types:  # a new one
                entry.view_function = answering_problems(entry.view_function)
            entry.content_types = []  # any: clients label their bodies as they like, views look at them
    return RouteMatcher(list(app.routes))


def is_head(request: Request) -> bool:
    """Whether a GET view is answering HEAD: answer alike, but record nothing."""
    return request.context.get("method") == "HEAD"


def _answer(app: Chalice, matcher: RouteMatcher, cors: Cors | None, event: Event, context: Any) -> Answer:
    route = _route(matcher, event["path"])
    if route is None:
        return _plain(problem(404, "not_found", "there is nothing at this path"))
    if not _is_text(event.get("body") or ""):
        return _plain(problem(400, "invalid_utf8", "the body is no text in UTF-8"))
    methods = app.routes[route.route]
    method = _method(event["httpMethod"], methods)
    if method is None and event["httpMethod"] == "OPTIONS" and cors:
        return _plain(
            Response("", {**cors.preflight_headers(_header(event, "origin"), sorted(methods))}, 204)
        )
    if method is None:
        return _plain(_refused(methods, cors))
    answer: Answer = app(_for_chalice(event, route, method), context)
    return answer


def _route(matcher: RouteMatcher, path: str) -> MatchResult | None:
    if (len(path) > 1 and (path.endswith("/") or "//" in path)) or not _is_text(path):
        return None
    try:
        return matcher.match_route(path.translate(NOT_URL_SYNTAX))
    except ValueError:
        return None


def _is_text(said: str) -> bool:
    """Whether it can be written down: JSON lets halves of characters through."""
    try:
        str(said).encode()
    except UnicodeEncodeError:
        return False
    return True


def _method(asked: str, methods: Mapping[str, Any]) -> str | None:
    """The method whose view answers: HEAD is GET without a body."""
    if asked in methods:
        return asked
    return "GET" if asked == "HEAD" and "GET" in methods else None


def _refused(methods: Mapping[str, Any], cors: Cors | None) -> Response:
    allowed = sorted({*methods, *(["HEAD"] if "GET" in methods else []), *(["OPTIONS"] if cors else [])})
    return problem(
        405, "method_not_allowed", "this path has other methods", headers={"Allow": ", ".join(allowed)}
    )


def _for_chalice(event: Event, route: MatchResult, method: str) -> dict[str, Any]:
    context = event.get("requestContext") or {}
    return {
        **event,
        "httpMethod": method,
        "headers": event.get("headers") or {},
        "multiValueQueryStringParameters": event.get("multiValueQueryStringParameters"),
        "pathParameters": {name: unquote(value) for name, value in route.captured.items()},
        "stageVariables": event.get("stageVariables"),
        "body": event.get("body"),
        "requestContext": {
            **context,
            "resourcePath": route.route,
            "httpMethod": method,
            "method": event["httpMethod"],
        },
    }


def _plain(response: Response) -> Answer:
    answer: Answer = response.to_dict()
    return answer


def _finish(answer: Answer, event: Event, cors: Cors | None) -> Answer:
    """The last touches, the same for every answer."""
    if answer["statusCode"] >= 400 and not (_header(answer, "content-type") or "").startswith(OURS):
        answer = _plain(problem_of(answer))
    if cors:
        answer["headers"] = {**cors.answer_headers(_header(event, "origin")), **answer["headers"]}
    if event["httpMethod"] == "HEAD":
        return {**answer, "body": ""}
    return _encoded(answer)


def _encoded(answer: Answer) -> Answer:
    body = answer["body"]
    if isinstance(body, bytes):
        return {**answer, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    if body and _header(answer, "content-type") is None:
        answer["headers"] = {**answer["headers"], "Content-Type": "application/json"}
    return {**answer, "body": body if isinstance(body, str) else json.dumps(body)}


def _header(message: Event, name: str) -> str | None:
    for key, value in (message.get("headers") or {}).items():
        if key.lower() == name:
            return str(value)
    return None
