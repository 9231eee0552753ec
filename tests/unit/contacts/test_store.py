"""Rows of profiles and identities."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sojourn.contacts.model import Profile, fold
from sojourn.contacts.store import claim_identity, find_contact, get_profile, new_contact_id, put_profile
from sojourn.errors import StaleWriteError
from tests.cloud import moto_cloud
from tests.partiql import empty

ANN, BOB = "a" * 20, "b" * 20
PROFILE = fold(
    Profile(ANN),
    identity="u#ann",
    sequence="1",
    name="Seen",
    at=datetime(2026, 1, 5, tzinfo=UTC),
    traits={"email": "ann@example.org"},
)


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def nobody() -> None:
    empty("People", "Identity")


def test_an_id_is_made_of_the_event_and_has_no_dash():
    """Message ids are `<contact>-<digest>`: the first dash ends the contact."""
    made = new_contact_id("u#ann|-#web#1")

    assert re.fullmatch("[a-z2-7]{20}", made)
    assert made == new_contact_id("u#ann|-#web#1") != new_contact_id("u#ann|-#web#2")


def test_an_identity_belongs_to_whoever_came_first():
    assert find_contact("u#ann") is None
    assert claim_identity("u#ann", ANN) == ANN
    assert claim_identity("u#ann", ANN) == ANN
    assert claim_identity("u#ann", BOB) == ANN
    assert find_contact("u#ann") == ANN


def test_a_profile_comes_back_as_it_was_put():
    put_profile(PROFILE)

    assert get_profile(ANN) == replace(PROFILE, revision=1)
    assert get_profile(BOB) == Profile(BOB)


@pytest.mark.parametrize("revision", [0, 2])
def test_only_the_next_revision_is_written(revision: int):
    put_profile(PROFILE)

    with pytest.raises(StaleWriteError):
        put_profile(replace(PROFILE, revision=revision, traits={}))

    assert get_profile(ANN).traits == PROFILE.traits
