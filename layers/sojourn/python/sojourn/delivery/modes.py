"""Sending modes: how far the workspace, and a journey, let messages out. Pure.

off         nothing goes: every decision is written down, and its message skipped (`mode`)
draft       a message waits until a person releases it, or expires
allow_list  only the workspace's named addresses get anything
live        everything goes

What the workspace says and what the journey says both hold, so the stricter wins; where one is a draft and the other
an allow list, a message must be allowed and released. A stack that was switched over to restored tables starts on hold:
its messages are drafts, whatever was said, until a person says it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self


class Mode(StrEnum):
    """From the strictest to the freest."""

    OFF = "off"
    DRAFT = "draft"
    ALLOW_LIST = "allow_list"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What the workspace says: its mode, and who may get something in `allow_list`, here or in a journey. It holds for
    the tables over which it was said (the suffix of a restore); over others, every message is a draft besides."""

    mode: Mode = Mode.LIVE
    allow: tuple[str, ...] = ()
    since: str = ""
    tables: str = ""
    restored: bool = False

    def to_json(self) -> dict[str, Any]:
        """As its row keeps it."""
        said = {"mode": self.mode.value, "allow": list(self.allow), "since": self.since}
        return {**said, "tables": self.tables} if self.tables else said

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        allow, since = tuple(data.get("allow", ())), data.get("since", "")
        return cls(mode=Mode(data["mode"]), allow=allow, since=since, tables=data.get("tables", ""))

    def over(self, tables: str) -> Self:
        """As it holds for these tables: what was said before they were restored lets nothing go by itself."""
        return replace(self, restored=tables != self.tables)

    def allows(self, address: str) -> bool:
        """Whether this address is named; how it is written does not matter."""
        return as_compared(address) in map(as_compared, self.allow)


EVERYBODY = Sending()


def shut_by(sending: Sending, journey: str, address: str) -> Mode | None:
    """The mode in which nothing goes to this address, by either word; None where something may."""
    said = {sending.mode, Mode(journey)}
    if Mode.OFF in said:
        return Mode.OFF
    return Mode.ALLOW_LIST if Mode.ALLOW_LIST in said and not sending.allows(address) else None


def waits_for_release(sending: Sending, journey: str) -> bool:
    """Whether a person must let it go."""
    return sending.restored or Mode.DRAFT in {sending.mode, Mode(journey)}


def strictest(modes: Iterable[Mode]) -> Mode:
    """The one to name, of several that hold."""
    return min(modes, key=list(Mode).index)


def as_compared(address: str) -> str:
    """`Ada@Example.org` is `ada@example.org`, and `+44 7700 900-123` is `+447700900123`."""
    plain = address.strip().casefold()
    return plain if "@" in plain else "".join(sign for sign in plain if sign not in " -().")
