"""Two contacts that are one person, merged by hand: seen side by side first, and never by a slip."""

import boto3
import pytest

from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, get_profile, put_profile
from sojourn.events.store import history
from tests.cloud import REGION
from tests.console import counted
from tests.functions.console.contacts_there import PATH, live_through
from tests.insight_rows import ADA, NOW, empty

HOSTILE = "<script>alert(1)</script>"
BOB = "b" * 20
MERGE = f"{PATH}/merge"


@pytest.fixture(autouse=True)
def _two(clock: object) -> None:
    """Ada, and somebody younger who may be her."""
    empty(boto3.client("dynamodb", region_name=REGION), "Events", "Identity", "People")
    live_through("pro", name="Ada")
    for identity in ("u#bob", "e#ada@work.example"):
        claim_identity(identity, BOB)
    traits = {"plan": HOSTILE, "city": "Oslo", "email": "ada@work.example"}
    put_profile(Profile(BOB, traits=traits, identities=("u#bob",), created_at=NOW.isoformat()))


def merged() -> list[str]:
    return [event.type for event in history(["u#ada"]) if event.source == "api"]


@pytest.mark.parametrize("who", ["bob", "ada@work.example", BOB])
def test_the_other_is_named_by_any_name_and_the_address_tells_none(who: str, signed_in):
    answer = signed_in("editor").post(MERGE, who=who)

    assert answer.place.endswith(f"{MERGE}?with={BOB}")


@pytest.mark.parametrize("who", ["", "eve", "ada", HOSTILE])
def test_who_cannot_be_the_other_is_said_to_be(who: str, signed_in):
    page = signed_in("editor").post(MERGE, who=who)

    assert page.status == 422
    assert "error" in page.text
    assert HOSTILE not in page.text


def test_both_are_seen_side_by_side_with_what_they_would_be_together(signed_in):
    browser = signed_in("editor")
    with counted() as made:
        page = browser.get(f"{MERGE}?with={BOB}")

    assert page.status == 200
    assert "Stays: Ada" in page.words
    assert "Oslo" in page.words
    assert BOB in page.words
    assert HOSTILE not in page.text
    assert len(made) <= 5
    assert "Scan" not in made


@pytest.mark.parametrize("typed", ["", "bob", ADA])
def test_nobody_is_merged_without_the_id_of_who_goes(typed: str, signed_in):
    page = signed_in("editor").post(MERGE, {"with": BOB, "typed": typed})

    assert page.status == 422
    assert "nothing was merged" in page.words
    assert merged() == []


@pytest.mark.parametrize(("contact", "other"), [(ADA, BOB), (BOB, ADA)], ids=["survivor", "loser"])
def test_with_the_id_they_become_one_wherever_it_was_begun(contact: str, other: str, signed_in):
    browser = signed_in("editor")

    answer = browser.post(f"/console/contacts/{contact}/merge", {"with": other, "typed": BOB})

    assert answer.place.endswith(PATH)
    assert merged() == ["alias"]
    assert get_profile(ADA).contact == ADA


def test_a_viewer_may_look_and_not_merge(signed_in):
    viewer = signed_in("viewer")

    assert "/merge" not in viewer.get(PATH).text
    assert viewer.post(MERGE, {"with": BOB, "typed": BOB}).status == 403
    assert merged() == []
