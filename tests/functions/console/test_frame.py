"""What holds for every page of the console, whatever room it is in."""

import re

import pytest

from functions.api.console.app import rooms
from functions.api.console.routing import PATHS
from functions.api.console.securing import CSP
from tests.console import FORM, Browser, counted

ROUTES = {(method, path) for path, ways in rooms.whole().routes.items() for method in ways}
CLOSED = [each for each, is_open in PATHS.items() if not is_open]
GETS = [path for method, path in CLOSED if method == "GET"]
POSTS = [path for method, path in PATHS if method == "POST"]
SECURITY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def there(path: str) -> str:
    """Some address of this route."""
    return re.sub(r"\{\w+\}", "x", path)


def is_secured(headers: dict[str, str]) -> bool:
    """Whether what every answer bears is there; a page may draw its policy tighter, never wider."""
    return all(headers.get(name) for name in SECURITY) and "unsafe" not in headers["Content-Security-Policy"]


def test_every_route_is_a_page_or_a_file_of_ours():
    assert ROUTES - set(PATHS) == {("GET", "/console/static/{name}")}


def test_pages_have_two_methods():
    assert {method for method, _ in PATHS} == {"GET", "POST"}


@pytest.mark.parametrize("path", GETS)
def test_who_is_not_signed_in_is_sent_to_the_door_and_nothing_is_read(path: str, stranger: Browser):
    with counted() as made:
        page = stranger.get(there(path))

    assert page.status == 303
    assert page.place.startswith("/console/login")
    assert is_secured(page.headers)
    assert made == []


@pytest.mark.parametrize("path", [path for method, path in CLOSED if method == "POST"])
def test_nobody_changes_anything_who_is_not_signed_in(path: str, stranger: Browser):
    with counted() as made:
        page = stranger.post(there(path))

    assert page.status == 401
    assert is_secured(page.headers)
    assert made == []


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_the_sessions_mark_is_refused(path: str, signed_in):
    browser = signed_in("admin")
    for mark in ("", "0" * 64, "é"):
        page = browser.post(there(path), {"csrf": mark})
        assert page.status == 403
        assert is_secured(page.headers)


@pytest.mark.parametrize("path", POSTS)
def test_so_is_one_that_another_site_sent_even_with_the_mark(path: str, signed_in):
    browser = signed_in("admin")
    body = f"csrf={browser.mark}"
    for told in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert browser.send("POST", there(path), body, {**FORM, **told}).status == 403


@pytest.mark.parametrize("path", POSTS)
def test_what_changes_something_is_never_done_by_get(path: str, signed_in):
    if ("GET", path) not in PATHS:
        page = signed_in("admin").get(there(path))
        assert page.status in (404, 405)
        assert is_secured(page.headers)


def test_the_mark_of_one_session_is_none_of_another(signed_in):
    ada, bob = signed_in("admin"), signed_in("editor")

    assert bob.post("/console/logout", {"csrf": ada.mark}).status == 403
    assert bob.get("/console").status == 200


def test_somebody_signed_in_sees_home(signed_in):
    page = signed_in("viewer").get("/console")

    assert page.status == 200
    assert is_secured(page.headers)
    assert "viewer@example.org" in page.words


def test_a_page_of_the_frame_costs_one_read(signed_in):
    browser = signed_in("viewer")
    with counted() as made:
        assert browser.get("/console/account").status == 200

    assert made == ["GetItem"]


def test_no_such_page_says_so_in_the_frame(signed_in):
    for path in (
        "/console/nothing",
        "/console/journeys/a/b/c/d",
        "/console/../etc/passwd",
        "/console/\ud800",
    ):
        page = signed_in("viewer").get(path)
        assert page.status == 404
        assert page.headers["Content-Type"].startswith("text/html")
        assert is_secured(page.headers)


def test_other_methods_are_none_of_ours(signed_in):
    page = signed_in("viewer").send("DELETE", "/console", None, {})

    assert (page.status, page.headers["Allow"]) == (405, "GET, HEAD")


def test_a_head_is_a_page_without_its_body(signed_in):
    page = signed_in("viewer").send("HEAD", "/console/account", None, {})

    assert (page.status, page.text) == (200, "")


@pytest.mark.parametrize(("path", "place"), [("/", "/console"), ("/console/", "/console")])
def test_whoever_comes_near_is_led_in(path: str, place: str, stranger: Browser):
    page = stranger.get(path)

    assert (page.status, page.place) == (303, place)


def test_a_cold_start_of_the_api_pays_nothing_for_the_console():
    import subprocess
    import sys

    asked = (
        "import functions.api.app, sys; print([m for m in sys.modules if 'jinja2' in m or '.console' in m])"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"


def test_behind_a_stage_every_link_cookie_and_redirect_bears_it(people, signed_in):
    from functions.api.app import handler

    browser = signed_in("viewer")
    event = {
        "path": "/console/account",
        "httpMethod": "GET",
        "headers": {"cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())},
        "requestContext": {
            "domainName": "x1.execute-api.us-east-1.amazonaws.com",
            "path": "/live/console/account",
        },
    }

    page = handler(event, None)
    away = handler({**event, "headers": {}}, None)

    assert not re.findall(r'(?:href|action|src)="/(?!live/)', page["body"])
    assert "/live/console/static/" in page["body"]
    assert away["headers"]["Location"].startswith("/live/console/login?next=/console/account")
    assert page["headers"]["Strict-Transport-Security"]
    assert all(
        "; Path=/live/console;" in line and "; Secure" in line and "HttpOnly" in line
        for line in away["multiValueHeaders"]["Set-Cookie"]
    )


def test_times_are_shown_in_the_zone_that_the_browser_told(signed_in):
    browser = signed_in("viewer")
    browser.cookies["sojourn_zone"] = "Europe/Paris"
    assert "Europe/Paris" in browser.get("/console/account").words

    browser.cookies["sojourn_zone"] = "../../etc/passwd"
    page = browser.get("/console/account")
    assert "passwd" not in page.text
    assert "UTC" in page.words


def test_what_is_said_on_the_next_page_cannot_be_made_up(signed_in):
    browser = signed_in("viewer")
    browser.cookies["flash"] = "WW91IHdvbg==.0000"

    assert "You won" not in browser.get("/console/account").words


def test_forms_bear_the_sessions_mark(signed_in, stranger: Browser):
    browser = signed_in("viewer")

    assert browser.get("/console/account").csrf == browser.mark
    assert stranger.get("/console/login").csrf == stranger.mark
