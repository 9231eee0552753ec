"""Let a contact in, or out: the row first, then the execution; both may be repeated (house law 2)."""

from collections.abc import Sequence
from dataclasses import replace

from sojourn.clock import iso
from sojourn.events.model import Event
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.model import first_state
from sojourn.journeys.versions import LiveJourney, published
from sojourn.journeys.wait import Engine

ONCE = 1  # re-entry is `once` in this version of the language: the first entry is the only one
MERGED = "merged"


def enrol(collections: Sequence[str], event: Event, live: LiveJourney, *, engine: Engine) -> Enrolment | None:
    """Admit the contact and start the first leg; None when they were in before, under whichever of their contacts.

    The same event comes here again after a crash: it finds its own row and starts the same execution name.
    """
    before = store.entries(collections, live.name, ONCE) if len(collections) > 1 else []
    first = None if before else _wanted(collections[0], event, live, engine)
    admitted = store.admit(first) if first else _again(before, event, engine)
    if admitted is not None and admitted.status is Status.ACTIVE and admitted.leg == 1:
        engine.machines.start(admitted)
    return admitted


def leave(enrolment: Enrolment, reason: str, *, engine: Engine) -> None:
    """End a run: the row first, then the execution. A Lambda in flight is stopped by the row alone."""
    store.end(enrolment.id, Status.EXITED, reason=reason, now=iso(engine.clock.calendar()))
    engine.machines.stop(replace(enrolment, reason=reason))


def _again(before: Sequence[Enrolment], event: Event, engine: Engine) -> Enrolment | None:
    """The run that this event began. Begun while two contacts became one, it may be one too many."""
    mine = next((run for run in before if run.entered_by == event.key), None)
    if mine is not None and len(before) > 1 and mine.status is Status.ACTIVE:
        leave(mine, MERGED, engine=engine)
        return None
    return mine


def _wanted(contact: str, event: Event, live: LiveJourney, engine: Engine) -> Enrolment:
    journey, _ = published(live.name, live.version)
    now = iso(engine.clock.calendar())
    return Enrolment(
        contact=contact,
        journey=live.name,
        entry=ONCE,
        version=live.version,
        version_arn=live.version_arn,
        entered_by=event.key,
        entered_at=iso(event.at),
        identity=event.pk,
        at=first_state(journey),
        until=now,
        started_at=now,
    )
