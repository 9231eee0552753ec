"""A request that nobody confirmed is forgotten: it counts as if it had never been made. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sojourn.clock import iso
from sojourn.consent.model import Consent, Standing, Word

LAPSES_AFTER = timedelta(days=30)


def as_of(consent: Consent, now: datetime) -> Consent:
    """What holds at this moment of the calendar."""
    return replace(consent, state=dict(_standing(consent, iso(now - LAPSES_AFTER))))


def _standing(consent: Consent, since: str) -> Iterator[tuple[str, Standing]]:
    for slot, standing in consent.state.items():
        if standing.word is not Word.REQUESTED or standing.at > since:
            yield slot, standing
        elif before := standing.without(Word.REQUESTED):
            yield slot, before
