"""What is remembered of people who were erased: a keyed hash of each identity, and when.

Whatever happened until that moment is never taken in again; what happens later is somebody new. The key is made with
the first erasure and stands in the Config row KEY / memory: without it nobody can tell whose hash it is.

erased_at("u#42")      one read; asked only where a contact is about to be made
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError

from sojourn import config
from sojourn.clock import iso, parse_iso
from sojourn.errors import StaleWriteError
from sojourn.tables import IdentityRow, condition_failed

KIND, ID = "KEY", "memory"
PREFIX = "erased#"
SECRET_BYTES = 32


class ErasedRow(IdentityRow):
    """pk erased#<hash of an identity>; `contact` is the erasure that it belongs to."""

    erased_at = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Memory:
    """Until when an identity is erased, and by which erasure."""

    at: datetime
    erasure: str


@dataclass(slots=True)
class MemoryKey:
    """The key of the hashes, read once per container as soon as there is one; it is never changed."""

    _secret: bytes | None = None

    def known(self) -> bytes | None:
        """The key; None while nobody was ever erased."""
        if self._secret is None and (row := config.get(KIND, ID)):
            self._secret = base64.b64decode(row.data["secret"])
        return self._secret

    def made(self) -> bytes:
        """The key, made now if there is none; whoever made it first wins."""
        if (known := self.known()) is not None:
            return known
        secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        try:
            config.put_next(config.Row(KIND, ID, 0, {"secret": secret}))
        except StaleWriteError:
            return self.made()
        return base64.b64decode(secret)

    def forget(self) -> None:
        """As a container that has just begun."""
        self._secret = None


memory_key = MemoryKey()


def identity_hash(identity: str, secret: bytes) -> str:
    """What is kept of an identity."""
    return hmac.digest(secret, identity.encode("utf-8", "replace"), hashlib.sha256).hex()


def recall(identity: str) -> Memory | None:
    """What is remembered of an identity, read strongly; None when it was never erased."""
    secret = memory_key.known()
    if secret is None:
        return None
    try:
        row = ErasedRow.get(PREFIX + identity_hash(identity, secret), consistent_read=True)
    except ErasedRow.DoesNotExist:
        return None
    return Memory(parse_iso(row.erased_at), row.contact)


def erased_at(identity: str) -> datetime | None:
    """Until when nothing of this identity is taken in; None when it was never erased."""
    found = recall(identity)
    return found.at if found else None


def remember(identity: str, *, at: datetime, erasure: str) -> str:
    """Keep that an identity is erased until `at`, unless a later moment stands there; the answer is its hash."""
    digest = identity_hash(identity, memory_key.made())
    remember_hash(digest, at=iso(at), erasure=erasure)
    return digest


def remember_hash(digest: str, *, at: str, erasure: str) -> None:
    """The same by its hash, as a replay of proofs knows it."""
    is_news = ErasedRow.pk.does_not_exist() | (ErasedRow.erased_at <= at)
    try:
        ErasedRow(PREFIX + digest, contact=erasure, erased_at=at).save(condition=is_news)
    except PutError as error:
        if not condition_failed(error):
            raise
