"""Let a contact in, or out: the row first, then the execution; both may be repeated (house law 2).

In this order it is asked: may anybody come in now; does the event say whose run it is; may this person again
(reentry.py); is the goal met already; does the filter let them in (gates.py). The first No is noted (refusals/),
counted, and what `explain` tells. A number of a run is taken by a condition: who finds it taken reads again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sojourn import telemetry
from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event
from sojourn.journeys import gates, store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.graph import first_state
from sojourn.journeys.language.entering import Again, ByRequest, From, Trigger
from sojourn.journeys.model import Journey
from sojourn.journeys.moments import due_after
from sojourn.journeys.naming import facts_of, key_text, named_by
from sojourn.journeys.reentry import No, Refused, is_free, why_not
from sojourn.journeys.refusals.store import note as note_refusal
from sojourn.journeys.splits import is_held_out, splits_of
from sojourn.journeys.versions import LiveJourney, published
from sojourn.journeys.watching import watch
from sojourn.journeys.withdrawing import RUN_ENDED, withdraw
from sojourn.rules.literals import path_of
from sojourn.rules.values import at_path
from sojourn.telemetry import Metric

ONCE = 1  # the number of a first run
TRIES = 8
MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody at the door: the person as the event leaves them, and the entry (its place, from 1) that it opens.

    `occurrence` names the day or the moment of a schedule by which they come; it lets in once, whatever events tell it.
    """

    profile: Profile
    event: Event
    place: int
    occurrence: str = ""

    @property
    def by(self) -> str:
        """What the run says it was begun by."""
        return self.occurrence or self.event.key


def enrol(arrival: Arrival, live: LiveJourney, *, engine: Engine) -> Enrolment | None:
    """Admit the contact and start the first leg; None when they may not come in.

    The same event comes here again after a crash: it finds its own row and starts the same execution name.
    """
    journey, _ = published(live.name, live.version)
    no = gates.closed(arrival.event.at, live)
    admitted = None
    if no is None:
        key = key_of(journey, arrival)
        found = No(Refused.NO_KEY, {"key": _key_name(journey, arrival.place)}) if key is None else None
        admitted, no = (None, found) if key is None else _admit(arrival, key, journey, live, engine)
    if no is not None:
        _refuse(arrival, live.name, no)
    if admitted is not None and admitted.status is Status.ACTIVE and admitted.leg == 1:
        watch(admitted, arrival.profile, engine=engine)
        engine.machines.start(admitted)
        _tell(admitted)
    return admitted


def _tell(run: Enrolment) -> None:
    correlation = telemetry.correlation_of(run.entered_by)
    telemetry.gather("run begins", enrolment=run.id, correlation=correlation)


def leave(enrolment: Enrolment, reason: str, *, engine: Engine, of_message: str = RUN_ENDED) -> None:
    """End a run: the row first, then the execution. A Lambda in flight is stopped by the row alone. A message that
    waits for its moment is skipped (`of_message` says why)."""
    withdraw(enrolment, of_message)
    store.end(enrolment.id, Status.EXITED, reason=reason, now=iso(engine.clock.calendar()))
    engine.machines.stop(replace(enrolment, reason=reason))


def key_of(journey: Journey, arrival: Arrival) -> str | None:
    """The value that tells this person's runs apart, "" where nothing does; None when the event lacks it."""
    name = _key_name(journey, arrival.place)
    if not name:
        return ""
    return key_text(at_path(arrival.event.properties, path_of(name)))


def _admit(
    arrival: Arrival, key: str, journey: Journey, live: LiveJourney, engine: Engine
) -> tuple[Enrolment | None, No | None]:
    for _ in range(TRIES):
        before = _runs(arrival, journey)
        if mine := next((run for run in before if run.entered_by == arrival.by), None):
            return _again(mine, before, journey, engine), None
        entry = max((run.entry for run in before), default=0) + 1
        wanted = enrolment_of(arrival, entry, key, journey, live, engine.clock.calendar())
        if no := _why_not(wanted, before, arrival, journey, engine):
            return None, no
        if admitted := store.admit(wanted):
            return admitted, None
        if is_free(journey) and len(arrival.profile.collections) == 1 and not before:
            first = store.get_enrolment(wanted.id)
            return None, why_not(
                journey, [first] if first else [], key=key, at=arrival.event.at, now=arrival.event.at
            )
    raise StoreBusyError(live.name)


def _runs(arrival: Arrival, journey: Journey) -> Sequence[Enrolment]:
    """The person's runs that matter. Of a plain journey that is entered once, the row's condition asks for it."""
    collections = arrival.profile.collections
    if not is_free(journey):
        return [run for contact in collections for run in store.enrolments_of(contact, journey.name)]
    if len(collections) == 1 and journey.filter is None:
        return ()
    return store.entries(collections, journey.name, ONCE)


def _why_not(
    wanted: Enrolment, before: Sequence[Enrolment], arrival: Arrival, journey: Journey, engine: Engine
) -> No | None:
    now = engine.clock.calendar()
    no = why_not(journey, before, key=wanted.key, at=arrival.event.at, now=now)
    if no:
        return no
    profile, event = arrival.profile, arrival.event
    return gates.goal_met(wanted, profile, event, journey) or gates.filtered(wanted, profile, journey, now)


def _again(
    mine: Enrolment, before: Sequence[Enrolment], journey: Journey, engine: Engine
) -> Enrolment | None:
    """The run that this event began. Begun while two contacts became one, it may be one too many."""
    if mine.status is Status.ACTIVE and _rivals(mine, before, journey):
        leave(mine, MERGED, engine=engine)
        return None
    return mine


def _rivals(mine: Enrolment, before: Sequence[Enrolment], journey: Journey) -> list[Enrolment]:
    """The runs of the person's other contacts that leave no room for this one."""
    others = [run for run in before if run.contact != mine.contact and run.key == mine.key]
    if journey.again is Again.ONCE:
        return others
    return [] if run_side_by_side(journey) else [run for run in others if run.status is Status.ACTIVE]


def run_side_by_side(journey: Journey) -> bool:
    """Whether one person may be in it several times at once, by the same key."""
    is_paused = journey.again is Again.AFTER_PAUSE and journey.reentry.pause_from is From.ENTRY
    return journey.again is Again.ALWAYS or is_paused


def _key_name(journey: Journey, place: int) -> str:
    entry = journey.entries[place - 1]
    return entry.key if isinstance(entry, Trigger | ByRequest) else ""


def enrolment_of(
    arrival: Arrival, entry: int, key: str, journey: Journey, live: LiveJourney, at: datetime
) -> Enrolment:
    """The row of a run that begins."""
    now, contact, first = iso(at), arrival.profile.contact, first_state(journey)
    return Enrolment(
        contact=contact,
        journey=live.name,
        entry=entry,
        version=live.version,
        version_arn=live.version_arn,
        entered_by=arrival.by,
        entered_at=iso(arrival.event.at),
        identity=arrival.event.pk,
        at=first,
        until=iso(due_after(journey, first, at)),
        started_at=now,
        key=key,
        facts=facts_of(arrival.event.properties, named_by(journey)),
        splits=splits_of(journey, contact),
        holdout=bool(journey.holdout) and is_held_out(journey, contact),
    )


def _refuse(arrival: Arrival, journey: str, no: No) -> None:
    if note_refusal(arrival.profile.contact, journey, arrival.event, no):
        telemetry.count_by(Metric.ENTRIES_REFUSED, no.reason.value)
        telemetry.detail(
            "entry refused", contact=arrival.profile.contact, journey=journey, reason=no.reason.value
        )
