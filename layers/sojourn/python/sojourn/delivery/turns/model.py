"""How fast and how much an account may send: turns, handed out one by one. Rates are of the wall (house law 10). Pure.

A message takes its turn once and waits for it; when its turn has come it takes no second one. Of the day's mails a part
is kept for transactional and service mail.
"""

from bisect import insort
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sojourn.delivery.caps import EPOCH, MS, first_rolling, in_ms
from sojourn.delivery.model import HoldReason

SECOND, DAY = 1_000, 86_400_000  # milliseconds
KEPT = 0.05  # of the day's mails, for what people asked for
LASTS = timedelta(minutes=10)  # a turn that nobody used by then is over: the account is busy with others


@dataclass(frozen=True, slots=True)
class Turn:
    """The moment at which a message may go, and what it waits for till then."""

    at: datetime
    waits_for: HoldReason = HoldReason.RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Mails in a second and in a day; 0 for as many as there are."""

    rate: float = 0
    quota: int = 0

    def __bool__(self) -> bool:
        return bool(self.rate or self.quota)

    def of_day(self, *, urgent: bool) -> int:
        """What of the day's mails a message may use."""
        return self.quota if urgent else self.quota - int(self.quota * KEPT)


class Turns(Protocol):
    """Hands out turns."""

    def take(self, limits: Limits, *, now: datetime, urgent: bool) -> Turn:
        """The next turn at or after `now`."""
        ...


@dataclass(slots=True)
class TurnsHere:
    """Turns of one process: exact, for rehearsals and tests. No second and no 24 hours hold more than their limits."""

    taken: list[int] = field(default_factory=list)

    def opens(self, limits: Limits, at: datetime, *, urgent: bool = False) -> Turn:
        """The first turn from `at` on, which nobody takes by asking."""
        begin = moment = in_ms(at)
        waits_for = HoldReason.RATE
        while True:
            before = moment
            if limits.quota:
                moment = first_rolling(self.taken, moment, limits.of_day(urgent=urgent), DAY)
                waits_for = HoldReason.QUOTA if moment > before else waits_for
            if limits.rate:
                moment = first_rolling(self.taken, moment, max(1, int(limits.rate)), SECOND)
            if moment == before:
                return Turn(at if moment == begin else EPOCH + moment * MS, waits_for)

    def take(self, limits: Limits, *, now: datetime, urgent: bool = False) -> Turn:
        """The next turn at or after `now`."""
        turn = self.opens(limits, now, urgent=urgent)
        insort(self.taken, in_ms(turn.at))
        return turn
