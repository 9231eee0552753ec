"""When marketing pauses by itself: too many of the mails of the last day bounced for good, or were called spam. Pure.

SES reviews an account at these rates. Mails are counted by when they were sent, and what comes back counts with the
mail it is about: so a quiet day after a large one is judged by its own mails, and a fresh window has no old ones in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

WINDOW = timedelta(hours=24)
BOUNCE_RATE, COMPLAINT_RATE = 0.05, 0.001
LEAST_MAILS = 200  # of fewer nothing is said: one bounce of three mails is no rate
LEAST_COMPLAINTS = 3  # nor is one reader's click


class Cause(StrEnum):
    """What there was too much of."""

    BOUNCES = "bounces"
    COMPLAINTS = "complaints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the mails of a window; `bounces` are those that bounced for good."""

    mails: int = 0
    bounces: int = 0
    complaints: int = 0

    @property
    def bounce_rate(self) -> float:
        """Of what was sent."""
        return round(self.bounces / self.mails, 5) if self.mails > 0 else 0.0

    @property
    def complaint_rate(self) -> float:
        """Of what arrived: who never got a mail cannot complain of it."""
        arrived = self.mails - self.bounces
        return round(self.complaints / arrived, 5) if arrived > 0 else 0.0

    def cause(self, least: int = LEAST_MAILS) -> Cause | None:
        """Why marketing must pause; None where all is well, or too little is known."""
        if self.mails < least:
            return None
        if self.bounces >= BOUNCE_RATE * self.mails:
            return Cause.BOUNCES
        if self.complaints < LEAST_COMPLAINTS:
            return None
        is_many = self.complaints >= COMPLAINT_RATE * (self.mails - self.bounces)
        return Cause.COMPLAINTS if is_many else None

    def to_json(self) -> dict[str, Any]:
        """With the rates, for people."""
        counted = {"mails": self.mails, "bounces": self.bounces, "complaints": self.complaints}
        return {**counted, "bounce_rate": self.bounce_rate, "complaint_rate": self.complaint_rate}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """What is known of it; the rates come by themselves."""
        return cls(**{name: int(data.get(name, 0)) for name in ("mails", "bounces", "complaints")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether marketing is paused; `since` is when it was, or when somebody resumed it: the window begins there."""

    cause: str = ""
    since: str = ""
    tally: Tally = Tally()  # what it was paused for

    @property
    def is_paused(self) -> bool:
        """Nothing of marketing goes out."""
        return bool(self.cause)

    def resumed(self, *, at: str) -> Self:
        """By a person: what was sent before counts no more."""
        return replace(self, cause="", since=at, tally=Tally())

    def facts(self) -> dict[str, Any]:
        """What explain tells of it."""
        told = {"cause": self.cause, "paused_since": self.since}
        return {**told, "mails": self.tally.mails, "of_them": getattr(self.tally, self.cause, 0)}

    def to_json(self) -> dict[str, Any]:
        """As its row keeps it."""
        return {"cause": self.cause, "since": self.since, "tally": self.tally.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        cause, since = data.get("cause", ""), data.get("since", "")
        return cls(cause=cause, since=since, tally=Tally.of(data.get("tally", {})))


WELL = Standing()
