"""Those who are in a segment already, let into a journey that asks for them and whose publisher confirmed how many.

Each gets an event of their own, `Segment Entered` with the cause `existing` and the journey's name, which nothing but
that journey hears. It follows from the journey's version, so whoever is told twice was told once.
"""

import hashlib

from sojourn.clock import parse_iso
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event, internal_event
from sojourn.events.store import insert
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import members_of
from sojourn.segments.model import ENTERED, Cause
from sojourn.segments.runs.model import Purpose, Run
from sojourn.segments.runs.store import Found, Tally


def run_of(journey: str, version: int, segment: str, *, at: str) -> Run:
    """The run that lets them in; the same for the same version."""
    return Run.new(Purpose.INCLUDE, f"{journey}-{version}", at=at, segments={segment: 0}, journey=journey)


def include_people(found: Found, run: Run, index: SegmentIndex) -> Tally:
    """Tell of everybody who is in."""
    tally, (segment,) = Tally(), run.segments
    members = [
        each for each in found.people if segment in members_of(each.segments, index) and each.partitions
    ]
    generation = index.live[segment].generation if segment in index.live else 0
    events = [_event(each.contact, each.partitions[0], segment, generation, run) for each in members]
    tally.add("included", segment, len(events))
    if events and insert(events).failed:
        raise StoreBusyError("events")
    return tally


def _event(contact: str, pk: str, segment: str, generation: int, run: Run) -> Event:
    properties = {
        "segment": segment, "cause": Cause.EXISTING.value, "generation": generation, "journey": run.journey,
    }  # fmt: skip
    said = hashlib.sha256(f"{run.id}|{contact}".encode()).hexdigest()
    return internal_event(pk, ENTERED, at=parse_iso(run.at), message_id=said, properties=properties)
