"""Which sessions of the console are alive: one small row a person, `SESSION` / their id, read strongly for each page.

Tokens live until they expire, whatever becomes of their owner; a session that is not in the row any more is over at
once, whoever copied its cookie. Only hashes stand here. Ended twice is ended; a sign-in that dies midway leaves a
session that nobody has the secret of, and time ends it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sojourn import config
from sojourn.clock import iso, parse_iso
from sojourn.errors import StaleWriteError, StoreBusyError

KIND = "SESSION"
LIFE = timedelta(hours=12)  # as long as the pool's refresh tokens
MOST = 10  # of one person; who signs in once more ends the oldest
TRIES = 5

Alive = dict[str, dict[str, str]]  # hash of the secret → since, until


@dataclass(frozen=True, slots=True)
class Standing:
    """What a living session's row says of its owner."""

    email: str


def find(name: str, secret: str, *, now: datetime) -> Standing | None:
    """The session, while it is alive."""
    row = config.get(KIND, name)
    if row is None:
        return None
    there = _alive(row.data, now).get(_hash(secret))
    return Standing(str(row.data.get("email", ""))) if there else None


def owners(names: Iterable[str]) -> dict[str, str]:
    """The address of each who ever signed in, whether a session of theirs is alive or not."""
    rows = config.get_all((KIND, name) for name in sorted(set(names)))
    return {row.id: str(row.data["email"]) for row in rows if row.data.get("email")}


def begin(name: str, secret: str, *, email: str, now: datetime) -> None:
    """From now on this secret is good."""

    def with_this(alive: Alive) -> Alive:
        kept = sorted(alive.items(), key=lambda each: each[1]["since"])[-(MOST - 1) :]
        return {**dict(kept), _hash(secret): {"since": iso(now), "until": iso(now + LIFE)}}

    _change(name, with_this, now=now, email=email)


def end(name: str, secret: str, *, now: datetime) -> None:
    """From now on it is not."""
    _change(name, lambda alive: {key: each for key, each in alive.items() if key != _hash(secret)}, now=now)


def end_all(name: str, *, now: datetime) -> None:
    """Nobody goes on as this person without signing in anew."""
    _change(name, lambda alive: {}, now=now)


def _change(name: str, change: Any, *, now: datetime, email: str = "") -> None:
    for _ in range(TRIES):
        row = config.get(KIND, name) or config.Row(KIND, name, 0, {})
        said = {"email": email or str(row.data.get("email", "")), "alive": change(_alive(row.data, now))}
        try:
            config.put_next(config.Row(KIND, name, row.revision, said))
        except StaleWriteError:  # the same person signs in elsewhere
            continue
        return
    raise StoreBusyError(f"sessions of {name}")


def _alive(data: Mapping[str, Any], now: datetime) -> Alive:
    return {key: each for key, each in (data.get("alive") or {}).items() if parse_iso(each["until"]) > now}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
