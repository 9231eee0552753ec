"""Let a contact in, or out: the row first, then the execution; both may be repeated (house law 2).

A journey is entered once. One of the purpose `service` answers a request, so the next request enters it again, once
the run before is over: one run at a time, and a while between them (docs/decisions/0018-each-request-is-an-entry.md).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sojourn.clock import iso, parse_iso
from sojourn.consent.model import Purpose
from sojourn.events.model import Event
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.graph import first_state
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import LiveJourney, published
from sojourn.journeys.wait import Engine

ONCE = 1  # re-entry is `once` in this version of the language: the first entry is the only one
A_WHILE = timedelta(minutes=10)  # the least between two service mails to one address, too
MERGED = "merged"


def enrol(collections: Sequence[str], event: Event, live: LiveJourney, *, engine: Engine) -> Enrolment | None:
    """Admit the contact and start the first leg; None when they were in before, under whichever of their contacts.

    The same event comes here again after a crash: it finds its own row and starts the same execution name.
    """
    journey, _ = published(live.name, live.version)
    if is_entered_again(journey):
        before = [run for contact in collections for run in store.enrolments_of(contact, live.name)]
    else:
        before = store.entries(collections, live.name, ONCE) if len(collections) > 1 else []
    entry = _next_entry(before, event, journey)
    wanted = _wanted(collections[0], entry, event, live, engine) if entry else None
    admitted = store.admit(wanted) if wanted else _again(before, event, journey, engine)
    if admitted is not None and admitted.status is Status.ACTIVE and admitted.leg == 1:
        engine.machines.start(admitted)
    return admitted


def leave(enrolment: Enrolment, reason: str, *, engine: Engine) -> None:
    """End a run: the row first, then the execution. A Lambda in flight is stopped by the row alone."""
    store.end(enrolment.id, Status.EXITED, reason=reason, now=iso(engine.clock.calendar()))
    engine.machines.stop(replace(enrolment, reason=reason))


def is_entered_again(journey: Journey) -> bool:
    """Whether the journey answers requests, each of them."""
    return journey.purpose is Purpose.SERVICE


def _next_entry(before: Sequence[Enrolment], event: Event, journey: Journey) -> int:
    """The number of a new run, or 0. Two events may be given the same: the row admits one of them."""
    if not before:
        return ONCE
    if not is_entered_again(journey) or any(run.entered_by == event.key for run in before):
        return 0
    is_too_soon = any(parse_iso(run.entered_at) > event.at - A_WHILE for run in before)
    if is_too_soon or any(run.status is Status.ACTIVE for run in before):
        return 0
    return max(run.entry for run in before) + 1


def _again(before: Sequence[Enrolment], event: Event, journey: Journey, engine: Engine) -> Enrolment | None:
    """The run that this event began. Begun while two contacts became one, it may be one too many."""
    mine = next((run for run in before if run.entered_by == event.key), None)
    if mine is not None and mine.status is Status.ACTIVE and _rivals(mine, before, journey):
        leave(mine, MERGED, engine=engine)
        return None
    return mine


def _rivals(mine: Enrolment, before: Sequence[Enrolment], journey: Journey) -> list[Enrolment]:
    """The runs of the person's other contacts that leave no room for this one."""
    others = [run for run in before if run.contact != mine.contact]
    if is_entered_again(journey):
        return [run for run in others if run.status is Status.ACTIVE]
    return others


def _wanted(contact: str, entry: int, event: Event, live: LiveJourney, engine: Engine) -> Enrolment:
    journey, _ = published(live.name, live.version)
    now = iso(engine.clock.calendar())
    return Enrolment(
        contact=contact,
        journey=live.name,
        entry=entry,
        version=live.version,
        version_arn=live.version_arn,
        entered_by=event.key,
        entered_at=iso(event.at),
        identity=event.pk,
        at=first_state(journey),
        until=now,
        started_at=now,
    )
