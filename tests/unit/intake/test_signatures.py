"""Deliveries that were signed, and all the ways in which one was not."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sojourn.intake.signatures import is_signed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = str(int(NOW.timestamp()))
BODY = '{"id": 1, "name": "Ada ☂"}'.encode()
RAW = b"thirty-two bytes of pure secrecy"
SECRET = {"shopify": "shpss_1", "woocommerce": "ck_1", "stripe": "whsec_abc"}
SECRET["standard"] = "whsec_" + base64.b64encode(RAW).decode()


def mac(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()


def mac64(key: bytes, signed: bytes) -> str:
    return base64.b64encode(mac(key, signed)).decode()


def shopify(body: bytes = BODY, at: str = AT, secret: str = "") -> dict[str, str]:
    return {"x-shopify-hmac-sha256": mac64((secret or SECRET["shopify"]).encode(), body)}


def woocommerce(body: bytes = BODY, at: str = AT, secret: str = "") -> dict[str, str]:
    return {"x-wc-webhook-signature": mac64((secret or SECRET["woocommerce"]).encode(), body)}


def stripe(body: bytes = BODY, at: str = AT, secret: str = "") -> dict[str, str]:
    ours = mac((secret or SECRET["stripe"]).encode(), f"{at}.".encode() + body).hex()
    return {"stripe-signature": f"t={at},v1={'0' * 64},v1={ours},v0={'1' * 64}"}


def standard(body: bytes = BODY, at: str = AT, secret: str = "") -> dict[str, str]:
    key = base64.b64decode((secret or SECRET["standard"]).removeprefix("whsec_"))
    ours = mac64(key, f"msg_1.{at}.".encode() + body)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": at,
        "webhook-signature": f"v1a,bm8= v1,bm9wZQ== v1,{ours}",
    }


SIGNERS: dict[str, Callable[..., dict[str, str]]] = {
    "shopify": shopify,
    "woocommerce": woocommerce,
    "stripe": stripe,
    "standard": standard,
}
EVERY = pytest.mark.parametrize("provider", SIGNERS)


def good(provider: str, headers: dict[str, str], body: bytes = BODY, *secrets: str) -> bool:
    return is_signed(provider, headers, body, secrets=secrets or (SECRET[provider],), now=NOW)


@EVERY
def test_a_signed_delivery_is_good(provider: str):
    assert good(provider, SIGNERS[provider]())


@EVERY
def test_while_a_secret_is_rotated_both_are_good(provider: str):
    assert good(provider, SIGNERS[provider](), BODY, SECRET["standard"][::-1], SECRET[provider])


@EVERY
def test_no_bit_of_the_body_may_change(provider: str):
    headers = SIGNERS[provider]()

    for place in range(0, len(BODY) * 8, 7):
        bent = bytearray(BODY)
        bent[place // 8] ^= 1 << place % 8
        assert not good(provider, headers, bytes(bent))


@EVERY
def test_another_secret_none_and_no_header_open_nothing(provider: str):
    other = "whsec_" + base64.b64encode(b"another").decode()

    assert not good(provider, SIGNERS[provider](secret=other))
    assert not good(provider, SIGNERS[provider](), BODY, "")
    assert not good(provider, {})
    assert not is_signed(provider, SIGNERS[provider](), BODY, secrets=(), now=NOW)


@pytest.mark.parametrize("provider", ["stripe", "standard"])
@pytest.mark.parametrize("late", [-301, 301, 10**9])
def test_a_delivery_of_another_time_is_a_replay(provider: str, late: int):
    assert not good(provider, SIGNERS[provider](at=str(int(AT) + late)))


@pytest.mark.parametrize("provider", ["stripe", "standard"])
@pytest.mark.parametrize("at", ["", "now", "-1", "1" * 11, "１７", "1e9", "nan"])
def test_a_time_that_is_none_is_refused(provider: str, at: str):
    assert not good(provider, SIGNERS[provider](at=at))


@EVERY
@pytest.mark.parametrize("junk", ["", ",", "t=", "v1=", "ü", "=" * 5000, "v1," * 2000, "t=1,t=2,v1=x"])
def test_headers_of_strangers_are_read_with_care(provider: str, junk: str):
    assert not good(provider, dict.fromkeys(SIGNERS[provider](), junk))


def test_a_secret_that_is_no_base64_signs_nothing():
    assert not good("standard", standard(), BODY, "whsec_***")
