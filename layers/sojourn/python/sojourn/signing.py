"""AWS's Signature Version 4 of a POST, in a tenth of botocore's CPU: that signs whatever may come, this a few headers.

The signing key is derived once a day, not with each request. A test signs beside botocore and compares.
"""

import functools
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

ALGORITHM = "AWS4-HMAC-SHA256"
DAY = len("20261122")


class Credentials(Protocol):
    """As botocore freezes them."""

    @property
    def access_key(self) -> str:
        """Whose it is."""
        ...

    @property
    def secret_key(self) -> str:
        """What only they know."""
        ...

    @property
    def token(self) -> str | None:
        """Of a role that was taken on."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests go: the same for all of one client's."""

    service: str
    region: str
    host: str
    path: str = "/"


def signed(
    headers: Mapping[str, str], body: bytes, *, place: Place, credentials: Credentials, at: str
) -> dict[str, str]:
    """The headers (names in lower case), each of them signed, and what proves it."""
    given = {**headers, "x-amz-date": at}
    if credentials.token:
        given["x-amz-security-token"] = credentials.token
    names = sorted([*given, "host"])
    of_all = {**given, "host": place.host}
    lines = "".join([f"{name}:{of_all[name]}\n" for name in names])
    listed = ";".join(names)
    request = f"POST\n{place.path}\n\n{lines}\n{listed}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{at[:DAY]}/{place.region}/{place.service}/aws4_request"
    told = f"{ALGORITHM}\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = _hmac(_key(credentials.secret_key, at[:DAY], place.region, place.service), told).hex()
    given["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={listed}, Signature={signature}"
    )
    return given


@functools.lru_cache(maxsize=16)
def _key(secret: str, *words: str) -> bytes:
    return functools.reduce(_hmac, (*words, "aws4_request"), f"AWS4{secret}".encode())


def _hmac(key: bytes, said: str) -> bytes:
    return hmac.digest(key, said.encode(), "sha256")
