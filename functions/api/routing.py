"""Registers a view: first the caller's key and its role, then view(request, **path parameters), its answer as JSON; a
change leaves a line in the log."""

import functools
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.changes import forget, write_down
from functions.api.roles import require
from functions.api.world import world
from sojourn.bootstrap import store_errors_translated
from sojourn.http.keys import Key
from sojourn.http.problems import unauthorized
from sojourn.http.tokens import is_token

View = Callable[..., Any]
BEARER = "bearer"
_asks: ContextVar[Key] = ContextVar("asks")
RATE = 100  # requests in a second that a key may make, unless it says otherwise
VIEWS: dict[tuple[str, str], View] = {}  # method and path, as they were registered


def route(blueprint: Blueprint, path: str, method: str = "GET") -> Callable[[View], View]:
    """`@route(blueprint, "/api/contacts/{id}")`: the only way in here that asks for no key is `open_route`."""

    def register(view: View) -> View:
        VIEWS[method, path] = view

        @functools.wraps(view)
        def answer(**parameters: str) -> Any:
            request = blueprint.current_request
            with store_errors_translated():
                return served(key_of(request), request, method, path, parameters)

        return open_route(blueprint, path, method)(answer)

    return register


def served(key: Key, request: Request, method: str, path: str, parameters: Mapping[str, str]) -> Any:
    """What the view tells this key, when its role suffices: for requests from outside, and for the console's own."""
    require(key.role, method, path)
    _asks.set(key)
    forget()
    told = VIEWS[method, path](request, **parameters)
    write_down(key, method, path, parameters, told)
    return told


def open_route(blueprint: Blueprint, path: str, method: str = "GET") -> Callable[[View], View]:
    """A route for everybody. Whatever the Content-Type: bodies are looked at, not labels."""

    def register(view: View) -> View:
        blueprint.route(path, methods=[method], content_types=["*/*"])(view)
        return view

    return register


def key_of(request: Request) -> Key:
    """An API key or the token of who is signed in, as `Authorization: Bearer …`; write keys open nothing here."""
    scheme, _, presented = request.headers.get("authorization", "").strip().partition(" ")
    found = _found(presented.strip()) if scheme.lower() == BEARER else None
    if found is None:
        raise unauthorized()
    admit(found)
    return found


def admit(key: Key) -> None:
    """One request more of this key, unless it asks too often."""
    world().limiter.admit(f"api#{key.name}", key.rate or RATE)
    world().uses.note(key.name)


def _found(presented: str) -> Key | None:
    if is_token(presented):
        return world().tokens().find(presented)
    return world().keys.find("api", presented)


def role_of(request: Request) -> str:
    """The role of that key."""
    return _asks.get().role


def caller(request: Request) -> str:
    """Whose key it is; only a view may ask, for by then the key was looked at."""
    return _asks.get().name
