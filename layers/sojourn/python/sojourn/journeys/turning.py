"""Mails that wait for their turn at the account's rate: each is let go at its own second.

The sweep comes once a minute. Let go together, a minute's turns would be one burst, which the provider refuses; so it
looks a minute ahead and lets each go when its turn has come, and none sooner after the one before than the rate allows.
What it does not come to in its minute stays due, and the cursor does not pass it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sojourn.contacts.workspace import workspace
from sojourn.delivery.model import HoldReason
from sojourn.delivery.policy import policy_of
from sojourn.due.store import Due, bucket_of
from sojourn.journeys.engine import Engine
from sojourn.tables import DueRow

A_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Turning:
    """The turns of one sweep's minute. On a calendar that runs fast a sweep has no minute: there nothing is paced."""

    engine: Engine
    begun: datetime
    left: set[int] = field(default_factory=set)  # buckets that are not done
    waiting: list[tuple[DueRow, Due]] = field(default_factory=list)

    @property
    def interval(self) -> timedelta:
        """Between one mail and the next; nothing where nobody has set a rate."""
        rate = policy_of(workspace().delivery).email_rate if self.engine.clock.pace == 1 else 0
        return timedelta(seconds=1 / rate) if rate else timedelta()

    def takes(self, row: DueRow, due: Due) -> bool:
        """Keep a turn of this minute, or of before, for its moment; False for whatever else is due."""
        if due.task.get("reason") != HoldReason.RATE or not self.interval:
            return False
        if due.at < self.begun + A_MINUTE:
            self.waiting.append((row, due))
        return True

    def work(self, release: Callable[[Due], None]) -> int:
        """Let them go, the earliest first; how many that was."""
        clock, interval, done = self.engine.clock, self.interval, 0
        ends, free = clock.wall() + (self.begun + A_MINUTE - clock.calendar()), clock.calendar()
        for row, due in sorted(self.waiting, key=lambda each: (each[1].at, each[1].id)):
            moment = max(due.at, free)
            if clock.wall() + max(timedelta(), moment - clock.calendar()) >= ends:
                self.left.add(bucket_of(due.at, clock.pace))
                continue
            if (ahead := (moment - clock.calendar()).total_seconds()) > 0:
                clock.pause(ahead)
            release(due)
            row.delete()
            done, free = done + 1, max(moment, clock.calendar() - interval) + interval
        return done
