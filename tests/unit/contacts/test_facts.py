"""Facts are folds: whatever the order of deeds and joins, they come out the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.contacts.addresses import address_hash
from sojourn.contacts.facts import FACTS, fold_all, join_all, labels, stage, touch, value
from sojourn.contacts.model import Deed, Profile, fold


def deed(name: str = "", **said: Any) -> Deed:
    made = {
        "type": "track",
        "name": name,
        "at": "2026-11-01T00:00:00.000Z",
        "key": "u#1|k",
        "source": "web",
        "properties": {},
        "traits": {},
        "context": {},
        "trust": "server",
        "group_id": "",
    }
    return Deed(**{**made, **said})


def at(day: int) -> str:
    return f"2026-11-{day:02}T00:00:00.000Z"


def order(number: int, amount: Any, **said: Any) -> Deed:
    properties = {"order_id": str(number), "revenue": amount, "currency": "eur", **said.pop("properties", {})}
    return deed("Order Completed", properties=properties, key=f"u#1|{number}", **said)


def folded(*deeds: Deed) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for each in deeds:
        facts = fold_all(facts, each)
    return facts


PROPERTIES = st.sampled_from([
    {"order_id": "1", "revenue": 9.99, "currency": "EUR"}, {"order_id": "2", "total": "5"}, {"order_id": "1"},
    {"tag": "vip"}, {"list": "news"}, {"stage": "lost", "reason": "price"}, {"stage": "sales_qualified"},
    {"channel": "email", "class": "human"}, {"channel": "email", "class": "machine"}, {},
])  # fmt: skip
NAMES = st.sampled_from([
    "Order Completed", "Order Refunded", "Tag Added", "Tag Removed", "List Joined", "List Left", "Stage Changed",
    "Message Opened", "Message Clicked", "SMS Received", "Whatever",
])  # fmt: skip
CONTEXTS = st.sampled_from([
    {}, {"campaign": {"source": "news", "name": "may"}}, {"page": {"referrer": "https://www.google.com/?q=shoes"}},
    {"page": {"referrer": "https://example.org/a", "url": "https://example.org/b", "path": "/b"}},
    {"page": {"referrer": "http://[broken"}}, {"campaign": "text"}, {"page": None},
])  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Deed]:
    count = draw(st.integers(0, 12))
    return [
        deed(
            draw(NAMES),
            type=draw(st.sampled_from(["track", "track", "page", "identify", "group"])),
            at=at(draw(st.integers(1, 5))),
            key=f"u#1|{number}",
            source=draw(st.sampled_from(["web", "sojourn"])),
            properties=draw(PROPERTIES),
            context=draw(CONTEXTS),
            group_id=draw(st.sampled_from(["", "acme"])),
        )
        for number in range(count)
    ]


@given(history=histories(), data=st.data())
def test_the_order_of_deeds_does_not_matter(history: list[Deed], data: st.DataObject):
    assert folded(*data.draw(st.permutations(history))) == folded(*history)


@given(history=histories(), data=st.data())
def test_two_people_who_are_one_have_the_facts_of_one(history: list[Deed], data: st.DataObject):
    cut = data.draw(st.integers(0, len(history)))
    one, other = folded(*history[:cut]), folded(*history[cut:])

    assert join_all(one, other) == join_all(other, one) == folded(*history)


def test_a_deed_that_says_nothing_leaves_nothing():
    assert folded(deed("Whatever")) == {}
    assert set(FACTS) == {"engagement", "groups", "labels", "proved", "stage", "touch", "value"}


def test_money_is_exact_and_by_currency():
    facts = folded(
        order(1, 0.1), order(2, 0.2), order(3, "19.90", properties={"currency": "USD"}), order(4, "nonsense")
    )

    found = value.totals(facts["value"])

    assert found["EUR"] == {"orders": 3, "products": 0, "revenue": 0.3, "refunded": 0, "value": 0.3}
    assert found["USD"]["value"] == 19.9


def test_an_order_told_by_shop_and_page_counts_once():
    facts = folded(order(1, 10, at=at(1)), order(1, 12, at=at(2), source="shop"))

    assert value.totals(facts["value"])["EUR"]["revenue"] == 10


def test_a_refund_without_an_amount_gives_the_order_back():
    refund = deed("Order Refunded", properties={"order_id": "1"}, key="u#1|r", at=at(2))

    assert value.totals(folded(order(1, 10), order(2, 5), refund)["value"])["EUR"]["value"] == 5


def test_a_part_of_an_order_may_be_refunded():
    parts = [
        deed("Order Refunded", properties={"order_id": "1", "total": 3, "currency": "EUR"}, key=f"u#1|r{n}")
        for n in (1, 2)
    ]

    assert value.totals(folded(order(1, 10), *parts)["value"])["EUR"]["value"] == 4


def test_old_orders_are_settled_and_the_profile_stays_small():
    facts = folded(*(order(number, 1, at=at(1 + number % 28)) for number in range(500)))

    assert value.totals(facts["value"])["EUR"]["orders"] == 500
    assert len(facts["value"]["orders"]) == value.NEWEST


@pytest.mark.parametrize("amount", [True, None, "", "NaN", "1e999", [], float("inf"), 1e300])
def test_what_is_no_amount_is_worth_nothing(amount: Any):
    assert value.totals(folded(order(1, amount))["value"])["EUR"]["revenue"] == 0


def test_the_later_word_on_a_tag_holds():
    facts = folded(
        deed("Tag Added", properties={"tag": "vip"}, at=at(1)),
        deed("Tag Removed", properties={"tag": "vip"}, at=at(3)),
        deed("Tag Added", properties={"tag": "vip"}, at=at(2)),
        deed("List Joined", properties={"list": " news "}),
        deed("Tag Added", properties={"tag": 7}),
    )

    assert labels.held(facts["labels"], "tags") == []
    assert labels.held(facts["labels"], "lists") == ["news"]


def test_stages_lead_forward_and_back_only_when_somebody_says_so():
    facts = folded(
        order(1, 5, at=at(2)),
        deed(type="identify", at=at(4)),
        deed("Stage Changed", properties={"stage": "lost", "reason": "moved"}, at=at(5), key="u#1|s"),
        deed("Stage Changed", properties={"stage": "king"}, at=at(6)),
        deed("Stage Changed", properties={"stage": "lead"}, at=at(7), trust="browser"),
    )

    assert [(step["stage"], step["reason"]) for step in stage.history(facts["stage"])] == [
        ("customer", "Order Completed"),
        ("lost", "moved"),
    ]
    assert stage.current(facts["stage"]) == "lost"
    assert stage.current(None) == "visitor"


def test_first_and_last_touch():
    def page(day: int, referrer: str = "", **campaign: str) -> Deed:
        context = {
            "campaign": campaign,
            "page": {"referrer": referrer, "url": "https://shop.example/x", "path": "/x"},
        }
        return deed(type="page", at=at(day), key=f"u#1|{day}", context=context)

    facts = folded(
        page(4),
        page(2, "https://www.google.com/search?q=red+shoes"),
        page(3, source="newsletter", name="may"),
        page(5, "https://shop.example/other"),
    )["touch"]

    assert facts["first"]["source"] == "google.com"
    assert facts["first"]["term"] == "red shoes"
    assert facts["last"] == {
        "at": at(3), "key": "u#1|3", "source": "newsletter", "name": "may", "landing": "/x",
    }  # fmt: skip


def test_only_our_own_events_tell_of_people_who_open():
    facts = folded(
        deed("Message Opened", source="web", properties={"class": "human"}),
        deed("Message Opened", source="sojourn", properties={"class": "proxy", "channel": "email"}),
        deed(
            "Message Clicked", source="sojourn", properties={"class": "human", "channel": "email"}, at=at(2)
        ),
        deed("SMS Received", source="sojourn"),
    )

    assert facts["engagement"] == {
        "email": {"clicked": {"n": 1, "last": at(2)}},
        "sms": {"replied": {"n": 1, "last": at(1)}},
    }


def test_touches_are_short():
    found = touch.fold(None, deed(type="page", context={"campaign": {"name": "x" * 999}}))

    assert found is not None
    assert len(found["first"]["name"]) == touch.LONGEST


def test_an_address_that_its_holder_confirmed_holds_whoever_said_it():
    asked = deed(type="identify", traits={"email": "ada@example.org"}, trust="browser")
    proof = {"how": "double_opt_in", "evidence": {"address": address_hash("email", "ada@example.org")}}
    confirmed = deed("Consent Given", source="sojourn", properties=proof, at=at(2), key="u#1|c")
    forged = deed("Consent Given", source="web", properties=proof, at=at(2), key="u#1|f")
    known = deed(type="identify", traits={"plan": "pro"}, at=at(3), key="u#1|s")

    def email(*deeds: Deed) -> str | None:
        profile = Profile("c")
        for number, each in enumerate(deeds, start=1):
            profile = fold(profile, each, identity="u#1", sequence=str(number))
        return profile.email

    assert email(asked) == "ada@example.org"
    assert email(asked, known) is None
    assert email(asked, forged, known) is None
    assert email(known, confirmed, asked) == email(asked, confirmed, known) == "ada@example.org"
