"""What is asked, what is answered, and why there was no answer. Pure.

One request is one attempt; whoever asks decides about another, which carries the same id.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sojourn.errors import SojournError

MOST_BYTES = 65_536  # of an answer, read at all
MOST_DEPTH = 32


class Failure(StrEnum):
    """Why a call has no answer."""

    ADDRESS_REFUSED = "address_refused"  # it leads to where no call may go
    OWN_ADDRESS = "own_address"  # it leads back to us: journeys would call themselves
    NAME_UNKNOWN = "name_unknown"  # the host has no address
    UNREACHABLE = "unreachable"  # nobody took the connection
    CERTIFICATE = "certificate"  # the host could not prove to be who it is
    TIMED_OUT = "timed_out"
    REDIRECTED = "redirected"  # 3xx: whoever moves says so to people, not to us
    REFUSED = "refused"  # 4xx
    BUSY = "busy"  # 429, 503
    BROKEN = "broken"  # another 5xx, or an answer that is no HTTP
    REPLY_TOO_LARGE = "reply_too_large"
    FUNCTION_REFUSED = "function_refused"  # there is no such function, or it is not ours to call
    FUNCTION_FAILED = "function_failed"  # it raised


# What may be over a moment later: the same request is made again before the call counts as failed.
PASSING = {Failure.NAME_UNKNOWN, Failure.UNREACHABLE, Failure.TIMED_OUT, Failure.BUSY, Failure.BROKEN}


class CallFailedError(SojournError):
    """There is no answer, for one of the reasons that `Failure` lists."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`id` is the same at every attempt, so that whoever is asked can tell a repeated question; `seconds` is all the
    time that an attempt has, from the look-up of the name to the last byte of the answer."""

    id: str
    body: bytes
    seconds: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered; of an answer that is no JSON object nothing is kept."""

    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: bytes) -> "Reply":
        """The answer in these bytes."""
        try:
            fields = json.loads(raw)
            json.dumps(fields, allow_nan=False, ensure_ascii=False).encode()  # lone surrogates, infinities
        except (ValueError, RecursionError):
            return cls()
        return cls(fields) if isinstance(fields, dict) and not _is_deep(fields) else cls()


def body_of(facts: Mapping[str, Any]) -> bytes:
    """A request's body: the same bytes for the same facts."""
    return json.dumps(facts, separators=(",", ":"), sort_keys=True).encode()


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
