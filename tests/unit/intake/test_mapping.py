"""What deliveries come to, by the tables."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.intake.mapping import PROVIDERS, Delivery, is_known, items_of, table
from sojourn.intake.paths import taken

TOPIC = {"shopify": "x-shopify-topic", "woocommerce": "x-wc-webhook-topic"}
ID = {"shopify": "x-shopify-webhook-id", "woocommerce": "x-wc-webhook-delivery-id", "standard": "webhook-id"}


def delivery(provider: str, topic: str, body: dict[str, Any]) -> Delivery:
    headers = {ID[provider]: "d-1"} if provider in ID else {}
    if provider in TOPIC:
        return Delivery("shop", provider, {**headers, TOPIC[provider]: topic}, body)
    return Delivery("shop", provider, headers, {"type": topic, "id": "evt_1", **body})


def calls(provider: str, topic: str, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["type"]: item for item in items_of(delivery(provider, topic, body))}


ORDER = {
    "id": 450789469, "email": "bob@example.com", "created_at": "2026-11-20T10:00:00-05:00", "currency": "EUR",
    "processed_at": "2026-11-20T10:00:01-05:00", "subtotal_price": "49.90", "total_price": "54.80", "total_tax": "7.97",
    "customer": {"id": 207119551, "email": "bob@example.com", "first_name": "Bob", "last_name": None},
    "line_items": [{"product_id": 1, "sku": "S-1", "title": "Lamp", "price": "49.90", "quantity": 1}, None,
                   {"quantity": 2}],
    "discount_codes": [{"code": "MAY"}], "financial_status": "paid", "cart_token": "c-1",
}  # fmt: skip


def test_an_order_of_shopify():
    found = calls("shopify", "orders/paid", ORDER)

    assert found["identify"]["traits"] == {"email": "bob@example.com", "firstName": "Bob"}
    assert found["track"] == {
        "type": "track", "event": "Order Completed", "anonymousId": "shop:207119551",
        "timestamp": "2026-11-20T10:00:01-05:00", "messageId": "Order Completed:450789469:track",
        "properties": {
            "order_id": "450789469", "cart_id": "c-1", "revenue": 49.9, "total": 54.8, "tax": 7.97, "coupon": "MAY",
            "currency": "EUR",
            "products": [
                {"product_id": "1", "sku": "S-1", "name": "Lamp", "price": 49.9, "quantity": 1}, {}, {"quantity": 2},
            ],
        },
    }  # fmt: skip


def test_a_guest_goes_by_the_hash_of_the_address():
    guest = {**ORDER, "customer": None}

    ids = [calls("shopify", "orders/paid", body)["track"]["anonymousId"] for body in (guest, guest)]

    assert ids[0] == ids[1]
    assert ids[0].startswith("shop:")
    assert "bob" not in ids[0]


def test_a_refund_is_one_event_however_often_its_order_changes():
    refunded = {
        **ORDER,
        "financial_status": "partially_refunded",
        "refunds": [
            {"id": 1, "created_at": "2026-11-20T12:00:00Z", "transactions": [{"amount": "1"}]},
            {
                "id": 2,
                "created_at": "2026-11-21T12:00:00Z",
                "transactions": [{"amount": "4.10"}, {"amount": "x"}],
            },
        ],
    }

    found = calls("shopify", "orders/updated", refunded)["track"]

    assert found["messageId"] == "Order Refunded:2:track"
    assert (found["timestamp"], found["properties"]["total"]) == ("2026-11-21T12:00:00Z", 4.1)
    assert calls("shopify", "orders/updated", ORDER) == {}


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("subscribed", "Consent Given"),
        ("unsubscribed", "Consent Withdrawn"),
        ("redacted", "Consent Withdrawn"),
        ("pending", None),
        ("not_subscribed", None),
    ],
)
def test_consent_given_in_the_shop_comes_along_with_its_own_time(state: str, event: str | None):
    """A later change of the customer repeats it, and must not outweigh what was said to us since."""
    said = {"state": state, "consent_updated_at": "2026-01-05T10:00:00Z"}
    customer = {"id": 7, "updated_at": "2026-11-20T10:00:00Z", "email_marketing_consent": said}

    found = items_of(delivery("shopify", "customers/update", customer))
    again = items_of(
        delivery("shopify", "customers/update", {**customer, "updated_at": "2026-11-21T10:00:00Z"})
    )

    assert [item["event"] for item in found] == ([event] if event else [])
    assert found == again
    for item in found:
        assert item["timestamp"] == "2026-01-05T10:00:00Z"
        assert item["properties"] == {"channel": "email", "purpose": "marketing", "source": "shop"}


def test_consent_without_a_time_is_none():
    customer = {"id": 7, "email_marketing_consent": {"state": "subscribed"}}

    assert items_of(delivery("shopify", "customers/create", customer)) == []


def test_an_order_of_woocommerce_counts_when_it_is_paid():
    order = {
        "id": 727, "status": "pending", "total": "29.35", "currency": "USD", "date_paid_gmt": "2026-11-20T18:00:00",
        "billing": {"email": "ann@example.com", "first_name": "Ann", "country": "US"},
        "line_items": [{"product_id": 93, "name": "Woo", "price": 3, "quantity": 2}],
    }  # fmt: skip

    assert calls("woocommerce", "order.created", order) == {}
    paid = calls("woocommerce", "order.updated", {**order, "status": "processing"})
    assert paid == calls("woocommerce", "order.updated", {**order, "status": "completed"})
    assert paid["track"]["event"] == "Order Completed"
    assert paid["track"]["properties"]["total"] == 29.35
    assert paid["identify"]["traits"]["country"] == "US"
    cancelled = calls("woocommerce", "order.updated", {**order, "status": "cancelled"})
    assert cancelled["track"]["event"] == "Order Cancelled"


@pytest.mark.parametrize(
    ("currency", "amount", "worth"), [("eur", 1099, 10.99), ("jpy", 1099, 1099), ("kwd", 1099, 1.099)]
)
def test_stripe_counts_in_the_smallest_unit(currency: str, amount: int, worth: float):
    session = {
        "mode": "payment", "payment_status": "paid", "amount_total": amount, "currency": currency,
        "payment_intent": "pi_1", "client_reference_id": "42", "customer": "cus_1",
        "customer_details": {"email": "c@example.com", "name": "Cy"},
    }  # fmt: skip

    found = calls(
        "stripe", "checkout.session.completed", {"created": 1790000000, "data": {"object": session}}
    )

    assert found["track"]["properties"] == {
        "order_id": "pi_1", "total": worth, "currency": currency.upper(),
    }  # fmt: skip
    assert (found["track"]["userId"], found["track"]["messageId"]) == ("42", "evt_1:track")
    assert found["track"]["timestamp"] == "2026-09-21T14:13:20+00:00"


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        ("customer.subscription.created", "Subscription Started"),
        ("customer.subscription.deleted", "Subscription Cancelled"),
        ("invoice.payment_failed", "Payment Failed"),
        ("charge.refunded", "Order Refunded"),
    ],
)
def test_what_stripe_tells_has_our_names(topic: str, event: str):
    body = {"data": {"object": {"customer": "cus_1", "id": "x", "currency": "usd"}}}

    assert calls("stripe", topic, body)["track"]["event"] == event


def test_a_renewal_is_told_and_a_first_invoice_is_not():
    invoice: dict[str, Any] = {"customer": "cus_1", "billing_reason": "subscription_create"}

    assert calls("stripe", "invoice.paid", {"data": {"object": invoice}}) == {}
    invoice["billing_reason"] = "subscription_cycle"
    assert "track" in calls("stripe", "invoice.paid", {"data": {"object": invoice}})


def test_anything_else_tells_by_its_own_names():
    data = {"userId": "42", "email": "d@example.com", "seats": 3}

    found = calls("standard", "Seat Added", {"timestamp": "2026-11-22T10:00:00Z", "data": data})

    assert found["track"]["event"] == "Seat Added"
    assert found["track"]["properties"] == data
    assert found["identify"]["traits"] == {"email": "d@example.com"}


def test_what_no_table_knows_is_nothing():
    assert not is_known(delivery("shopify", "themes/publish", {}))
    assert items_of(delivery("shopify", "themes/publish", ORDER)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(data=st.data())
@pytest.mark.parametrize("provider", PROVIDERS)
def test_whatever_is_sent_is_mapped_or_passed_over(provider: str, data: st.DataObject):
    """Bodies with the names of the tables, and anything at all behind them."""
    topic = data.draw(st.sampled_from(sorted(table(provider)["topics"])))
    names = st.sampled_from([
        "customer", "email", "id", "line_items", "refunds", "transactions", "amount", "status", "financial_status",
        "billing", "data", "object", "currency", "created", "created_at", "mode", "email_marketing_consent", "state",
    ])  # fmt: skip
    body = data.draw(st.dictionaries(names, st.dictionaries(names, JSON, max_size=4) | JSON, max_size=8))

    for item in items_of(delivery(provider, topic, body)):
        assert item["messageId"]
        assert ("userId" in item) != ("anonymousId" in item)


@pytest.mark.parametrize("path", ["a.0", "a.-1", "a.9", "a.x", "b.c.d", "-1", "a.-"])
def test_a_path_that_leads_nowhere_is_nothing(path: str):
    assert taken(path, {"a": "text", "b": None}) is None
