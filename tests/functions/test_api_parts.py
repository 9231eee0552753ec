"""Lists whose index has parts: asked part after part, everybody comes once; and a cursor is good for its own list."""

import pytest

from functions.api.segment_members import members_on
from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.errors import Problem
from sojourn.segments.members import store as members
from tests.functions.test_api import call, dynamodb, get, press
from tests.functions.test_api_segments import machine, saved
from tests.insight_rows import NOW

__all__ = ["dynamodb", "machine", "press"]
PEOPLE = 40
FREE = "segment: any\nrule:\n  - {attribute: plan, is: free}\n"
HERE = "/api/segments/payers/members"
MATCHING = "/api/segments/payers/matching"


@pytest.fixture
def crowd() -> set[str]:
    """In two segments."""
    found = {f"crowd-{number}" for number in range(PEOPLE)}
    change = {"entered": True, "at": iso(NOW), "cause": "behaviour", "by": "x", "generation": 1, "step": 1}
    for contact in found:
        put_profile(Profile(contact, created_at=iso(NOW)))
        for segment in ("payers", "others"):
            members.note(contact, {**change, "segment": segment})
    for name in ("payers", "others"):
        saved(name)
    return found


@pytest.mark.parametrize("parts", [1, 3, 16])
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_everybody_comes_once_and_no_page_is_empty(crowd, parts: int, limit: int):
    seen, cursor = [], ""
    while True:
        page = get(f"{HERE}?parts={parts}&limit={limit}{cursor}")
        assert 0 < len(page["items"]) <= limit
        seen += [each["contact"] for each in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"

    assert len(seen) == len(set(seen))
    assert set(seen) == crowd


def test_a_page_that_is_just_full_is_the_last(crowd):
    found, more = members_on("payers", PEOPLE, None)

    assert len(found) == PEOPLE
    assert more is None


def test_a_place_that_an_older_release_gave_is_refused():
    with pytest.raises(Problem) as refusal:
        members_on("payers", 50, ["C#ada", "SEG#payers", "0", "x"])

    assert refusal.value.code == "invalid_cursor"


def test_how_many_parts_changes_no_cursor(crowd):
    first = get(f"{HERE}?parts=2&limit=50")
    rest = get(f"{HERE}?limit=50&cursor={first['next']}")

    assert {each["contact"] for each in (*first["items"], *rest["items"])} == crowd


def test_who_is_alone_is_found_at_once(crowd):
    change = {"entered": True, "at": iso(NOW), "cause": "behaviour", "by": "x", "generation": 1, "step": 1}
    saved("lonely")
    members.note("crowd-7", {**change, "segment": "lonely"})

    page = get("/api/segments/lonely/members?parts=1")

    assert [each["contact"] for each in page["items"]] == ["crowd-7"]


@pytest.mark.parametrize("parts", ["0", "17", "x", "-1", "1.5", "²", "9" * 5000])
def test_parts_are_few(crowd, parts: str):
    answer = call("GET", f"{HERE}?parts={parts}")

    assert (answer.status, answer.body["code"]) == (400, "invalid_parameter")


def test_a_list_without_parts_takes_no_such_word():
    assert call("GET", "/api/journeys?parts=3").body["code"] == "unknown_parameter"


def refused(method: str, path: str, cursor: str, *body: str) -> None:
    answer = call(method, f"{path}cursor={cursor}", *body)
    assert (answer.status, answer.body["code"]) == (400, "invalid_cursor"), path


def test_a_cursor_of_one_segment_is_refused_by_another(crowd):
    cursor = get(f"{HERE}?limit=1")["next"]

    refused("GET", "/api/segments/others/members?", cursor)
    refused("GET", "/api/segments/none/members?", cursor)
    refused("GET", f"{HERE}?profiles=true&", cursor)
    refused("POST", f"{MATCHING}?", cursor, FREE)
    refused("GET", "/api/contacts?", cursor)


def test_a_cursor_of_who_fits_is_good_for_who_fits_there(crowd):
    cursor = call("POST", f"{MATCHING}?limit=1", FREE).body["next"]

    assert call("POST", f"{MATCHING}?limit=1&cursor={cursor}", FREE).status == 200
    refused("POST", "/api/segments/others/matching?", cursor, FREE)
    refused("GET", f"{HERE}?", cursor)


@pytest.mark.parametrize("kind", ["journeys", "segments", "templates"])
def test_names_of_one_kind_are_asked_alone(crowd, kind: str):
    assert list(get(f"/api/names?of={kind}")) == [kind]


def test_names_of_what_nothing_is_called_are_refused():
    assert call("GET", "/api/names?of=contacts").body["code"] == "invalid_parameter"


def test_a_draft_is_its_text(crowd):
    told = get("/api/segments/payers/draft")

    assert (told["name"], told["revision"]) == ("payers", 1)
    assert "segment: payers" in told["source"]
    assert call("GET", "/api/segments/none/draft").status == 404
