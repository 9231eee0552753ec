"""Whether a delivery was signed with a secret that we share with its sender. Pure; over the bytes as they came.

shopify       X-Shopify-Hmac-SHA256: base64 of HMAC-SHA256
woocommerce   X-WC-Webhook-Signature: the same
stripe        Stripe-Signature: t=<unix>,v1=<hex>,… over `t.body`, at most 5 minutes old; other schemes are passed over
standard      webhook-signature: v1,<base64> … over `id.timestamp.body`, within 5 minutes (Standard Webhooks 1.0.0)

Several secrets may be good at a time, so that one can be rotated.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

TOLERANCE = 300  # seconds, as Stripe and Standard Webhooks have it
LONGEST_HEADER = 4_096
STANDARD_SECRET = "whsec_"  # noqa: S105  # the prefix of one

Headers = Mapping[str, str]


def is_signed(provider: str, headers: Headers, body: bytes, *, secrets: Iterable[str], now: datetime) -> bool:
    """Whether one of the secrets made the signature; headers go by their names in lower case."""
    return any(SCHEMES[provider](headers, body, secret, now) for secret in secrets if secret)


def _shopify(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    return _is_one_of(_mac64(secret.encode(), body), [_header(headers, "x-shopify-hmac-sha256")])


def _woocommerce(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    return _is_one_of(_mac64(secret.encode(), body), [_header(headers, "x-wc-webhook-signature")])


def _stripe(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    parts = [part.partition("=") for part in _header(headers, "stripe-signature").split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    given = [value.strip() for name, _, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not _is_fresh(times[0], now):
        return False
    signed = times[0].encode("utf-8", "replace") + b"." + body
    return _is_one_of(hmac.digest(secret.encode(), signed, "sha256").hex(), given)


def _standard(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    delivery, at = _header(headers, "webhook-id"), _header(headers, "webhook-timestamp")
    if not delivery or "." in delivery or not _is_fresh(at, now):
        return False
    try:
        key = base64.b64decode(secret.removeprefix(STANDARD_SECRET), validate=True)
    except (binascii.Error, ValueError):
        return False
    listed = [entry.partition(",") for entry in _header(headers, "webhook-signature").split(" ")]
    given = [signature for version, _, signature in listed if version == "v1"]
    return _is_one_of(_mac64(key, f"{delivery}.{at}.".encode("utf-8", "replace") + body), given)


SCHEMES: dict[str, Callable[[Headers, bytes, str, datetime], bool]] = {
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "stripe": _stripe,
    "standard": _standard,
}


def _header(headers: Headers, name: str) -> str:
    value = headers.get(name, "")
    return value if len(value) <= LONGEST_HEADER else ""


def _is_fresh(at: str, now: datetime) -> bool:
    if not at.isascii() or not at.isdigit() or len(at) > len("9999999999"):
        return False
    return abs(now.timestamp() - int(at)) <= TOLERANCE


def _mac64(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _is_one_of(ours: str, given: Iterable[str]) -> bool:
    return any(hmac.compare_digest(ours.encode(), each.encode("utf-8", "replace")) for each in given)
