"""What a page of the console costs with many people: at most five calls of AWS, and none that reads a whole table."""

import re
from html import unescape

import pytest

from functions.api.console.palette import names
from functions.api.console.routing import PATHS
from functions.api.world import world
from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile, put_profile
from sojourn.segments import publish
from sojourn.segments.members import store as members
from tests.console import counted
from tests.functions.console.conftest import SignedIn
from tests.functions.console.full_house import address, full_house, pages
from tests.insight_rows import NOW

MOST = 5
QUEUES = "/console/settings/health/queues"
PIECED_PEOPLE = "/console/journeys/{name}/people?step=Wait+two+days"
PEOPLE = 120  # two pages and more: moto takes minutes for ten thousand, and calls do not grow with the people
# Indexes have parts, eight of open runs and sixteen of a segment, so that they take writes. A page asks a few and its
# list the rest by itself; that nobody is there at all, only all parts together tell.
RUNS, MEMBERS = 8, 16
DEARER: dict[str, tuple[int, str]] = {
    "/console/contacts/{contact}/explain?journey=welcome": (
        17,
        "what a journey asks at its door, what became of the run, and why: for one person, when somebody wants to know",
    ),
    "/console/journeys/{name}?count=yes": (
        13,
        "counts who stands where, in all parts of the index; by itself the page comes without, and asks for it",
    ),
    "/console/journeys/{name}/move?count=yes": (17, "the same"),
    "/console/journeys/{name}/people?step=Remind": (2 + RUNS, "nobody stands there"),
    "/console/runs?state=late": (1 + RUNS, "nobody stands still"),
    "/console/segments/nobody/members": (3 + MEMBERS, "nobody is in it"),
    "/console/segments/{name}/publish": (
        15,
        "tries the new rule on a sample of people, a second and a half at most",
    ),
    "/console/waiting": (12, "all figures at once, where no scripts run: home asks for one at a time"),
}
SAMPLES = {"/console/segments/{name}/publish"}  # the sample is read by pages of a scan, docs/segments.md
LISTS = [
    "/console/contacts?segment=payers",
    "/console/contacts/{contact}?kind=events",
    "/console/contacts/{contact}/explain?journey=welcome",
    "/console/journeys/{name}/people?step=Wait+two+days",
    "/console/journeys/{name}/people?step=Remind",
    "/console/journeys/{name}/versions?with=1&than=2",
    "/console/journeys/{name}?count=yes",
    "/console/journeys/{name}/move?count=yes",
    "/console/messages?journey=welcome",
    "/console/people/filter?segment=payers",
    "/console/runs?state=late",
    "/console/segments/nobody/members",
    "/console/settings/changes?actor=ad",
]
# What pages ask for by themselves: of sixteen parts a few at a time, and each figure and row alone.
PIECES: dict[str, tuple[int, str]] = {
    "/console/contacts?segment=payers&left=50": (MOST, ""),
    "/console/journeys/{name}/people?step=Wait+two+days&left=50": (MOST, ""),
    "/console/journeys/{name}/row": (MOST, ""),
    "/console/journeys/{name}/outline": (13, "counts who stands where, in all parts of the index"),
    "/console/journeys/{name}/older": (17, "the same"),
    "/console/segments/{name}/members?left=50": (MOST, ""),
    "/console/segments/{name}/size": (MOST, ""),
    "/console/settings/health/queues": (MOST, ""),
    "/console/waiting?of=approvals": (MOST, ""),
    "/console/waiting?of=imports": (MOST, ""),
    "/console/waiting?of=messages": (MOST, "and one more for each journey that is live beyond three"),
    "/console/waiting?of=failures": (7, "six queues of failures, and SQS tells of one at a time"),
}


@pytest.fixture(autouse=True)
def _as_somebody_comes_back() -> None:
    """The names of what there is are as old as can be."""
    names.forget()


def a_crowd() -> dict[str, str]:
    """The full house, with members."""
    named = full_house()
    if not get_profile("crowd-1").revision:
        publish.save("nobody", "segment: nobody\nrule: [{attribute: plan, is: none}]\n", revision=0)
        for number in range(PEOPLE):
            contact = f"crowd-{number}"
            traits = {"email": f"{contact}@example.org", "plan": "pro"}
            put_profile(Profile(contact, traits=traits, created_at=iso(NOW)))
            change = {"segment": "payers", "entered": True, "at": iso(NOW), "cause": "behaviour", "by": "x"}
            members.note(contact, {**change, "generation": 1, "step": 1})
    return named


@pytest.mark.parametrize("path", [*(path for path in pages() if not PATHS["GET", path]), *LISTS])
def test_a_page_costs_few_calls_and_no_scan(path: str, signed_in: SignedIn):
    here = address(path, a_crowd())
    browser = signed_in("admin")
    world().link_keys()  # a container knows for an hour what it signs cursors with

    with counted() as made:
        browser.get(here)

    most, _ = DEARER.get(path, (MOST, ""))
    assert "Scan" not in made or path in SAMPLES
    assert len(made) <= most, made


def test_what_may_cost_more_is_asked():
    assert set(DEARER) <= {*pages(), *LISTS}


@pytest.mark.parametrize("path", PIECES)
def test_what_a_page_asks_for_by_itself_costs_few_calls_too(path: str, signed_in: SignedIn):
    here = address(path, a_crowd())
    browser = signed_in("admin")
    world().link_keys()

    with counted() as made:
        assert browser.part(here).status == 200

    assert "Scan" not in made
    assert len(made) <= PIECES[path][0], made


@pytest.mark.parametrize(
    "path", ["/console/contacts?segment=payers", "/console/segments/{name}/members", PIECED_PEOPLE, QUEUES]
)
def test_every_piece_of_a_list_costs_few_calls(path: str, signed_in: SignedIn):
    """Till nobody is left: the last pieces ask as much as the first, or less."""
    browser = signed_in("admin")
    world().link_keys()
    text, pieces = browser.get(address(path, a_crowd())).text, 0
    while found := re.search(r'(?:<tr class="rest" hx-get|<a [^>]*rel="next"[^>]* href)="([^"]*)"', text):
        with counted() as made:
            text = browser.part(unescape(found[1])).text
        assert len(made) <= MOST, made
        pieces += 1

    assert pieces
