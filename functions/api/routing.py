"""Registers a view: first the caller's key, then view(request, **path parameters), its answer as JSON."""

import functools
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.world import world
from sojourn.bootstrap import store_errors_translated
from sojourn.http.problems import unauthorized

View = Callable[..., Any]
BEARER = "bearer"


def route(blueprint: Blueprint, path: str, method: str = "GET") -> Callable[[View], View]:
    """`@route(blueprint, "/api/contacts/{id}")`: the only way in here that asks for no key is `open_route`."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(**parameters: str) -> Any:
            request = blueprint.current_request
            with store_errors_translated():
                require_key(request)
                return view(request, **parameters)

        return open_route(blueprint, path, method)(answer)

    return register


def open_route(blueprint: Blueprint, path: str, method: str = "GET") -> Callable[[View], View]:
    """A route for everybody. Whatever the Content-Type: bodies are looked at, not labels."""

    def register(view: View) -> View:
        blueprint.route(path, methods=[method], content_types=["*/*"])(view)
        return view

    return register


def require_key(request: Request) -> None:
    """An active API key as `Authorization: Bearer <key>`; write keys are public and open nothing here."""
    caller(request)


def caller(request: Request) -> str:
    """Whose key it is."""
    scheme, _, key = request.headers.get("authorization", "").strip().partition(" ")
    found = world().keys.find("api", key.strip()) if scheme.lower() == BEARER else None
    if found is None:
        raise unauthorized()
    return found.name
