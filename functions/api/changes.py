"""What a request changed, as the log of changes tells it.

The line is written when the change has been made. Whoever dies between the two leaves a change without a line, and no
answer: the caller asks again, and that is logged.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from chalice.app import Response

from functions.api.roles import Role, needed
from functions.api.world import world
from sojourn.audit.model import Change
from sojourn.audit.store import record
from sojourn.clock import iso
from sojourn.contacts.model import CONTACT_ID_LENGTH
from sojourn.http.keys import Key

TOLD = (
    "name",
    "version",
    "revision",
    "state",
    "status",
    "id",
    "channel",
    "approvals",
)  # none of them is personal
_before: ContextVar[Any] = ContextVar("before", default=None)
_after: ContextVar[Any] = ContextVar("after", default=None)


def changed(before: Any, after: Any) -> None:
    """A view says what it changed, from what to what. No secrets, and of people no values."""
    _before.set(before)
    _after.set(after)


def forget() -> None:
    """A new request has changed nothing yet."""
    changed(None, None)


def write_down(key: Key, method: str, path: str, named: Mapping[str, str], answer: Any) -> None:
    """A line for the request, unless it only looked."""
    if method == "GET" or needed(method, path) is Role.VIEWER:
        return
    body = answer.body if isinstance(answer, Response) else answer
    told = {name: body[name] for name in TOLD if name in body} if isinstance(body, dict) else {}
    record(
        Change(
            at=iso(world().clock.wall()),
            who=key.name,
            role=key.role,
            did=f"{method} {path}",
            on=_on(named, body),
            before=_before.get(),
            after=_after.get() or told or None,
        )
    )


def _on(named: Mapping[str, str], body: Any) -> dict[str, str]:
    """The parts of the address; of people only our own id, for they may have been called by their e-mail address."""
    return {part: _contact(value, body) if part == "contact" else value for part, value in named.items()}


def _contact(value: str, body: Any) -> str:
    if len(value) == CONTACT_ID_LENGTH and value.isalnum():
        return value
    told = body.get("contact") if isinstance(body, dict) else None
    return told if isinstance(told, str) else "(by another name)"
