"""Folding events into a profile, in whatever order they come, into however many profiles that become one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clock import iso
from sojourn.contacts.model import Deed, News, Profile, content, fold, join
from sojourn.contacts.seen import DAYS

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
NAMES = [
    "identify",
    "Seen",
    "Order Completed",
    "Order Refunded",
    "Tag Added",
    "Tag Removed",
    "Message Clicked",
]
TRAITS = st.dictionaries(
    st.sampled_from(["email", "phone", "plan", "city"]), st.sampled_from([None, "x", "y", 7]), max_size=3
)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "total": st.integers(0, 100),
        "currency": st.sampled_from(["EUR", "USD"]),
        "order_id": st.sampled_from(["1", "2"]),
        "tag": st.sampled_from(["vip", "new"]),
        "channel": st.sampled_from(["email", "sms"]),
        "class": st.sampled_from(["human", "machine"]),
    },
)


MANY_DAYS = st.lists(st.integers(0, 200), min_size=1, max_size=150)


@st.composite
def deeds(draw: st.DrawFn) -> list[Deed]:
    """A life: what somebody did, some of it at one instant."""
    count = draw(st.integers(0, 10))
    return [_deed(number, draw) for number in range(count)]


def _deed(number: int, draw: st.DrawFn) -> Deed:
    name = draw(st.sampled_from(NAMES))
    return Deed(
        type="identify" if name == "identify" else "track",
        name=name,
        at=iso(NOON + timedelta(days=draw(st.integers(0, 90)))),
        key=f"u#1|{number}",
        source=draw(st.sampled_from(["web", "sojourn", "import:1"])),
        properties=draw(PROPERTIES),
        traits=draw(TRAITS) if name == "identify" else {},
        trust=draw(st.sampled_from(["server", "proved", "browser"])),
    )


def folded(life: list[Deed], profile: Profile | None = None) -> Profile:
    profile = profile or Profile("c")
    for number, deed in enumerate(life, start=1):
        news = News.IMPORTED if deed.source == "import:1" else News.NEWS
        profile = fold(profile, deed, identity="u#1", sequence=str(number), news=news)
    return profile


def a_deed(name: str = "identify", *, minutes: float = 0, key: str = "k", **facts: Any) -> Deed:
    kind = "identify" if name == "identify" else "track"
    return Deed(type=kind, name=name, at=iso(NOON + timedelta(minutes=minutes)), key=key, **facts)


@given(deeds().flatmap(lambda life: st.tuples(st.just(life), st.permutations(life))))
def test_the_content_does_not_depend_on_the_order_of_events(orders: Any):
    life, shuffled = orders

    assert content(folded(life)) == content(folded(shuffled))


@given(deeds(), st.lists(st.integers(0, 3), min_size=10, max_size=10), st.permutations(range(4)))
def test_the_content_does_not_depend_on_which_contacts_did_what_nor_on_the_order_of_merges(
    life: list[Deed], whose: list[int], order: list[int]
):
    parts = [
        folded([deed for deed, one in zip(life, whose, strict=False) if one == part]) for part in range(4)
    ]

    in_a_row = reduce(join, (parts[part] for part in order))
    in_pairs = join(join(parts[order[3]], parts[order[1]]), join(parts[order[0]], parts[order[2]]))

    assert content(in_a_row) == content(in_pairs) == content(folded(life))


@given(deeds())
def test_every_deed_is_counted_between_its_first_and_its_last(life: list[Deed]):
    for name, seen in folded(life).events.items():
        when = sorted(deed.at for deed in life if deed.name == name)
        assert (seen["n"], seen["first"], seen["last"]) == (len(when), when[0], when[-1])
        assert sum(seen["days"].values()) == len(when)


@given(
    st.lists(st.integers(0, 200), min_size=1, max_size=150).flatmap(
        lambda days: st.tuples(st.just(days), st.permutations(days))
    )
)
def test_the_newest_days_are_counted_one_by_one_in_any_order(orders: Any):
    days, shuffled = (
        folded([a_deed("Seen", minutes=day * 1440, key=f"{n}") for n, day in enumerate(each)]).events["Seen"][
            "days"
        ]
        for each in orders
    )

    assert days == shuffled
    assert len(days) == min(DAYS, len(set(orders[0])))


def test_what_was_said_later_holds_whenever_it_arrives():
    late = a_deed(minutes=0, key="1", traits={"plan": "free", "city": "Ulm"})
    early = a_deed(minutes=5, key="2", traits={"plan": "paid"})

    assert folded([early, late]).traits == {"plan": "paid", "city": "Ulm"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_none_takes_a_trait_away_even_from_an_earlier_word_that_comes_later(order: tuple[int, int]):
    life = [a_deed(key="1", traits={"plan": "free"}), a_deed(minutes=1, key="2", traits={"plan": None})]

    assert folded([life[place] for place in order]).traits == {}


@pytest.mark.parametrize("trust", ["server", "proved"])
def test_a_browser_does_not_change_the_address_of_a_known_person(trust: str):
    said = a_deed(minutes=9, key="2", traits={"email": "eve@example.org", "city": "Ulm"}, trust="browser")
    profile = folded([a_deed(key="1", traits={"email": "ann@example.org"}, trust=trust), said])

    assert (profile.email, profile.attributes["city"]) == ("ann@example.org", "Ulm")
    assert profile.unproven["email"][1] == "eve@example.org"


def test_while_a_person_is_not_known_a_browsers_word_is_all_there_is():
    said = a_deed(traits={"email": "ann@example.org", "score": 7}, trust="browser")
    visitor = folded([said])

    known = folded([a_deed(key="2", traits={"plan": "free"})], visitor)

    assert (visitor.email, visitor.traits, visitor.is_known) == ("ann@example.org", {}, False)
    assert (known.email, known.attributes, known.is_known) == (None, {"plan": "free"}, True)


def test_what_we_write_ourselves_makes_nobody_known():
    """A journey that changes an attribute of a visitor: no one has said who it is."""
    visitor = folded([a_deed(traits={"visits": 1}, source="sojourn")])

    assert (visitor.attributes["visits"], visitor.is_known) == (1, False)


def test_sequences_are_compared_as_numbers():
    """The stream's numbers have 21 digits or more, and grow."""
    profile = fold(Profile("c"), a_deed("Seen"), identity="u#1", sequence="999")

    assert profile.has_folded("u#1", "999")
    assert profile.has_folded("u#1", "1")
    assert not profile.has_folded("u#1", "1000")
    assert not profile.has_folded("a#1", "1")


def test_one_of_two_has_folded_what_either_had():
    one = fold(Profile("c"), a_deed("Seen"), identity="u#1", sequence="999")
    other = fold(Profile("d"), a_deed("Seen"), identity="a#1", sequence="7")

    both = join(one, other)

    assert both.folded == {"u#1": "999", "a#1": "7"}
    assert both.identities == ("a#1", "u#1")
    assert (both.contact, both.partitions) == ("c", ("u#1", "a#1"))


def test_an_address_that_is_no_text_is_no_address():
    profile = folded([a_deed(traits={"email": 7, "phone": "", "timezone": ["Europe/Berlin"]})])

    assert (profile.email, profile.phone, profile.timezone) == (None, None, None)


def test_events_are_kept_under_ids_and_not_under_addresses():
    profile = replace(Profile("c"), identities=("a#1", "e#a@example.org", "p#+1", "u#1", "x#shop#1"))

    assert profile.partitions == ("u#1", "a#1")
