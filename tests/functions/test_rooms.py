"""Each path is answered by what its own word loads, and a cold start loads no room at all."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Blueprint, Chalice

from functions.api.app import rooms as api
from functions.api.console.app import rooms as console
from functions.api.rooms import load
from sojourn.errors import Problem
from sojourn.http import lambda_handler
from sojourn.http.rooms import Room, Rooms

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/sojourn/python'}"}
STRAY = """
import importlib, json, sys
from sojourn.http.rooms import room_of
rooms = importlib.import_module(sys.argv[1]).rooms
known = lambda: {(path, method) for path, ways in rooms.app.routes.items() for method in ways}
stray, routes = known(), {}
for room in rooms.rooms.values():
    for blueprint in room():
        if blueprint not in routes:
            before = known()
            rooms.app.register_blueprint(blueprint)
            routes[blueprint] = known() - before
for path, method in known() - stray:
    if not any((path, method) in routes[blueprint] for blueprint in room_of(rooms.rooms, path, rooms.part)):
        stray.add((path, method))
print(json.dumps(sorted(" ".join(each) for each in stray)))
"""


def told(code: str, *about: str) -> list[str]:
    """What a process of its own prints: its blueprints are nobody else's."""
    done = subprocess.run(
        [sys.executable, "-c", code, *about],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("module", "always"), [("app", ["/api/openapi.json GET"]), ("console.app", [])])
def test_each_path_is_in_the_room_of_its_word(module: str, always: list[str]):
    assert told(STRAY, f"functions.api.{module}") == always


def test_a_cold_start_loads_no_room():
    loaded = told("import json, sys, functions.api.app; print(json.dumps(list(sys.modules)))")

    assert not {f"functions.api.{word}" for word in ("contacts", "journeys", "segments")} & set(loaded)
    assert "functions.api.console.home" not in loaded


@pytest.mark.parametrize(
    "path", ["", "/", "/api", "/api/", "/api//x", "/api/nonesuch", "/console/nonesuch/x", "x"]
)
def test_a_path_of_no_room_opens_nothing(path: str):
    app = Chalice("empty")

    assert not Rooms(app, api.rooms, api.part).open(path)
    assert not app.routes
    load(path)


def a_room(path: str, method: str) -> Room:
    blueprint = Blueprint(__name__)

    @blueprint.route(path, methods=[method])
    def view() -> dict[str, str]:
        raise Problem(409, method, path)

    return lambda: (blueprint,)


@pytest.mark.parametrize("opened", [(), ("/one",), ("/two",), ("/one", "/two")])
def test_a_request_is_answered_whoever_opened_its_room(opened: tuple[str, ...]):
    app = Chalice("test", configure_logs=False)
    rooms = Rooms(app, {"one": a_room("/one", "GET"), "two": a_room("/one", "PUT")}, 1)
    answers = lambda_handler(app, opening=rooms.open)
    for path in opened:
        rooms.open(path)
    rooms.open("/two")

    for method in ("GET", "PUT"):
        event: dict[str, Any] = {
            "httpMethod": method,
            "path": "/one",
            "headers": {},
            "body": None,
            "requestContext": {},
        }
        assert json.loads(answers(event, None)["body"])["code"] == method


def test_a_room_is_opened_once():
    first = console.open("/console/login")

    assert console.open("/console/login/code") == first
