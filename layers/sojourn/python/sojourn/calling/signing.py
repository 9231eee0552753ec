"""The headers by which whoever is called knows that it was us: Standard Webhooks 1.0.0, over `id.timestamp.body`.

    webhook-id: call_5d41…   webhook-timestamp: 1893456000   webhook-signature: v1,<base64> v1,<base64>

One signature for each secret that is good: while a secret is changed, there are two.
"""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime

from sojourn import config

KIND, ID = "KEY", "calls"
PREFIX = "whsec_"
MOST_SECRETS = 2


def headers_of(id: str, body: bytes, *, secrets: Iterable[str], at: datetime) -> dict[str, str]:  # noqa: A002  the standard's word
    """Who asks, when, and the proof; without a secret there is no proof."""
    seconds = str(int(at.timestamp()))
    signed = f"{id}.{seconds}.".encode() + body
    signatures = [f"v1,{_mac(secret, signed)}" for secret in secrets]
    proof = {"webhook-signature": " ".join(signatures)} if signatures else {}
    return {"webhook-id": id, "webhook-timestamp": seconds, **proof}


def read_secrets() -> tuple[str, ...]:
    """Those of the stack, the newest first; none before `sojourn keys rotate-calls` was run."""
    row = config.get(KIND, ID)
    if row is None:
        return ()
    numbered = sorted(row.data["keys"].items(), key=lambda item: -int(item[0][1:]))
    return tuple(secret for _, secret in numbered[:MOST_SECRETS])


def _mac(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
