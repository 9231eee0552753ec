"""Signed links: `v1.<kid>.<payload>.<HMAC-SHA256, 16 bytes>`, the payload `<action>|<message id>|<number or ->`. Pure.

    token = sign(keys, Action.CLICK, message.id, 2)
    read(token, keys, Action.CLICK)  # Token, or None for whatever we did not write exactly so

An address carries no target and no contact's data: what it means stands in the message's row. The number is the link
of a click, and of what confirms, opens the preferences, exports or erases the wall's second until which it is good:
those end, the way out never does.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

VERSION = "v1"
DOMAIN = b"sojourn/link/v1\0"  # a signature made for anything else means nothing here
SIGNATURE_BYTES = 16
LONGEST = 300


class Action(StrEnum):
    """What a link does; a token for one does nothing at another's door."""

    OPEN = "o"
    CLICK = "c"
    UNSUBSCRIBE = "u"
    CONFIRM = "y"
    PREFERENCES = "p"
    EXPORT = "d"
    ERASE = "e"


GOOD_FOR = {
    Action.CONFIRM: timedelta(days=7),
    Action.PREFERENCES: timedelta(days=30),
    Action.EXPORT: timedelta(days=2),
    Action.ERASE: timedelta(days=2),
}


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets by their kid: new links are signed with the active one, all of them are recognised."""

    active: str
    secrets: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Token:
    """What a link says."""

    action: Action
    message_id: str
    link: int | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether the link still does what it says, at this moment of the wall."""
        return self.action not in GOOD_FOR or (self.link or 0) > now.timestamp()


def sign(keys: Keys, action: Action, message_id: str, link: int | None = None) -> str:
    """The token of a link, signed with the active key."""
    return _signed(keys.active, keys.secrets[keys.active], action, message_id, link)


def sign_until(keys: Keys, action: Action, message_id: str, now: datetime) -> str:
    """The token of a link that ends, counted from this moment of the wall."""
    return sign(keys, action, message_id, int((now + GOOD_FOR[action]).timestamp()))


def read(text: str, keys: Keys, action: Action) -> Token | None:
    """What a token says, when it is ours, whole, and for this action."""
    if len(text) > LONGEST or not text.isascii() or text.count(".") != 3:
        return None
    _, kid, payload, _ = text.split(".")
    secret = keys.secrets.get(kid)
    token = _decoded(payload)
    if secret is None or token is None or token.action is not action:
        return None
    # Signing again and comparing the whole text leaves one spelling for each token: no padding, no stray bits.
    ours = _signed(kid, secret, token.action, token.message_id, token.link)
    return token if hmac.compare_digest(ours, text) else None


def kid_of(text: str) -> str:
    """The name of the key that a token claims; nothing is verified."""
    return text[:LONGEST].partition(".")[2].partition(".")[0]


def _signed(kid: str, secret: bytes, action: Action, message_id: str, link: int | None) -> str:
    payload = _encoded(f"{action}|{message_id}|{'-' if link is None else link}".encode())
    # By name, not by constructor: only then is the digest one call into OpenSSL.
    mac = hmac.digest(secret, DOMAIN + f"{kid}.{payload}".encode(), "sha256")[:SIGNATURE_BYTES]
    return f"{VERSION}.{kid}.{payload}.{_encoded(mac)}"


def _decoded(payload: str) -> Token | None:
    try:
        text = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
        action, message_id, link = text.split("|")
        return Token(Action(action), message_id, None if link == "-" else int(link))
    except (binascii.Error, ValueError):  # UnicodeDecodeError is one
        return None


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
