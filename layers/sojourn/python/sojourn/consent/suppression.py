"""Addresses that must not be written to, whoever they belong to: reasons, and when a soft bounce becomes one. Pure."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from sojourn.consent.model import Channel


class Reason(StrEnum):
    """Why an address is suppressed, the mildest first: a stricter reason replaces a milder one, never the reverse."""

    STOP = "stop"  # the holder of the number said so
    SOFT_BOUNCE = "soft_bounce"  # again and again it did not take mail
    BOUNCE = "bounce"  # it is dead
    COMPLAINT = "complaint"  # its holder called our mail spam


LIFTED_BY_START = frozenset({Reason.STOP})
SOFT_LIMIT = 3
SENDS_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is known of an address; `at` is canonical text on the calendar."""

    reason: Reason | None
    at: str
    source: str


@dataclass(frozen=True, slots=True)
class Send:
    """One mail to an address, and whether it was delivered."""

    message_id: str
    delivered: bool


def address_hash(channel: str, address: str) -> str:
    """The key under which an address is known; outlives the contact and does not tell the address."""
    return hashlib.sha256(f"{channel}:{_canonical(channel, address)}".encode()).hexdigest()


def _canonical(channel: str, address: str) -> str:
    if channel == Channel.EMAIL:
        return address.strip().lower()
    return "+" + "".join(character for character in address if character.isascii() and character.isdigit())


def milder_than(reason: Reason) -> list[Reason]:
    """The reasons that this one replaces."""
    ranked = list(Reason)
    return ranked[: ranked.index(reason)]


def bounces_too_often(soft: Collection[str], sends: Iterable[Send]) -> bool:
    """Whether 3 of the last 5 mails bounced softly, none delivered between. `sends` run from the newest back."""
    bounced = 0
    for send in islice(sends, SENDS_LOOKED_AT):
        if send.message_id in soft:
            bounced += 1
        elif send.delivered:
            return False
        if bounced == SOFT_LIMIT:
            return True
    return False
