"""The shim under Chalice, for any app; bodies and keys."""

import base64
import json
from datetime import timedelta
from typing import Any, cast

import pytest
from chalice.app import BadRequestError, Chalice, Request, Response

from sojourn.clock import ManualClock, parse_iso
from sojourn.errors import Problem, StoreBusyError
from sojourn.http import Cors, is_head, lambda_handler
from sojourn.http.bodies import is_deeper_than
from sojourn.http.cors import allowed_origin
from sojourn.http.identify import IdentifySecrets
from sojourn.http.keys import Key, Keys, key_row_id

T0 = parse_iso("2026-11-21T10:00:00.000Z")
GIF = b"GIF89a\x01\x00"


def an_app() -> Chalice:
    app = Chalice("test", configure_logs=False)

    @app.route("/things/{name}", methods=["GET", "PUT"])
    def things(name: str) -> dict[str, str]:
        return {"name": name, "head": str(is_head(cast(Request, app.current_request)))}

    @app.route("/pixel.gif")
    def pixel() -> Response:
        return Response(GIF, {"Content-Type": "image/gif"})

    @app.route("/moved")
    def moved() -> Response:
        return Response("", {"Location": "https://example.org/"}, 302)

    @app.route("/json", methods=["POST"])
    def only_json() -> dict[str, str]:
        return {}

    @app.route("/fails/{how}")
    def fails(how: str) -> None:
        raise {
            "problem": Problem(409, "stale", "read it again", revision=7, headers={"ETag": "7"}),
            "busy": StoreBusyError("Events"),
            "bug": ZeroDivisionError("secret"),
            "chalice": BadRequestError("no"),
        }[how]

    return app


def call(
    method: str, path: str, *, cors: Cors | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    event = {
        "httpMethod": method,
        "path": path,
        "headers": headers,
        "body": None,
        "requestContext": {"stage": "x"},
    }
    return lambda_handler(an_app(), cors=cors)(event, None)


@pytest.mark.parametrize(
    ("path", "name"),
    [("a", "a"), ("a%20b", "a b"), ("a%2Fb", "a/b"), ("u#1", "u#1"), ("a?b;c", "a?b;c")],
)
def test_parameters_come_as_they_were_meant(path: str, name: str):
    assert json.loads(call("GET", f"/things/{path}")["body"]) == {"name": name, "head": "False"}


def test_bodies_may_be_labelled_as_anything():
    assert call("POST", "/json", headers={"Content-Type": "text/plain"})["statusCode"] == 200


def test_a_body_that_is_no_text_is_refused():
    event = {"httpMethod": "POST", "path": "/json", "headers": {}, "body": "\ud800", "requestContext": {}}

    answer = lambda_handler(an_app())(event, None)

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (400, "invalid_utf8")


def test_head_is_get_without_a_body():
    answer = call("HEAD", "/things/a")

    assert (answer["statusCode"], answer["body"]) == (200, "")


@pytest.mark.parametrize("headers", [None, {}, {"Accept": "text/html"}])
def test_bytes_leave_in_base64_whatever_the_caller_accepts(headers: dict[str, str] | None):
    answer = call("GET", "/pixel.gif", headers=headers)

    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert base64.b64decode(answer["body"]) == GIF


def test_a_redirect_is_left_alone():
    answer = call("GET", "/moved")

    assert (answer["statusCode"], answer["headers"], answer["body"]) == (
        302,
        {"Location": "https://example.org/"},
        "",
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/things/a/", 404, "not_found"),
        ("GET", "//things/a", 404, "not_found"),
        ("DELETE", "/things/a", 405, "method_not_allowed"),
        ("OPTIONS", "/things/a", 405, "method_not_allowed"),
        ("GET", "/things/\ud800", 404, "not_found"),
        ("GET", "/fails/problem", 409, "stale"),
        ("GET", "/fails/busy", 503, "try_again"),
        ("GET", "/fails/bug", 500, "internal_error"),
        ("GET", "/fails/chalice", 400, "bad_request"),
    ],
)
def test_every_failure_is_a_problem(method: str, path: str, status: int, code: str):
    answer = call(method, path, headers={"Content-Type": "text/plain"})

    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["status"], body["code"]) == (status, status, code)
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert body["title"]
    assert body["message"] == body["detail"]
    assert "secret" not in answer["body"]


def test_a_problem_keeps_its_fields_and_headers():
    answer = call("GET", "/fails/problem")

    assert json.loads(answer["body"])["revision"] == 7
    assert answer["headers"]["ETag"] == "7"
    assert int(call("GET", "/fails/busy")["headers"]["Retry-After"]) > 0
    assert call("DELETE", "/things/a")["headers"]["Allow"] == "GET, HEAD, PUT"


@pytest.mark.parametrize("origin", ["https://a.b", "http://localhost:3000", "https://[::1]:8443"])
def test_an_origin_is_allowed_by_name(origin: str):
    assert allowed_origin(origin) == origin
    assert allowed_origin(None) == "*"
    assert allowed_origin(origin + "\n") is None


@pytest.mark.parametrize(("value", "depth"), [({}, 1), ([], 1), ({"a": []}, 2), ([{"a": [1]}, 2], 3)])
def test_depth(value: Any, depth: int):
    assert is_deeper_than(depth - 1, value)
    assert not is_deeper_than(depth, value)


def test_a_key_is_remembered_a_minute_and_a_refusal_five_seconds():
    rows: dict[str, dict[str, Any]] = {key_row_id("write", "k"): {"name": "shop", "active": True}}
    clock = ManualClock(T0)
    keys = Keys(clock, lookup=rows.get)
    assert (keys.find("write", "k"), keys.find("api", "k"), keys.find("write", "new")) == (
        Key("shop"),
        None,
        None,
    )

    rows[key_row_id("write", "new")] = rows.pop(key_row_id("write", "k"))
    assert (keys.find("write", "k"), keys.find("write", "new")) == (Key("shop"), None)
    clock.now = T0 + timedelta(seconds=5)
    assert (keys.find("write", "k"), keys.find("write", "new")) == (Key("shop"), Key("shop"))
    clock.now = T0 + timedelta(seconds=60)
    assert keys.find("write", "k") is None


def test_what_stands_on_a_page_opens_only_the_door_for_events():
    row = {"name": "web", "active": True, "kind": "browser", "origins": ["https://shop.example"]}
    keys = Keys(ManualClock(T0), lookup=lambda _: row)

    assert keys.find("write", "k") == Key("web", True, ("https://shop.example",))
    assert (keys.find("api", "k"), keys.find("hook", "k")) == (None, None)


def test_a_server_s_key_is_for_nobody_s_pages():
    row = {"name": "shop", "active": True, "kind": "server", "origins": ["https://shop.example"]}

    assert Keys(ManualClock(T0), lookup=lambda _: row).find("write", "k") == Key("shop")


def test_secrets_are_read_once_a_minute():
    rows = [{"active": "i1", "keys": {"i1": "a"}}, {"active": "i2", "keys": {"i1": "a", "i2": "b"}}]
    clock = ManualClock(T0)
    secrets = IdentifySecrets(clock, lookup=lambda _: rows.pop(0))
    assert [secrets(), secrets()] == [("a",), ("a",)]

    clock.now = T0 + timedelta(seconds=60)

    assert secrets() == ("a", "b")


def test_a_preflight_names_the_methods_of_its_path():
    asked = {"Origin": "https://shop.example"}
    answer = call("OPTIONS", "/things/a", cors=Cors(headers=("x-a", "x-b")), headers=asked)

    assert answer["statusCode"] == 204
    assert answer["headers"]["Access-Control-Allow-Methods"] == "GET, PUT, OPTIONS"
    assert answer["headers"]["Access-Control-Allow-Headers"] == "x-a, x-b"
    assert answer["headers"]["Access-Control-Expose-Headers"] == "Retry-After, X-RateLimit-Reset"


@pytest.mark.parametrize(
    "row",
    [
        None,
        {},
        {"name": "a"},
        {"active": True},
        {"name": "a", "active": "yes"},
        {"name": "a#b", "active": True},
        {"name": "sojourn", "active": True},
        {"name": "import:1", "active": True},
    ],
)
def test_rows_that_are_no_keys(row: dict[str, Any] | None):
    assert Keys(ManualClock(T0), lookup=lambda _: row).find("write", "k") is None
    assert Keys(ManualClock(T0), lookup=lambda _: {"name": "a", "active": True}).find("write", "") is None
