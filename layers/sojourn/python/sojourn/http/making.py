"""Keys are made, listed and closed; secrets are turned. A key is shown once, and only its hash is kept.

making.make(kind="api", name="ci", role="editor", now=now).secret
Made twice is two keys of one name; who dies before the answer has made one that nobody holds: close it.
"""

import base64
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sojourn import config
from sojourn.clock import iso
from sojourn.http import identify
from sojourn.http.cors import allowed_origin
from sojourn.http.keys import BROWSER, KIND, RESERVED_NAME, SERVER, WRITE, is_key_name, key_row_id
from sojourn.http.uses import last_uses

API, LINK, IDENTIFY, CALLS = "api", "link", identify.ID, "calls"
KINDS = (WRITE, API)
TURNED = (LINK, IDENTIFY, CALLS)  # secrets of the stack's own, each with a number
ROLES = ("viewer", "editor", "approver", "admin")
SHORT = 16  # letters of the hash that name a key: enough to find it, and nothing to open with
LETTER = {LINK: "k", IDENTIFY: "i", CALLS: "c"}
PREFIX = "whsec_"  # of the secrets that calls are signed with (Standard Webhooks)


class KeyRefusedError(ValueError):
    """Such a key cannot be; the text says why and what to do."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


@dataclass(frozen=True, slots=True)
class Made:
    """A new key; its secret is here and nowhere else."""

    id: str
    secret: str
    row: Mapping[str, Any]


def make(
    *,
    kind: str,
    name: str,
    now: datetime,
    role: str = "",
    is_browser: bool = False,
    origins: Sequence[str] = (),
) -> Made:
    """A new key of this kind; KeyRefusedError says what it cannot be."""
    row = {**_named(name), "made_at": iso(now), **_sort(kind, name, role=role, is_browser=is_browser)}
    if origins:
        row["origins"] = _origins(origins, is_browser=is_browser)
    secret = secrets.token_urlsafe(32)
    row_id = key_row_id(kind, secret)
    config.put(KIND, row_id, row)
    return Made(id_of(row_id), secret, row)


def again(id: str, *, now: datetime) -> Made | None:  # noqa: A002  the key's own word
    """Another key like this one; both are good until somebody closes the older."""
    there = find(id)
    if there is None or not there.data.get("active"):
        return None
    secret = secrets.token_urlsafe(32)
    row_id = key_row_id(there.id.partition("#")[0], secret)
    row = {**there.data, "made_at": iso(now)}
    config.put(KIND, row_id, row)
    return Made(id_of(row_id), secret, row)


def close(id: str) -> Mapping[str, Any] | None:  # noqa: A002
    """It works for a minute more at most; what it was, or None where no key is called so."""
    there = find(id)
    if there is None:
        return None
    config.put(KIND, there.id, {**there.data, "active": False})
    return there.data


def find(id: str) -> config.Row | None:  # noqa: A002
    """The row of a key by the id that lists give."""
    kind, _, start = id.partition("-")
    if kind not in KINDS or len(start) != SHORT or not start.isalnum():
        return None
    return next(iter(config.query(KIND, f"{kind}#{start}")), None)


def everyone() -> Iterator[dict[str, Any]]:
    """Every key there ever was, open or closed; never the key itself."""
    used = last_uses()
    for row in config.query(KIND):
        kind, is_key, _ = row.id.partition("#")
        if is_key:
            name = str(row.data.get("name"))
            yield {
                "id": id_of(row.id),
                "kind": kind,
                "name": name,
                "role": row.data.get("role")
                or row.data.get("kind")
                or (ROLES[-1] if kind == API else SERVER),
                "state": "in use" if row.data.get("active") else "revoked",
                "made_at": row.data.get("made_at") or None,
                "last_used": used.get(name) if kind == API else None,
                "origins": list(row.data.get("origins") or ()),
            }


def turn(which: str, *, only: bool = False) -> tuple[str, str]:
    """A new secret: its number, and the secret itself. What older ones signed is still read, unless `only` this one is
    to be good; StaleWriteError when somebody turned it meanwhile."""
    row = config.get(KIND, which) or config.Row(KIND, which, 0, {"keys": {}})
    known = dict(row.data["keys"])
    number = f"{LETTER[which]}{max([0, *(int(each[1:]) for each in known)]) + 1}"
    secret = _secret(which)
    kept = {} if only and which != LINK else known
    config.put_next(
        config.Row(KIND, which, row.revision, {"active": number, "keys": {**kept, number: secret}})
    )
    return number, secret


def id_of(row_id: str) -> str:
    """What lists call a key: its kind and the beginning of its hash."""
    kind, _, digest = row_id.partition("#")
    return f"{kind}-{digest[:SHORT]}"


def refuse_shared_name(name: str, kind: str) -> None:
    """Under one name the first event with a messageId wins: a page could take a server's place."""
    for row in config.query(KIND, f"{WRITE}#"):
        if row.data.get("name") == name and row.data.get("kind", SERVER) != kind:
            raise KeyRefusedError("name", f"{name} is the name of a key of the other kind: choose another")


def _named(name: str) -> dict[str, Any]:
    if not is_key_name(name):
        problem = f"a name has no # or : in it and is not {RESERVED_NAME}: choose another"
        raise KeyRefusedError("name", problem)
    return {"name": name, "active": True}


def _sort(kind: str, name: str, *, role: str, is_browser: bool) -> dict[str, str]:
    if kind == API and is_browser:
        problem = "what stands on a page may not read: --browser goes with `keys new write` only"
        raise KeyRefusedError("browser", problem)
    if kind != API and role:
        problem = "only API keys have a role: write keys send events, and that is all"
        raise KeyRefusedError("role", problem)
    if kind == API:
        return {"role": role or ROLES[-1]}
    refuse_shared_name(name, BROWSER if is_browser else SERVER)
    return {"kind": BROWSER if is_browser else SERVER}


def _origins(stated: Sequence[str], *, is_browser: bool) -> list[str]:
    if not is_browser:
        raise KeyRefusedError("origins", "only pages have an origin: --origin goes with --browser")
    for origin in stated:
        if allowed_origin(origin) is None:
            problem = f"{origin} is no origin: write it like https://shop.example, without a path"
            raise KeyRefusedError("origins", problem)
    return sorted({origin.lower() for origin in stated})


def _secret(which: str) -> str:
    raw = secrets.token_bytes(32)
    if which == IDENTIFY:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return (PREFIX if which == CALLS else "") + base64.b64encode(raw).decode()
