"""What journeys will do by themselves soon: begin, end, and let a segment in by their schedule. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sojourn.clock import iso
from sojourn.journeys.language.entering import OnSchedule
from sojourn.journeys.live import LiveJourney, State

AHEAD, MOST = timedelta(days=31), 8


def coming(journeys: Iterable[LiveJourney], now: datetime) -> list[dict[str, Any]]:
    """The next of them, those of the coming month."""
    until = iso(now + AHEAD)
    found = [each for journey in journeys if journey.state is not State.STOPPED for each in _of(journey, now)]
    ahead = [each for each in found if iso(now) <= each["at"] <= until]
    return sorted(ahead, key=lambda each: (each["at"], each["journey"]))[:MOST]


def _of(journey: LiveJourney, now: datetime) -> Iterator[dict[str, Any]]:
    for what, at in (("begins", journey.starts), ("ends", journey.ends)):
        if at:
            yield {"at": at, "what": what, "journey": journey.name, "segment": None}
    for entry in journey.entries:
        if isinstance(entry, OnSchedule):
            from sojourn.journeys.schedules import next_moment

            at = iso(next_moment(entry, now))
            if (not journey.starts or at >= journey.starts) and (not journey.ends or at < journey.ends):
                yield {"at": at, "what": "lets_in", "journey": journey.name, "segment": entry.segment}
