"""From an event to the door of a journey: who comes by it, and when. Who comes too early waits as a due row.

A date lets in at its moment: `at`, the date's own time, or the local midnight. The journey's hidden segment says whose
day it is; the filter is asked when the moment has come, and who has another date by then does not come.
"""

import hashlib

from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.due.store import Due, put_due
from sojourn.events.model import Event, internal_event
from sojourn.journeys.dates import occasion
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrol import Arrival, enrol
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.language.entering import OnDate, OnSchedule
from sojourn.journeys.live import OCCURRENCE, date_segment
from sojourn.journeys.versions import LiveJourney
from sojourn.segments.model import ENTERED
from sojourn.segments.view import zone_of

KIND = "entry"  # of what is due


def come(profile: Profile, event: Event, live: LiveJourney, *, engine: Engine) -> Enrolment | None:
    """Let somebody in by this event, if it does, now or at their moment."""
    place = live.entry_by(event)
    if place is None:
        return None
    entry = live.entries[place - 1]
    if isinstance(entry, OnDate):
        return _by_date(profile, event, place, live, engine)
    occurrence = ""
    if isinstance(entry, OnSchedule):
        occurrence = f"schedule {place} {event.properties.get(OCCURRENCE, '')}"
    return enrol(Arrival(profile, event, place, occurrence), live, engine=engine)


def come_in_time(profile: Profile, due: Due, live: LiveJourney, *, engine: Engine) -> Enrolment | None:
    """Let somebody in whose moment has come, if the date that named it still does."""
    place = int(due.task["place"])
    entry = live.entries[place - 1] if place <= len(live.entries) else None
    if not isinstance(entry, OnDate):
        return None
    found = occasion(entry.date, profile.attributes, due.at, zone_of(profile, workspace()))
    if found is None or found.name != due.task["occasion"]:
        return None
    said = hashlib.sha256(f"{live.name}|{profile.contact}|{found.name}".encode()).hexdigest()
    properties = {"segment": date_segment(live.name, place), OCCURRENCE: found.name}
    event = internal_event(due.task["pk"], ENTERED, at=due.at, message_id=said, properties=properties)
    return enrol(Arrival(profile, event, place, f"date {place} {found.name}"), live, engine=engine)


def _by_date(
    profile: Profile, event: Event, place: int, live: LiveJourney, engine: Engine
) -> Enrolment | None:
    entry, now = live.entries[place - 1], engine.clock.calendar()
    assert isinstance(entry, OnDate)
    found = occasion(entry.date, profile.attributes, event.at, zone_of(profile, workspace()))
    if found is None:
        return None  # the date is another by now; whatever changed it is an event of its own
    if found.at > now:
        task = {"journey": live.name, "contact": profile.contact, "pk": event.pk}
        task |= {"place": str(place), "occasion": found.name}
        due = Due(found.at, KIND, f"{live.name}/{profile.contact}/{place}", task)
        put_due(due, now=now, pace=engine.clock.pace, shards=engine.due_shards)
        return None
    return enrol(Arrival(profile, event, place, f"date {place} {found.name}"), live, engine=engine)
