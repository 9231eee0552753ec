"""What the sweep does for segments: whoever's moment has come is judged again.

People in journeys come first, and judging has its time: what is left of it when that is up stays due, the cursor does
not pass it, and the next sweep goes on there. A profile that was written meanwhile is read again.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sojourn import telemetry
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile
from sojourn.due.store import Due
from sojourn.errors import StaleWriteError
from sojourn.journeys.membership import Membership
from sojourn.journeys.merge import finish
from sojourn.journeys.wait import Engine
from sojourn.segments.announce import announce
from sojourn.segments.keep import AGAIN, is_past, keep
from sojourn.segments.store import live_index
from sojourn.tables import DueRow

LONGEST = timedelta(seconds=35)  # of one sweep, by the wall; its function may run for 55
MOST = 10_000  # rows that a sweep takes on, which is more than it has time for
TRIES = 5


@dataclass(slots=True)
class Judging:
    """The due rows of one sweep that are about segments, until it is time to go."""

    engine: Engine
    until: datetime
    left: set[int] = field(default_factory=set)  # buckets that are not done
    _waiting: list[tuple[int, DueRow, Due]] = field(default_factory=list)

    def add(self, bucket: int, row: DueRow, due: Due) -> None:
        """One more, to be done after everything else; more than a sweep could do are left where they are."""
        if len(self._waiting) < MOST:
            self._waiting.append((bucket, row, due))
        else:
            self.left.add(bucket)

    def work(self) -> int:
        """As many as there is time for, the oldest first; how many that was."""
        if not self._waiting:
            return 0
        members, done = Membership(self.engine, live_index()), 0
        for bucket, row, due in sorted(self._waiting, key=lambda each: each[2].at):
            if self.engine.clock.wall() >= self.until or not _judged(due, members):
                self.left.add(bucket)
                continue
            row.delete()
            done += 1
        if self.left:
            telemetry.warn("judging goes on in the next sweep", done=done, left=len(self._waiting) - done)
        return done


def _judged(due: Due, members: Membership) -> bool:
    """Whether it is done; a contact that is written by others all the time waits for the next sweep."""
    for _ in range(TRIES):
        try:
            _judge(get_profile(due.id), members, is_asked=bool(due.task.get(AGAIN)))
        except StaleWriteError:
            continue
        return True
    return False


def _judge(profile: Profile, members: Membership, *, is_asked: bool) -> None:
    """Nobody judges who is forgotten. Whose moment was taken care of may still have something to tell."""
    engine = members.engine
    if not profile.revision or profile.erased_at:
        return
    if is_asked or is_past(profile, engine.clock.calendar()):
        judged = members.in_time(finish(profile, engine=engine))
        keep(profile, judged, clock=engine.clock, shards=engine.due_shards)
    else:
        announce(profile.contact, profile.unsaid)
