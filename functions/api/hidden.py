"""The hidden segments of a journey that dates let into: published with it, and retired when it knows them no more."""

from collections.abc import Callable

from functions.api.world import segments
from sojourn.journeys.dates import rule_of
from sojourn.journeys.language.entering import OnDate
from sojourn.journeys.live import HIDDEN, LiveJourney, date_segment
from sojourn.segments.publish import Desk, publish_rule, retire
from sojourn.segments.store import live


def publish_dates(journey: LiveJourney, *, desk: Callable[[], Desk] = segments) -> None:
    """Each date of the live version; what an older one had and this has not goes. Asked again it does what is left."""
    wanted = _dates(journey)
    for name, entry in wanted.items():
        publish_rule(name, rule_of(entry.date), desk=desk())
    _retire(journey, desk, but=set(wanted))


def retire_dates(journey: LiveJourney, *, desk: Callable[[], Desk] = segments) -> None:
    """All of them: the journey was stopped."""
    _retire(journey, desk, but=set())


def is_hidden(segment: str) -> bool:
    """Whether a segment belongs to a journey, so that lists leave it out."""
    return HIDDEN in segment


def _dates(journey: LiveJourney) -> dict[str, OnDate]:
    return {
        date_segment(journey.name, place): entry
        for place, entry in enumerate(journey.entries, 1)
        if isinstance(entry, OnDate)
    }


def _retire(journey: LiveJourney, desk: Callable[[], Desk], *, but: set[str]) -> None:
    for name, stand in live().items():
        is_its = name.startswith(f"{journey.name}{HIDDEN}d")
        if is_its and name not in but and (stand.live or stand.pending):
            retire(name, desk=desk())
