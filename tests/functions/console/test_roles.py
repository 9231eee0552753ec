"""Who may do what in the console (T121): each page and form, asked by the least role that may and by the next below."""

import pytest

from functions.api.console.routing import PATHS
from functions.api.roles import Role
from tests.console import counted
from tests.functions.console.conftest import SignedIn
from tests.functions.console.full_house import address, full_house, pages
from tests.insight_rows import ADA

OWN, SETTINGS = "/console/account", "/console/settings/"
# Whoever is signed in may look, and send the forms of their own account; an editor sends the others, an admin those of
# the settings. But:
LEAST: dict[tuple[str, str], Role] = {
    **dict.fromkeys(
        [
            ("POST", "/console/contacts"),  # the search, which is a form for the sake of addresses in logs
            ("POST", "/console/journeys/{name}/rehearse"),
            ("POST", "/console/logout"),
            ("POST", "/console/people/filter"),
            ("POST", "/console/rehearse"),
            ("POST", "/console/segments/preview"),
            ("POST", "/console/templates/{name}/as"),
            ("POST", "/console/templates/{name}/check"),
            ("POST", "/console/templates/{name}/draft"),
        ],
        Role.VIEWER,
    ),
    **dict.fromkeys(
        [
            ("GET", "/console/journeys/{name}/edit"),
            ("GET", "/console/journeys/{name}/enrol"),
            ("GET", "/console/new-import/columns"),
            ("GET", "/console/new-import/large"),
            ("GET", "/console/new-journey"),
        ],
        Role.EDITOR,
    ),
    **dict.fromkeys(
        [
            ("GET", "/console/journeys/{name}/move"),
            ("GET", "/console/journeys/{name}/pause"),
            ("GET", "/console/journeys/{name}/release"),
            ("GET", "/console/journeys/{name}/resume"),
            ("GET", "/console/journeys/{name}/stop"),
            ("GET", "/console/messages/{message}/discard"),
            ("POST", "/console/journeys/{name}/agree"),
            ("POST", "/console/journeys/{name}/continue"),
            ("POST", "/console/journeys/{name}/move"),
            ("POST", "/console/journeys/{name}/pause"),
            ("POST", "/console/journeys/{name}/publish"),
            ("POST", "/console/journeys/{name}/release"),
            ("POST", "/console/journeys/{name}/resume"),
            ("POST", "/console/journeys/{name}/stop"),
            ("POST", "/console/messages/{message}/discard"),
            ("POST", "/console/messages/{message}/release"),
            ("POST", "/console/runs/{run}/end"),
            ("POST", "/console/runs/{run}/restart"),
            ("POST", "/console/segments/{name}/publish"),
            ("POST", "/console/segments/{name}/retire"),
            ("POST", "/console/settings/mode"),
        ],
        Role.APPROVER,
    ),
    **dict.fromkeys(
        [
            ("GET", "/console/contacts/{contact}/exports/{job}"),
            ("GET", "/console/settings/changes"),
            ("GET", "/console/settings/hooks"),
            ("GET", "/console/settings/hooks/{hook}/close"),
            ("GET", "/console/settings/keys"),
            ("GET", "/console/settings/keys/{key}/revoke"),
            ("GET", "/console/settings/secrets/{secret}/rotate"),
            ("GET", "/console/settings/team"),
            ("GET", "/console/settings/team/{person}/remove"),
            ("POST", "/console/contacts/{contact}/erase"),
            ("POST", "/console/contacts/{contact}/export"),
        ],
        Role.ADMIN,
    ),
}
# What a form must say before anybody looks at who sends it.
SAID = {
    "/console/contacts/{contact}/edit": {"new_name": "plan", "new_value": "pro"},
    "/console/contacts/{contact}/erase": {"typed": ADA},
    "/console/contacts/{contact}/tags": {"tag": "x"},
    "/console/new-segment": {"source": "segment: new\nrule:\n  - {attribute: plan, is: pro}\n"},
    "/console/new-template": {
        "name": "new",
        "version": "0",
        "channel": "sms",
        "purpose": "marketing",
        "text": "Hello",
    },
    "/console/templates/{name}/edit": {
        "version": "1",
        "channel": "email",
        "subject": "Hello",
        "text": "Hello",
    },
}
# Forms that ask more first, or lead to another page as whatever they change is not there: nobody's row may change.
ASKS_FIRST = {
    "/console/contacts/{contact}/merge",
    "/console/journeys/{name}/enrol",
    "/console/journeys/{name}/move",
    "/console/new-import",
    "/console/people/change",
    "/console/settings/health/queues/{queue}/{act}",
}
WRITES = ("Put", "Update", "Delete", "Transact", "BatchWrite", "Invoke", "Start", "Send", "Admin", "http")
ROUTES = [(method, path) for method in ("GET", "POST") for path in pages(method) if not PATHS[method, path]]


def least(method: str, path: str) -> Role:
    """The lowest role that may."""
    usual = Role.VIEWER if method == "GET" or path.startswith(OWN) else Role.EDITOR
    return LEAST.get((method, path), Role.ADMIN if method == "POST" and path.startswith(SETTINGS) else usual)


GUARDED = [route for route in ROUTES if least(*route) > Role.VIEWER]


def test_no_role_is_said_of_a_page_that_is_gone():
    assert set(LEAST) <= set(ROUTES)
    assert {("POST", path) for path in (*SAID, *ASKS_FIRST)} <= set(ROUTES)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_the_role_below_is_refused_and_nothing_changes(method: str, path: str, signed_in: SignedIn):
    here = address(path, full_house())
    browser = signed_in(Role(least(method, path) - 1).word)

    with counted() as made:
        page = browser.get(here) if method == "GET" else browser.post(here, SAID.get(path, {}))

    assert page.status == 403 or path in ASKS_FIRST, (page.status, page.words[:300])
    assert [call for call in made if call.startswith(WRITES)] == []


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_who_may_is_not_refused(method: str, path: str, signed_in: SignedIn):
    browser = signed_in(least(method, path).word)
    here = address(path, full_house() if method == "GET" else {})

    page = browser.get(here) if method == "GET" else browser.post(here)

    assert page.status != 403
    assert page.status < 500
