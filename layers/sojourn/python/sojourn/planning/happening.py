"""Events of a rehearsal: what lets people in, and what they do."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.clock import iso
from sojourn.events.model import Event, EventType, internal_event, sort_key
from sojourn.journeys.language.entering import REQUESTED, ByRequest, Entry, OnDate, OnSchedule, Trigger
from sojourn.journeys.live import OCCURRENCE, date_segment
from sojourn.planning.chance import gap, lots
from sojourn.segments.model import ENTERED, Cause

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

SOURCE = "rehearsal"
NOT_MET = "entry_not_met"


def event_of(stage: "Stage", name: str, at: datetime, properties: Mapping[str, Any], about: str) -> Event:
    """Something that the contact does."""
    return Event(
        pk=stage.identity,
        sk=sort_key(stage.now_text if at is stage.clock.now else iso(at), SOURCE, about),
        type=EventType.TRACK.value,
        event=name,
        at=at,
        received_at=at,
        source=SOURCE,
        message_id=about,
        payload={"properties": dict(properties)},
    )


def bought(stage: "Stage", because: str) -> None:
    """A purchase, of which somebody may hear."""
    name, properties = stage.behaviour.purchase
    if stage.script.hears(name):
        now = stage.clock.calendar()
        stage.figures.writes["event"] += 1
        stage.happens(event_of(stage, name, now, properties, f"bought-{because}"))


def entry_event(stage: "Stage", entry: Entry, place: int, at: datetime, which: int | str) -> Event:
    """The event by which this entry lets somebody in: for the n-th time, or on an occasion by its name."""
    said = {**stage.behaviour.arrivals.properties, **stage.person.entry}
    journey, about = stage.script.journey.name, f"entry-{place}-{which}"
    if isinstance(entry, Trigger) and not entry.segment:
        return event_of(stage, entry.event, at, said, about)
    if isinstance(entry, ByRequest):
        name, said = REQUESTED, {**said, "journey": journey}
    else:
        name, said = ENTERED, {**said, **_segment(entry, journey, place, str(which))}
    digest = hashlib.sha256(f"{about}|{stage.person.contact}".encode()).hexdigest()
    return internal_event(stage.identity, name, at=at, message_id=digest, properties=said)


def live_unasked(stage: "Stage", start: datetime) -> None:
    """What people do of themselves, so often on average, as far as somebody hears of it."""
    for number, deed in enumerate(stage.behaviour.deeds):
        if deed.every and stage.script.hears(deed.event):
            _again(stage, number, 0, start)


def _again(stage: "Stage", number: int, count: int, since: datetime) -> None:
    deed = stage.behaviour.deeds[number]
    share = lots(stage.seed, stage.person.contact, "deed", str(number), str(count))[0]
    at = since + timedelta(seconds=round(gap(share, deed.every)))
    stage.at(at, partial(_does, stage, number, count, at))


def _does(stage: "Stage", number: int, count: int, at: datetime) -> None:
    deed = stage.behaviour.deeds[number]
    stage.figures.writes["event"] += 1
    stage.happens(event_of(stage, deed.event, at, deed.properties, f"deed-{number}-{count}"))
    stage.note("", deed.event)
    _again(stage, number, count + 1, at)


def _segment(entry: Entry, journey: str, place: int, occasion: str) -> dict[str, Any]:
    if isinstance(entry, OnDate):
        return {"segment": date_segment(journey, place), OCCURRENCE: occasion}
    if isinstance(entry, OnSchedule):
        told = {"segment": entry.segment, "cause": Cause.EXISTING.value, "journey": journey, "entry": place}
        return {**told, OCCURRENCE: occasion}
    assert isinstance(entry, Trigger)
    return {"segment": entry.segment, "cause": Cause.BEHAVIOUR.value}


def arrive(stage: "Stage", at: datetime, number: int = 0) -> None:
    """Come in by the journey's first event at a moment; and perhaps again, after so long."""
    place = stage.script.arrivals
    if place:
        stage.at(at, partial(_arrives, stage, place, at, number))


def _arrives(stage: "Stage", place: int, at: datetime, number: int) -> None:
    entries = stage.script.journey.entries
    stage.figures.writes["event"] += 1
    event = entry_event(stage, entries[place - 1], place, at, number)
    if not stage.happens(event):
        stage.figures.refused[NOT_MET] += 1  # its properties are not those that the entry asks for
    again = stage.behaviour.arrivals.again
    if again:
        share = lots(stage.seed, stage.person.contact, "again", str(number))[0]
        arrive(stage, at + timedelta(seconds=round(gap(share, again))), number + 1)
