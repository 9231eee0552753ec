"""Deliveries at the door: whose they are, and what is stored of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.receive_webhook.app import handler
from functions.receive_webhook.intake import LARGEST, intake
from sojourn.events.store import history
from sojourn.intake.hooks import Hook, put_hook
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import empty
from tests.partiql import teach_moto
from tests.unit.intake.test_mapping import ORDER
from tests.unit.intake.test_signatures import SECRET, mac64

PERSON = "a#shop:207119551"


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    teach_moto()
    with moto_cloud():
        intake.cache_clear()
        yield boto3.client("dynamodb", region_name=REGION)
    intake.cache_clear()


@pytest.fixture(autouse=True)
def hook(dynamodb: Any) -> None:
    empty(dynamodb, "Config", "Events", "RejectedEvents")
    put_hook(Hook("shop", "shopify", (SECRET["shopify"],)))


def post(name: str, body: bytes, *, encoded: bool = True, **headers: str) -> dict[str, Any]:
    event = {
        "path": f"/hooks/{name}",
        "httpMethod": "POST",
        "headers": {key.replace("_", "-"): value for key, value in headers.items()},
        "multiValueQueryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }
    answer: dict[str, Any] = handler(event, None)
    return answer


def signed(body: Any, topic: str = "orders/paid", *, encoded: bool = True) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "X_Shopify_Topic": topic,
        "X_Shopify_Webhook_Id": "d-1",
        "X_Shopify_Hmac_SHA256": mac64(SECRET["shopify"].encode(), raw),
    }
    return post("shop", raw, encoded=encoded, **headers)


def rejected(dynamodb: Any) -> list[Any]:
    return list(dynamodb.scan(TableName="RejectedEvents")["Items"])


@pytest.mark.parametrize("encoded", [True, False])
def test_a_signed_order_is_stored_once_however_often_it_comes(encoded: bool):
    answers = [signed(ORDER, encoded=encoded) for _ in range(3)]

    assert [answer["statusCode"] for answer in answers] == [200, 200, 200]
    found = list(history([PERSON]))
    assert sorted(event.type for event in found) == ["identify", "track"]
    assert {event.source for event in found} == {"shop"}


def test_the_forged_the_unsigned_and_the_unknown_write_nothing():
    refused = post("shop", b"{}", X_Shopify_Topic="orders/paid", X_Shopify_Hmac_SHA256="bm8=")

    assert refused["statusCode"] == 401
    assert post("shop", b"{}")["body"] == refused["body"]
    assert post("nobody", b"{}")["statusCode"] == 404
    assert post("..%2f", b"{}")["statusCode"] == 404
    assert list(history([PERSON])) == []


def test_a_closed_hook_is_not_there():
    put_hook(Hook("shop", "shopify", (SECRET["shopify"],), is_active=False))

    assert signed(ORDER)["statusCode"] == 404


def test_what_is_too_large_is_refused_before_it_is_read():
    assert signed(b"x" * (LARGEST + 1))["statusCode"] == 413


def test_what_is_signed_and_no_json_is_told_so():
    answer = signed(b"{")

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b"{}"])
def test_what_says_nothing_is_taken_and_nothing_is_stored(body: bytes):
    assert signed(body)["statusCode"] == 200
    assert list(history([PERSON])) == []


def test_an_unknown_topic_is_taken_and_kept_for_the_operator(dynamodb: Any):
    assert signed(ORDER, "themes/publish")["statusCode"] == 200
    assert "unknown_topic" in str(rejected(dynamodb))


def test_a_wrong_address_is_left_out_and_the_order_stays(dynamodb: Any):
    body = {**ORDER, "customer": {**ORDER["customer"], "email": "nonsense"}}  # type: ignore[dict-item]

    assert signed(body)["statusCode"] == 200
    assert {event.type for event in history([PERSON])} == {"identify", "track"}
    assert "invalid_email" in str(rejected(dynamodb))


def test_what_the_table_will_never_take_is_kept_for_the_operator(dynamodb: Any):
    teach_moto(lambda _, statements: [{"Error": {"Code": "ValidationError"}} for _ in statements])

    answer = signed(ORDER)

    teach_moto()
    assert answer["statusCode"] == 200
    assert {row["code"]["S"] for row in rejected(dynamodb)} == {"not_storable"}
    assert len(rejected(dynamodb)) == 2
    assert all(row["stored"]["BOOL"] is False for row in rejected(dynamodb))


def test_woocommerce_knocks_unsigned_and_once():
    put_hook(Hook("woo", "woocommerce", ("s",)))

    assert post("woo", b"webhook_id=42")["statusCode"] == 200
    assert post("woo", b"webhook_id=42&action=x")["statusCode"] == 401
    assert post("shop", b"webhook_id=42")["statusCode"] == 401
