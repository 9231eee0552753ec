"""Folding events into a profile."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sojourn.clock import iso
from sojourn.contacts.model import Profile, fold

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DEEDS = st.lists(st.tuples(st.sampled_from(["Seen", "Bought"]), st.integers(0, 10_000)), max_size=12)


def folded(deeds: list[tuple[str, int]], **traits: Any) -> Profile:
    profile = Profile("c")
    for number, (name, minutes) in enumerate(deeds, start=1):
        at = NOON + timedelta(minutes=minutes)
        profile = fold(profile, identity="u#1", sequence=str(number), name=name, at=at, traits=traits)
    return profile


@given(DEEDS.flatmap(lambda deeds: st.tuples(st.just(deeds), st.permutations(deeds))))
def test_counts_and_times_do_not_depend_on_the_order(orders: Any):
    deeds, shuffled = orders

    assert folded(deeds).events == folded(shuffled).events
    assert folded(deeds).created_at == folded(shuffled).created_at


@given(DEEDS)
def test_every_deed_is_counted_between_its_first_and_its_last(deeds: list[tuple[str, int]]):
    for name, seen in folded(deeds).events.items():
        when = sorted(iso(NOON + timedelta(minutes=minutes)) for deed, minutes in deeds if deed == name)
        assert seen == {"n": len(when), "first": when[0], "last": when[-1]}


def test_a_later_trait_replaces_and_none_removes():
    profile = folded([("identify", 0)], email="a@example.org", plan="free")

    changed = fold(
        profile,
        identity="u#1",
        sequence="2",
        name="identify",
        at=NOON,
        traits={"plan": None, "phone": "+12125550123"},
    )

    assert changed.traits == {"email": "a@example.org", "phone": "+12125550123"}
    assert (changed.email, changed.phone, changed.timezone) == ("a@example.org", "+12125550123", None)


def test_sequences_are_compared_as_numbers():
    """The stream's numbers have 21 digits or more, and grow."""
    profile = fold(Profile("c"), identity="u#1", sequence="999", name="Seen", at=NOON, traits={})

    assert profile.has_folded("u#1", "999")
    assert profile.has_folded("u#1", "1")
    assert not profile.has_folded("u#1", "1000")
    assert not profile.has_folded("a#1", "1")


def test_an_address_that_is_no_text_is_no_address():
    profile = folded([("identify", 0)], email=7, phone="", timezone=["Europe/Berlin"])

    assert (profile.email, profile.phone, profile.timezone) == (None, None, None)
