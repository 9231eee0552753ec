"""Entries by schedule: at each moment that a cron expression names, everybody in a segment comes in.

The next moment stands as a due row before anything of this one is done. Then the segment's members are told in pages,
one due row a shard and page: each gets an event of their own, named after the moment, so who is told twice was told
once. What is in the table of due rows and not in the live version any more does nothing.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sojourn.clock import Clock, iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profiles
from sojourn.due.store import Due, put_due
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event, internal_event
from sojourn.events.store import insert
from sojourn.journeys.engine import Engine
from sojourn.journeys.language.entering import EXISTING, OnSchedule
from sojourn.journeys.live import OCCURRENCE, LiveJourney, State
from sojourn.segments.members.store import members_after
from sojourn.segments.model import ENTERED, SHARDS

SCHEDULE, MEMBERS = "schedule", "members"  # of what is due
A_PAGE, A_READ = 500, 100


def next_moment(entry: OnSchedule, after: datetime) -> datetime:
    """The first moment after this one; in a gap of the clocks it moves forward, of two hours it is the first."""
    from cronsim import CronSim  # loads where a schedule is asked

    return next(CronSim(entry.cron, after.astimezone(ZoneInfo(entry.zone)))).astimezone(UTC)


def schedule_all(live: LiveJourney, *, clock: Clock, shards: int) -> None:
    """Put down the next moment of every schedule; putting it twice is putting it once."""
    now = clock.calendar()
    for place, entry in enumerate(live.entries, 1):
        if isinstance(entry, OnSchedule) and live.state is not State.STOPPED:
            begin = max(now, parse_iso(live.starts)) if live.starts else now
            _put(live, place, entry, next_moment(entry, begin), clock=clock, shards=shards)


def begin(due: Due, live: LiveJourney | None, *, engine: Engine) -> None:
    """A moment has come: first the next, then the members of this one."""
    entry = _entry(due, live)
    if live is None or entry is None:
        return
    clock, now = engine.clock, engine.clock.calendar()
    _put(
        live,
        int(due.task["place"]),
        entry,
        next_moment(entry, max(due.at, now)),
        clock=clock,
        shards=engine.due_shards,
    )
    for shard in range(SHARDS):
        _put_page({**due.task, "shard": shard, "moment": iso(due.at)}, (), engine)


def go_on(due: Due, live: LiveJourney | None, *, engine: Engine, page: int = A_PAGE) -> None:
    """Tell one page of members; the rest is due at once."""
    entry = _entry(due, live)
    if live is None or entry is None:
        return
    after = tuple(due.task["after"])
    found = members_after(entry.segment, int(due.task["shard"]), after, limit=page)
    events = [_event(profile, due) for profile in _profiles([contact for contact, _ in found])]
    if events and insert(events).failed:
        raise StoreBusyError("events")
    if len(found) == page:
        _put_page(due.task, found[-1], engine)


def _entry(due: Due, live: LiveJourney | None) -> OnSchedule | None:
    """The entry that put the row down, if it is still one of the live version."""
    if live is None or live.state is State.STOPPED:
        return None
    if live.ends and iso(due.at) >= live.ends and due.kind == SCHEDULE:
        return None
    place = int(due.task["place"])
    entry = live.entries[place - 1] if place <= len(live.entries) else None
    return entry if isinstance(entry, OnSchedule) and _hash(entry) == due.task["entry"] else None


def _put(
    live: LiveJourney, place: int, entry: OnSchedule, at: datetime, *, clock: Clock, shards: int
) -> None:
    task = {"journey": live.name, "place": place, "entry": _hash(entry), "segment": entry.segment}
    due = Due(at, SCHEDULE, f"{live.name}/{place}/{task['entry']}", task)
    put_due(due, now=clock.calendar(), pace=clock.pace, shards=shards)


def _put_page(task: Mapping[str, Any], after: Sequence[str], engine: Engine) -> None:
    now = engine.clock.calendar()
    name = f"{task['journey']}/{task['place']}/{task['moment']}/{task['shard']}/{''.join(after)}"
    due = Due(now, MEMBERS, name, {**task, "after": list(after)})
    put_due(due, now=now, pace=engine.clock.pace, shards=engine.due_shards)


def _profiles(contacts: Sequence[str]) -> Iterator[Profile]:
    """Those of them who can be told; who became another by now is a member as that one."""
    for start in range(0, len(contacts), A_READ):
        for profile in get_profiles(contacts[start : start + A_READ]).values():
            if profile.partitions:
                yield profile


def _event(profile: Profile, due: Due) -> Event:
    moment = due.task["moment"]
    properties = {
        "segment": due.task["segment"], "cause": EXISTING, "journey": due.task["journey"],
        "entry": int(due.task["place"]), OCCURRENCE: moment,
    }  # fmt: skip
    said = f"{due.task['journey']}|{due.task['place']}|{moment}|{profile.contact}"
    message_id = hashlib.sha256(said.encode()).hexdigest()
    pk = profile.partitions[0]
    return internal_event(pk, ENTERED, at=parse_iso(moment), message_id=message_id, properties=properties)


def _hash(entry: OnSchedule) -> str:
    return hashlib.sha256(json.dumps(entry.to_definition(), sort_keys=True).encode()).hexdigest()[:12]
