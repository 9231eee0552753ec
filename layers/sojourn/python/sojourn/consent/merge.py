"""Two contacts turn out to be one: what holds then, and what the survivor must take into its ledger. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sojourn.clock import parse_iso
from sojourn.consent.model import (
    Channel,
    Consent,
    ConsentChange,
    Purpose,
    Standing,
    Status,
    Word,
    effective,
    parts_of,
)

MERGE = "merge"
STRICTNESS = {status: number for number, status in enumerate(Status)}


def merge_states(a: Mapping[str, Standing], b: Mapping[str, Standing]) -> dict[str, Standing]:
    """What holds for one person who was two: in each slot the stricter of what either allowed.

    A withdrawal of all topics on one side stands against a topic that the other side gave later. Where only one side
    ever said anything, that holds.
    """
    return {slot: standing for slot in sorted(a.keys() | b.keys()) for standing in _stricter(a, b, slot)}


def _stricter(a: Mapping[str, Standing], b: Mapping[str, Standing], slot: str) -> Iterator[Standing]:
    channel, purpose, topic = parts_of(slot)
    found = [effective(state, channel, purpose, topic) for state in (a, b)]
    standings = [standing for standing in found if standing]
    strictest = max(standings, key=_strictness)
    if len(standings) == 1 or strictest.status is Status.GIVEN:
        yield strictest
    else:
        word = Word.WITHDRAWN if strictest.status is Status.WITHDRAWN else Word.DOUBTED
        yield Standing.said(word, max(standing.at for standing in standings), strictest.by)


def _strictness(standing: Standing) -> tuple[int, bool, str, str]:
    return STRICTNESS[standing.status], standing.word is not Word.IMPORTED, standing.at, standing.by


def merge_changes(
    survivor: Consent, loser: Mapping[str, Standing], at: datetime, event_key: str
) -> list[ConsentChange]:
    """What the survivor's ledger must take in so that its state allows no more than either side did."""
    merged = merge_states(survivor.state, loser)
    return [
        _merge_change(slot, standing, at, event_key)
        for slot, standing in merged.items()
        if not _same(standing, survivor.state.get(slot))
    ]


def _same(standing: Standing, known: Standing | None) -> bool:
    return known is not None and (standing.status, standing.word) == (known.status, known.word)


def _merge_change(slot: str, standing: Standing, at: datetime, event_key: str) -> ConsentChange:
    """A yes keeps its moment; a no holds from the merge on, whatever either side said before."""
    channel, purpose, topic = parts_of(slot)
    said_at = parse_iso(standing.at)
    return ConsentChange(
        channel=Channel(channel),
        purpose=Purpose(purpose),
        topic=topic,
        status=standing.status,
        at=said_at if standing.status is Status.GIVEN else max(at, said_at),
        source=MERGE,
        event_key=event_key,
        how=MERGE,
        evidence={"statement": standing.by},
        is_imported=standing.word is Word.IMPORTED,
        is_merged=True,
    )
