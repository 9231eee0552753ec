"""What a page of the console costs with many people: at most five calls of AWS, and none that reads a whole table."""

import pytest

from functions.api.console.routing import PATHS
from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile, put_profile
from sojourn.segments.members import store as members
from tests.console import counted
from tests.functions.console.conftest import SignedIn
from tests.functions.console.full_house import address, full_house, pages
from tests.insight_rows import NOW

MOST = 5
PEOPLE = 120  # two pages and more: moto takes minutes for ten thousand, and calls do not grow with the people
# An index of one journey's or segment's people has sixteen parts, so that it takes writes; a page asks one after the
# other till it is full, so the smaller the crowd, the more of them.
PARTS, BESIDES = 16, 4
DEARER: dict[str, tuple[int, str]] = {
    "/console/contacts?segment=payers": (PARTS + BESIDES, "the parts of a segment"),
    "/console/journeys/{name}/move": (PARTS + BESIDES, "counts who stands where, in all parts of a journey"),
    "/console/journeys/{name}/people?step=Wait+two+days": (PARTS + BESIDES, "the parts of a journey"),
    "/console/segments/{name}/edit": (6, "the segment, and the names that its builder offers"),
    "/console/segments/{name}/members": (PARTS + BESIDES, "the parts of a segment"),
    "/console/segments/{name}/publish": (
        15,
        "tries the new rule on a sample of people, a second and a half at most",
    ),
    "/console/waiting": (12, "comes after home: six queues of failures, asked one by one, and five lists"),
    "/console/settings/health/queues": (9, "SQS is asked for one queue at a time"),
}
SAMPLES = {"/console/segments/{name}/publish"}  # the sample is read by pages of a scan, docs/segments.md
LISTS = [
    "/console/contacts?segment=payers",
    "/console/contacts/{contact}?kind=events",
    "/console/journeys/{name}/people?step=Wait+two+days",
    "/console/journeys/{name}/versions?with=1&than=2",
]


def a_crowd() -> dict[str, str]:
    """The full house, with members."""
    named = full_house()
    if not get_profile("crowd-1").revision:
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

    with counted() as made:
        browser.get(here)

    most, _ = DEARER.get(path, (MOST, ""))
    assert "Scan" not in made or path in SAMPLES
    assert len(made) <= most, made
