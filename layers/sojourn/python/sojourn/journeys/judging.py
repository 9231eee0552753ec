"""What the sweep does for segments: whoever's moment has come is judged again.

People in journeys come first, and judging has its time: what is left of it when that is up stays due, the cursor does
not pass it, and the next sweep goes on there. Profiles are read, and rows deleted, by the batch; a profile that was
written meanwhile is read again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sojourn import telemetry
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile, get_profiles
from sojourn.due.store import Due, delete_all
from sojourn.errors import StaleWriteError
from sojourn.events.wire import chunks
from sojourn.journeys.engine import Engine
from sojourn.journeys.membership import Membership
from sojourn.journeys.merge import finish
from sojourn.segments.announce import announce
from sojourn.segments.keep import AGAIN, is_past, keep
from sojourn.segments.store import live_index
from sojourn.tables import DueRow

LONGEST = timedelta(seconds=35)  # of one sweep, by the wall; its function may run for 90
MOST = 10_000  # rows that a sweep takes on, which is more than it has time for
BATCH = 100  # profiles of one read
TRIES = 5


@dataclass(slots=True)
class Judging:
    """The due rows of one sweep that are about segments, until it is time to go."""

    engine: Engine
    until: datetime
    left: set[int] = field(default_factory=set)  # buckets that are not done
    _waiting: list[tuple[int, DueRow, Due]] = field(default_factory=list)
    _is_over: bool = False

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
        for batch in chunks(sorted(self._waiting, key=lambda each: each[2].at), BATCH):
            rows = list(self._done(batch, members))
            delete_all(rows)
            done += len(rows)
        if self.left:
            telemetry.warn("judging goes on in the next sweep", done=done, left=len(self._waiting) - done)
        return done

    def _done(self, batch: Sequence[tuple[int, DueRow, Due]], members: Membership) -> Iterator[DueRow]:
        """The rows of a batch that were seen to; the buckets of the others are not done."""
        known = {} if self._is_over else get_profiles(due.id for _, _, due in batch)
        for bucket, row, due in batch:
            self._is_over = self._is_over or self.engine.clock.wall() >= self.until
            if not self._is_over and _judged(due, known.pop(due.id, None), members):
                yield row
            else:
                self.left.add(bucket)


def _judged(due: Due, known: Profile | None, members: Membership) -> bool:
    """Whether it is done; a contact that is written by others all the time waits for the next sweep."""
    for _ in range(TRIES):
        try:
            _judge(known or get_profile(due.id), members, is_asked=bool(due.task.get(AGAIN)))
        except StaleWriteError:
            known = None
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
