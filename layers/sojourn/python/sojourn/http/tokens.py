"""Who is signed in: access tokens of the stack's own user pool, as `Authorization: Bearer`.

tokens.find(presented) → Key(name, role=…) or None

An access token has no `aud`, so a library that is asked for nothing more takes any client's of the pool, and an id
token too: pool, client and use are looked at here. It lives until it expires, whatever becomes of its owner meanwhile.
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any

from sojourn.clock import Clock
from sojourn.errors import Problem
from sojourn.http.keys import Key, is_key_name

ROLES = ("admin", "approver", "editor", "viewer")  # the pool's groups, the highest first
ALGORITHM = "RS256"
REQUIRED = ["exp", "iat", "iss", "sub"]
LONGEST_TOKEN = 8_192
ASKED_AGAIN_AFTER = timedelta(minutes=5)  # strangers make up key ids: no more than one request in so long
NONE_KNOWN_AGAIN_AFTER = timedelta(seconds=5)
PATIENCE = 3.0  # seconds

Published = Mapping[str, Mapping[str, Any]]  # kid → JWK
Fetch = Callable[[], Published]


class KeysUnreadError(Exception):
    """The pool's public keys could not be read just now."""


def is_token(presented: str) -> bool:
    """Whether it looks like a JWT; no API key has a dot."""
    return presented.count(".") == 2


@dataclass(slots=True)
class PoolKeys:
    """The pool's public keys, by their id; they turn seldom, and a new one is known within five minutes."""

    clock: Clock
    fetch: Fetch
    _known: Published = field(default_factory=dict)
    _ask_from: datetime | None = None

    def find(self, kid: str) -> Mapping[str, Any] | None:
        """The key of this id; Problem 503 while none could be read at all."""
        if kid not in self._known and (self._ask_from is None or self.clock.wall() >= self._ask_from):
            self._ask()
        if not self._known:
            raise Problem(
                503, "sign_in_unavailable", "the keys of the user pool cannot be read now: try again"
            )
        return self._known.get(kid)

    def _ask(self) -> None:
        """Ask once; what was known stays known when nobody answers."""
        with contextlib.suppress(KeysUnreadError):
            self._known = self.fetch()
        pause = ASKED_AGAIN_AFTER if self._known else NONE_KNOWN_AGAIN_AFTER
        self._ask_from = self.clock.wall() + pause


@dataclass(slots=True)
class Tokens:
    """The tokens of one pool and its known clients."""

    issuer: str
    clients: frozenset[str]
    keys: PoolKeys

    def find(self, presented: str) -> Key | None:
        """Who presents it and their highest role, when the token is good."""
        claims = self._claims(presented) if len(presented) <= LONGEST_TOKEN else None
        if (
            claims is None
            or claims.get("token_use") != "access"
            or claims.get("client_id") not in self.clients
        ):
            return None
        name, role = claims.get("username") or claims["sub"], highest(claims.get("cognito:groups"))
        if role is None or not isinstance(name, str) or not is_key_name(name):
            return None
        return Key(name, role=role)

    def _claims(self, presented: str) -> dict[str, Any] | None:
        """What the pool signed, unless it is not the pool's, or has expired."""
        import jwt

        try:
            found = self.keys.find(str(jwt.get_unverified_header(presented).get("kid")))
            if found is None:
                return None
            options: Any = {"require": REQUIRED, "verify_aud": False}
            key = jwt.PyJWK.from_dict(dict(found), algorithm=ALGORITHM)
            return jwt.decode(presented, key, algorithms=[ALGORITHM], issuer=self.issuer, options=options)
        except jwt.PyJWTError:
            return None


def highest(groups: Any) -> str | None:
    """The highest role among a person's groups; who is in none of ours may do nothing."""
    return next((role for role in ROLES if role in groups), None) if isinstance(groups, list) else None


def tokens_of(pool: str, client: str, *, clock: Clock, endpoint: str = "") -> Tokens:
    """A pool's id begins with its Region; `endpoint` is the local cloud's, which signs in the name of AWS."""
    issuer = f"https://cognito-idp.{pool.partition('_')[0]}.amazonaws.com/{pool}"
    keys_at = f"{endpoint}/{pool}" if endpoint else issuer
    keys = PoolKeys(clock, lambda: published(f"{keys_at}/.well-known/jwks.json"))
    return Tokens(issuer, frozenset({client}), keys)


def published(url: str) -> Published:
    """The keys as the pool publishes them."""
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310  the pool's own address, from the stack
            found = json.load(answer)["keys"]
            return {each["kid"]: each for each in found}
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise KeysUnreadError(url) from error
