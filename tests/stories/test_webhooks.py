"""A shop tells of an order: the person has it, once, and whoever is known by the address is the same person."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

from sojourn.clock import iso
from tests.stories.cloud import Cloud, Person, eventually
from tests.unit.intake.test_signatures import mac64

SECRET = "shpss_of_the_story"  # of this test alone


def test_a_signed_order_of_the_shop_is_the_customers(cloud: Cloud):
    person, hook = Person(), f"shop-{uuid.uuid4().hex[:8]}"
    kept = {"provider": "shopify", "secrets": [SECRET], "active": True}
    cloud.aws("dynamodb").put_item(
        TableName=cloud.local.outputs["ConfigTable"],
        Item={
            "pk": {"S": "HOOK"},
            "sk": {"S": hook},
            "revision": {"S": "1"},
            "data": {"S": json.dumps(kept)},
        },
    )
    cloud.identify(person)
    eventually(lambda: cloud.api("GET", f"/contacts/{person.user_id}").status == 200)
    order = {
        "id": 1,
        "processed_at": iso(cloud.now()),
        "total_price": "20.00",
        "currency": "USD",
        "customer": {"id": 7, "email": person.email},
    }

    answers = [_tell(cloud, hook, order) for _ in range(2)]

    assert answers == [200, 200]
    contact = eventually(lambda: _worth(cloud, person))
    assert contact
    assert contact["value"] == {
        "USD": {"orders": 1, "products": 0, "revenue": 20, "refunded": 0, "value": 20}
    }
    assert contact["stage"] == "customer"
    assert f"a#{hook}:7" in contact["identities"]
    assert _tell(cloud, hook, order, secret="another") == 401


def _worth(cloud: Cloud, person: Person) -> dict[str, Any] | None:
    found: dict[str, Any] = cloud.api("GET", f"/contacts/{person.user_id}").json
    return found if found.get("value") else None


def _tell(cloud: Cloud, hook: str, body: Any, *, secret: str = SECRET) -> int:
    raw = json.dumps(body)
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Webhook-Id": base64.b64encode(hook.encode()).decode(),
        "X-Shopify-Hmac-SHA256": mac64(secret.encode(), raw.encode()),
    }
    return cloud.ask("POST", f"/hooks/{hook}", raw, headers).status
