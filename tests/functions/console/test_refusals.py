"""What a page says when something is wrong: what it was and what to do, and nothing that is nobody's business."""

import re
from dataclasses import replace
from typing import Any

import pytest

from functions.api.console.app import rooms
from functions.api.console.refusals import refusal
from functions.api.console.routing import PATHS
from functions.api.console.session import Session
from functions.api.world import world
from sojourn.errors import Problem
from sojourn.http.keys import Key
from tests.console import Browser

HOSTILE = "<img src=x onerror=alert(1)>"
OF_ONE = tuple(f"/console/{room}/" for room in ("contacts", "imports", "journeys", "segments", "templates"))
FORMS = [path for path in rooms.whole().routes if ("POST", path) in PATHS]
VIEWER = Session(id="x", key=Key("vi", role="viewer"), email="vi@example.org")


@pytest.mark.parametrize("is_part", [False, True])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 413, 422, 429, 500, 502, 503, 418])
def test_every_problem_has_a_page_and_a_part(status: int, is_part: bool):
    session = Session(id="x", key=VIEWER.key, is_part=is_part)

    answer = refusal(session, Problem(status, "code", f"what to do {HOSTILE}"))

    assert answer.status_code == status
    assert "what to do &lt;img" in answer.body
    assert HOSTILE not in answer.body
    assert ("<html" in answer.body) is not is_part


def test_who_may_not_is_told_which_role_it_takes_and_whom_to_ask():
    said = refusal(VIEWER, Problem(403, "role_too_low", "for programs", role="approver")).body

    assert "asks for the role approver, and yours is viewer" in said
    assert "An admin of your team" in said
    assert "for programs" not in said


def test_errors_with_lines_and_what_others_changed_are_shown():
    error = {"line": 3, "problem": HOSTILE, "remedy": "write it out"}
    more: dict[str, Any] = {"errors": [error, {"problem": "bare"}, "text"], "diff": ["-old", f"+{HOSTILE}"]}

    said = refusal(VIEWER, Problem(409, "revision_conflict", "read it again", **more)).body

    assert "Line 3:" in said
    assert "Write it out" in said
    assert HOSTILE not in said
    assert "+&lt;img" in said


@pytest.mark.parametrize("path", FORMS)
def test_what_was_refused_leads_back_to_a_page_that_there_is(path: str):
    session = replace(VIEWER, path=f"{path}?x=1")
    said = refusal(session, Problem(409, "conflict", "read it again")).body

    places = re.findall(r'class="button primary" href="([^"]+)"', said)
    assert {("GET", place) for place in places} <= set(PATHS)
    assert places or not (path.startswith(OF_ONE) and path.count("/") > 3)
    assert 'class="button primary"' not in refusal(session, Problem(404, "none", "there is none")).body


def test_headers_of_a_problem_stand_on_its_page():
    answer = refusal(VIEWER, Problem(429, "rate_limited", "wait", headers={"Retry-After": "7"}))

    assert answer.headers["Retry-After"] == "7"


def test_a_fault_of_ours_is_a_page_without_its_story(signed_in):
    browser: Browser = signed_in("admin")

    def broken() -> Any:
        raise ZeroDivisionError("secret-word in functions/api")

    world().tokens = broken
    page = browser.get("/console/account")

    assert page.status == 500
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert not [
        word for word in ("secret-word", "Traceback", "functions/", "ZeroDivision") if word in page.text
    ]


def test_while_the_pools_keys_cannot_be_read_nobody_is_put_out(signed_in):
    browser: Browser = signed_in("admin")
    there, tokens = dict(browser.cookies), world().tokens

    def silent() -> Any:
        raise Problem(503, "sign_in_unavailable", "try again")

    world().tokens = silent
    assert browser.get("/console/account").status == 503

    world().tokens = tokens
    assert browser.cookies == there
    assert browser.get("/console/account").status == 200
