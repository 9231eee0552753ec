"""The keys that a request presents in its headers: Basic (with or without colon), Bearer, X-Write-Key."""

import base64
import binascii
from collections.abc import Mapping


def presented(headers: Mapping[str, str]) -> set[str]:
    """Every key in the headers; what cannot be read counts as a key that nobody has: the empty one."""
    keys = set()
    if authorization := headers.get("authorization"):
        keys.add(_in_authorization(authorization))
    if write_key := headers.get("x-write-key"):
        keys.add(write_key.strip())
    return keys


def _in_authorization(value: str) -> str:
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        return _in_basic(rest.strip())
    return ""


def _in_basic(encoded: str) -> str:
    """The user of `user:password`; Segment's clients leave the password empty, some leave out the colon too."""
    padded = encoded + "=" * (-len(encoded) % 4)
    try:
        return base64.b64decode(padded, validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):  # UnicodeDecodeError is a ValueError
        return ""
