"""What the archive may not show: compressed, and sealed by AES-GCM under a key of 32 bytes.

`about` is the id of the line that the text stands in: moved to another line, it does not open.
"""

import base64
import json
import secrets
import zlib
from collections.abc import Mapping
from typing import Any

from sojourn.errors import Hopeless

NONCE = 12  # bytes; chosen by chance, which is sound for far more lines than one person makes


class SealBrokenError(Hopeless):
    """The key is another one, or the sealed text is not as it was."""


def seal(key: bytes, said: Mapping[str, Any], *, about: str) -> str:
    """The fields in a text that only the key opens."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE)
    plain = zlib.compress(json.dumps(said, separators=(",", ":")).encode())
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, about.encode())).decode()


def unseal(key: bytes, sealed: str, *, about: str) -> dict[str, Any]:
    """The fields again."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = base64.b64decode(sealed)
    try:
        plain = AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], about.encode())
    except InvalidTag as error:
        raise SealBrokenError(about) from error
    found: dict[str, Any] = json.loads(zlib.decompress(plain))
    return found
