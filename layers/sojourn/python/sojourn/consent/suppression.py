"""Addresses that must not be written to, whoever they belong to: reasons, and when a soft bounce becomes one. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Self

from sojourn.clock import iso, parse_iso
from sojourn.consent.model import Consent, Purpose, Word, effective


class Reason(StrEnum):
    """Why an address is suppressed, the mildest first: a stricter reason replaces a milder one, never the reverse."""

    UNSUBSCRIBE = "unsubscribe"  # its holder left all marketing of a channel: closed to marketing only
    IMPORT = "import"  # it stood on a list of such addresses
    MANUAL = "manual"  # an operator said so
    STOP = "stop"  # the holder of the number said so
    SOFT_BOUNCE = "soft_bounce"  # again and again it did not take mail
    BOUNCE = "bounce"  # it is dead
    COMPLAINT = "complaint"  # its holder called our mail spam


LIFTED_BY_HOLDER = frozenset({Reason.STOP, Reason.UNSUBSCRIBE})
LIFTED_BY_OPERATOR = frozenset({Reason.IMPORT, Reason.MANUAL, Reason.SOFT_BOUNCE, Reason.BOUNCE})
ASKED_APART = timedelta(minutes=10)
ASKED_A_DAY = 3
SOFT_LIMIT = 3
SENDS_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One change of an address; no reason means that it was opened."""

    at: str
    reason: str
    source: str

    def as_text(self) -> str:
        """As it is kept."""
        return "|".join((self.at, self.reason, self.source))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """From what `as_text` gave."""
        at, reason, source = text.split("|", 2)
        return cls(at, reason, source)


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is known of an address; `at` is canonical text on the calendar."""

    reason: Reason | None
    at: str
    source: str
    history: tuple[Line, ...] = ()


def closes(known: Suppression, channel: str, purpose: str, topic: str | None, consent: Consent) -> bool:
    """Whether the address is closed to this: who left all marketing may say yes again, as any contact with it.

    Where this contact's own consent refuses, that is the reason to tell.
    """
    if known.reason is not Reason.UNSUBSCRIBE:
        return known.reason is not None
    if purpose != Purpose.MARKETING or consent.refusal(channel, purpose, topic):
        return False
    said = effective(consent.state, channel, purpose, topic)
    return said is None or said.word is not Word.GIVEN or said.at <= known.at


@dataclass(frozen=True, slots=True)
class Send:
    """One mail to an address, and whether it was delivered."""

    message_id: str
    delivered: bool


def milder_than(reason: Reason) -> list[Reason]:
    """The reasons that this one replaces."""
    ranked = list(Reason)
    return ranked[: ranked.index(reason)]


def asked_again(
    known: list[list[str]], message_id: str, now: datetime, *, kind: str = ""
) -> list[list[str]] | None:
    """The day's service mails with one more, or None when that is one too many of its kind.

    Each is a message, its moment and its kind: whoever floods a mailbox with questions keeps no other mail from it.
    """
    today = [each for each in known if parse_iso(each[1]) > now - timedelta(days=1)]
    alike = [each[1] for each in today if each[2:] == [kind]]
    lately = any(parse_iso(at) > now - ASKED_APART for at in alike)
    return None if lately or len(alike) >= ASKED_A_DAY else [*today, [message_id, iso(now), kind]]


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
