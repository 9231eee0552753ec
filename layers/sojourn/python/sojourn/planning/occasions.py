"""When dates and schedules bring somebody in: at the moments that the engine itself names (journeys/dates, schedules).

A schedule brings the members of its segment: whoever is said to be in it, and everybody of whom no segment is said.
Who is made up and lacks the date gets one: of a yearly one any day of a year, of another any day of the rehearsal.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.clock import iso
from sojourn.events.model import Event
from sojourn.journeys.dates import Occasion, days_of, occasion
from sojourn.journeys.language.entering import OnDate, OnSchedule
from sojourn.journeys.language.times import Date
from sojourn.journeys.live import OCCURRENCE
from sojourn.planning.chance import drawn
from sojourn.planning.doing import swept
from sojourn.planning.happening import entry_event
from sojourn.rules.dates import day_of
from sojourn.rules.values import at_path
from sojourn.segments.view import zone_of

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

NOON = time(12)
BORN, A_YEAR = date(1990, 1, 1), 365


def await_occasions(stage: "Stage", start: datetime) -> None:
    """Let somebody come by every date and schedule of the journey, from the start to the end."""
    for place, entry in enumerate(stage.script.journey.entries, 1):
        if isinstance(entry, OnDate):
            _get_a_date(stage, entry.date, start)
            for found in _between(stage, entry.date, start, stage.until):
                stage.at(swept(found.at), partial(_on_the_day, stage, place, found))
        elif isinstance(entry, OnSchedule) and _is_member(stage, entry):
            _next(stage, place, 0, start)


def later(stage: "Stage", event: Event, place: int) -> bool:
    """Whether somebody whose day has begun comes at a moment of it that is still to come, or not at all."""
    entry = stage.script.journey.entries[place - 1]
    if not isinstance(entry, OnDate) or OCCURRENCE in event.properties:
        return False
    found = occasion(entry.date, stage.profile.attributes, event.at, zone_of(stage.profile, stage.workspace))
    if found is not None:
        stage.at(swept(max(found.at, stage.clock.now)), partial(_on_the_day, stage, place, found))
    return True


def begun_by(stage: "Stage", event: Event, place: int) -> str:
    """What the run says it was begun by, as journeys/coming.py has it."""
    entry = stage.script.journey.entries[place - 1]
    if isinstance(entry, OnDate | OnSchedule):
        kind = "date" if isinstance(entry, OnDate) else "schedule"
        return f"{kind} {place} {event.properties.get(OCCURRENCE, '')}"
    return event.key


def _on_the_day(stage: "Stage", place: int, found: Occasion) -> None:
    entry = stage.script.journey.entries[place - 1]
    assert isinstance(entry, OnDate)
    now = occasion(entry.date, stage.profile.attributes, found.at, zone_of(stage.profile, stage.workspace))
    if now is not None and now.name == found.name:  # who has another date by then does not come
        _come(stage, place, found.at, found.name)


def _next(stage: "Stage", place: int, number: int, start: datetime) -> None:
    at = stage.script.moment(place, number, start)
    stage.at(at, partial(_scheduled, stage, place, number, at, start))


def _scheduled(stage: "Stage", place: int, number: int, at: datetime, start: datetime) -> None:
    _come(stage, place, at, iso(at))
    _next(stage, place, number + 1, start)


def _come(stage: "Stage", place: int, at: datetime, occurrence: str) -> None:
    entry = stage.script.journey.entries[place - 1]
    stage.figures.writes["event"] += 1
    stage.happens(entry_event(stage, entry, place, at, occurrence))


def _is_member(stage: "Stage", entry: OnSchedule) -> bool:
    return not stage.person.segments or entry.segment in stage.person.segments


def _between(stage: "Stage", said: Date, start: datetime, until: datetime) -> Iterator[Occasion]:
    """The returns of their date whose moment lies between the two."""
    zone = zone_of(stage.profile, stage.workspace)
    day = day_of(at_path(stage.profile.attributes, said.path), zone)
    if day is None:
        return
    names: set[str] = set()
    for base in _bases(day, start, until) if said.yearly else [day]:
        noon = datetime.combine(base + timedelta(days=days_of(said)), NOON, tzinfo=zone)
        found = occasion(said, stage.profile.attributes, noon, zone)
        if found and found.name not in names and start <= found.at <= until:
            names.add(found.name)
            yield found


def _bases(day: date, start: datetime, until: datetime) -> Iterator[date]:
    """About the returns round these years; the engine says which they are exactly."""
    for year in range(start.year - 1, until.year + 2):
        yield date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _get_a_date(stage: "Stage", said: Date, start: datetime) -> None:
    profile = stage.profile
    if not stage.person.is_made_up or len(said.path) > 1 or said.path[0] in profile.attributes:
        return
    share = drawn(stage.seed, stage.contact, "date", said.path[0])
    first = BORN if said.yearly else start.date()
    days = A_YEAR if said.yearly else (stage.until - start).days + 1
    told: dict[str, Any] = {said.path[0]: (first + timedelta(days=int(share * days))).isoformat()}
    stage.profile = replace(profile, traits={**profile.traits, **told})
