"""Rows of profiles and identities."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sojourn.contacts.merge import Merge, merged
from sojourn.contacts.model import Deed, Profile, ProfileTooLargeError, fold
from sojourn.contacts.store import (
    Owner,
    claim_identities,
    claim_identity,
    find_contact,
    find_owners,
    get_profile,
    merges_of,
    new_contact_id,
    put_profile,
    record_merge,
    repoint,
    tombstone_of,
    write_of,
)
from sojourn.errors import StaleWriteError
from sojourn.transactions import transact
from tests.cloud import moto_cloud
from tests.partiql import empty

ANN, BOB, EVE = "a" * 20, "b" * 20, "e" * 20
SEEN = Deed(type="track", name="Seen", at="2026-01-05T00:00:00.000Z", key="u#ann|1")
SAID = Deed(
    type="identify",
    name="identify",
    at="2026-01-05T00:00:00.000Z",
    key="u#ann|2",
    traits={"email": "ann@example.org"},
)
PROFILE = fold(fold(Profile(ANN), SEEN, identity="u#ann", sequence="1"), SAID, identity="u#ann", sequence="2")


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


def test_who_claims_what_is_taken_begins_again_and_keeps_what_was_free():
    claim_identities(["u#ann", "a#1"], ANN, trust="browser")
    claim_identities(["u#ann", "e#ann@example.org"], ANN, trust="server")  # its own may be claimed again

    with pytest.raises(StaleWriteError):
        claim_identities(["u#bob", "a#1"], BOB, trust="server")
    with pytest.raises(StaleWriteError):
        claim_identities(["a#1"], BOB, trust="server")

    assert find_owners(["u#ann", "a#1", "u#bob", "e#ann@example.org"]) == {
        "u#ann": Owner(ANN, "server"),
        "a#1": Owner(ANN, "browser"),
        "e#ann@example.org": Owner(ANN, "server"),
        "u#bob": Owner(BOB, "server"),
    }


def test_more_identities_than_a_request_takes_are_found():
    for number in range(120):
        claim_identity(f"a#{number}", ANN)

    assert len(find_owners(f"a#{number}" for number in range(130))) == 120


def unite(survivor: Profile, loser: Profile) -> Profile:
    """In the table, as journeys do it."""
    at, united = "2026-01-06T00:00:00.000Z", merged(survivor, loser)
    who = {"survivor": survivor.contact, "loser": loser.contact}
    row = Merge(**who, at=at, why="alias", identity="u#bob", event="u#ann|9", source="crm")
    assert transact([write_of(united), tombstone_of(loser, survivor.contact), record_merge(row)]) == set()
    return united


def test_whoever_asks_for_a_merged_contact_gets_the_survivor():
    for contact in (ANN, BOB, EVE):
        put_profile(replace(PROFILE, contact=contact))
    unite(get_profile(BOB), get_profile(EVE))
    unite(get_profile(ANN), get_profile(BOB))

    for contact in (ANN, BOB, EVE):
        assert get_profile(contact).contact == ANN
    found = get_profile(EVE)
    assert (found.events["Seen"]["n"], found.merged, found.merging) == (3, (BOB, EVE), (BOB, EVE))
    assert [(merge.survivor, merge.loser) for merge in merges_of(found.collections)] == [
        (ANN, BOB),
        (BOB, EVE),
    ]


def test_a_write_that_did_not_see_the_merge_is_stale():
    put_profile(PROFILE)
    put_profile(replace(PROFILE, contact=BOB))
    ann, bob = get_profile(ANN), get_profile(BOB)
    unite(ann, bob)

    for late in (ann, bob):
        with pytest.raises(StaleWriteError):
            put_profile(late)
    assert transact([write_of(merged(bob, ann)), tombstone_of(ann, BOB)]) == {0, 1}


def test_identities_of_absorbed_contacts_are_repointed_and_no_others():
    claim_identities(["u#ann"], ANN, trust="browser")
    claim_identities(["u#bob"], BOB, trust="server")
    claim_identities(["u#eve"], EVE, trust="server")

    repoint(["u#ann", "u#bob", "u#eve"], EVE, absorbed=[ANN])

    assert [find_contact(identity) for identity in ("u#ann", "u#bob", "u#eve")] == [EVE, BOB, EVE]
    assert find_owners(["u#ann"]) == {"u#ann": Owner(EVE, "browser")}


def test_a_profile_that_no_row_can_hold_is_refused_before_aws_sees_it():
    """C14."""
    large = replace(PROFILE, traits={"bio": "x" * 200_000, "essay": "ä" * 100_000, "plan": "free"})

    with pytest.raises(ProfileTooLargeError) as refused:
        put_profile(large)

    assert refused.value.field == "traits.bio"
    assert get_profile(ANN) == Profile(ANN)


def test_half_a_surrogate_pair_survives():
    put_profile(replace(PROFILE, traits={"name": "\ud83d"}))

    assert get_profile(ANN).traits == {"name": "\ud83d"}
