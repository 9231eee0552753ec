"""Writes a judged profile: first what will be due, then the profile, then what there is to tell.

So a profile never names a moment that nothing is due at, and what is told is never of a write that failed: two who
judge one contact at once both read, one of them writes, and the other begins again from there.
"""

from dataclasses import replace
from datetime import datetime

from sojourn.clock import Clock, iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.due.store import Due, put_due
from sojourn.segments.announce import announce, numbered

KIND = "segments"  # of what is due; its id is the contact
AGAIN = "again"  # in its task: judge, whenever time alone may change anything


def keep(before: Profile, after: Profile, *, clock: Clock, shards: int) -> Profile:
    """The profile as it stands after the write; StaleWriteError when somebody else wrote it meanwhile."""
    announce(after.contact, (each for each in after.unsaid if "step" in each))
    fresh = tuple(each for each in after.unsaid if "step" not in each)
    ready = numbered(replace(after, unsaid=fresh)) if after.unsaid else after
    if ready.flips_at and ready.flips_at != before.flips_at:
        remember(ready.contact, parse_iso(ready.flips_at), clock=clock, shards=shards)
    put_profile(ready)
    announce(ready.contact, ready.unsaid)
    return replace(ready, revision=ready.revision + 1)


def remember(contact: str, at: datetime, *, clock: Clock, shards: int) -> None:
    """Note when a contact is to be judged again, because time alone may change a verdict then."""
    put_due(Due(at, KIND, contact, {}), now=clock.calendar(), pace=clock.pace, shards=shards)


def judge_again(contact: str, *, clock: Clock, shards: int) -> None:
    """Let the next sweep judge a contact: something changed that is no event of theirs."""
    now = clock.calendar()
    put_due(Due(now, KIND, contact, {AGAIN: True}), now=now, pace=clock.pace, shards=shards)


def is_past(profile: Profile, now: datetime) -> bool:
    """Whether time has come to what it may change."""
    return bool(profile.flips_at) and profile.flips_at <= iso(now)
