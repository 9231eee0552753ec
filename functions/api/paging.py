"""Lists in pages: `{"items": […], "next": cursor}`. A cursor is opaque, signed, and good for its own list only."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from chalice.app import Request

from functions.api.world import world
from sojourn.errors import NotFoundError, Problem
from sojourn.rules.findings import printable
from sojourn.tracking.tokens import Keys

DEFAULT, MOST = 50, 200
MAC_BYTES = 16
PARAMETERS = ("limit", "cursor", "next")
WHOLE: Mapping[str, str] = {}
Position = list[str]
Fetched = tuple[Sequence[Any], Position | None]


def listing(
    request: Request,
    fetch: Callable[[int, Position | None], Fetched],
    *,
    of: Mapping[str, str] = WHOLE,
    besides: Collection[str] = (),
) -> dict[str, Any]:
    """The page that the request asks for; `fetch(limit, after)` answers items and where the next page begins. `of` are
    further parameters of this list, which its cursors are good for; `besides` those that only say how it is read."""
    _refuse_unknown(request, {*of, *besides})
    scope = json.dumps([request.context["resourcePath"], request.uri_params, *([dict(of)] if of else [])])
    cursor = parameter(request, "cursor") or parameter(request, "next")
    items, position = fetch(_limit(request), _opened(cursor, scope) if cursor else None)
    return {"items": list(items), "next": _sealed(position, scope) if position else None}


def page(items: Sequence[tuple[Position, Any]], limit: int, after: Position | None) -> Fetched:
    """A page of what is at hand, sorted here by position."""
    ahead = sorted((each for each in items if after is None or each[0] > after), key=lambda each: each[0])
    shown = ahead[:limit]
    return [item for _, item in shown], shown[-1][0] if len(ahead) > limit else None


def parameter(request: Request, name: str) -> str | None:
    """A query parameter; None when it is absent or empty."""
    parameters: Mapping[str, str] = request.query_params or {}
    return parameters.get(name) or None


def _refuse_unknown(request: Request, of: Collection[str]) -> None:
    """A list has one order and is whole: who asks for another must not take this one for it."""
    for name in request.query_params or {}:
        if name not in PARAMETERS and name not in of:
            raise Problem(
                400,
                "unknown_parameter",
                f"`{printable(name, 80)}` is no parameter of this list; it takes `limit` and `cursor`",
                field=printable(name, 80),
            )


def _limit(request: Request) -> int:
    asked = parameter(request, "limit")
    if asked is None:
        return DEFAULT
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked[:9]) <= MOST:
        raise Problem(400, "invalid_limit", f"limit is a whole number from 1 to {MOST}", limit=MOST)
    return int(asked)


def _sealed(position: Position, scope: str) -> str:
    keys = _keys()
    payload = _text(json.dumps(position).encode())
    return f"{keys.active}.{payload}.{_text(_mac(keys.secrets[keys.active], payload, scope))}"


def _opened(cursor: str, scope: str) -> Position:
    kid, _, rest = cursor.partition(".")
    payload, _, mac = rest.partition(".")
    secret = _keys(kid).secrets.get(kid)
    if secret is None or not hmac.compare_digest(_bytes(mac), _mac(secret, payload, scope)):
        raise invalid_cursor()
    position: Position = json.loads(_bytes(payload))
    return position


def _keys(kid: str = "") -> Keys:
    """The link keys sign cursors too: under another name, so that neither passes for the other."""
    known = world().link_keys
    try:
        return known.with_kid(kid) if kid else known()
    except NotFoundError:
        raise Problem(
            503, "no_signing_key", "the stack has no signing key yet: run `sojourn keys rotate-link`"
        ) from None


def _mac(secret: bytes, payload: str, scope: str) -> bytes:
    own = hmac.digest(secret, b"cursor", hashlib.sha256)
    return hmac.digest(own, f"{scope}|{payload}".encode("utf-8", "replace"), hashlib.sha256)[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise invalid_cursor() from None
    if _text(raw) != text:  # the last letter has bits to spare: only one spelling is ours
        raise invalid_cursor()
    return raw


def invalid_cursor() -> Problem:
    """What is said to whoever brings one that is not ours, or that an older release gave."""
    return Problem(400, "invalid_cursor", "the cursor is not one that this list gave; begin without one")
