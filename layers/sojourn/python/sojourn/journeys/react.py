"""What an event does: profile in memory → effects → the profile last. All of it may be repeated (house law 6).

Effects carry ids derived from the event, so a batch that is delivered twice, or dies in the middle, does nothing twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sojourn.clock import iso, parse_iso
from sojourn.consent.model import changes_of
from sojourn.consent.store import record as record_consent
from sojourn.contacts.model import Profile, fold
from sojourn.contacts.store import claim_identity, find_contact, get_profile, new_contact_id, put_profile
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.events.model import Event
from sojourn.events.rejections import RejectedRecord
from sojourn.events.stream import Sequenced
from sojourn.events.stream import poisoned as poisoned_record
from sojourn.journeys import store
from sojourn.journeys.enrol import enrol
from sojourn.journeys.enrolment import Enrolment, Status, WaitState
from sojourn.journeys.versions import LiveJourney, published
from sojourn.journeys.wait import Engine, answer, answers

TRIES = 5
GOAL = "goal"
POISON = (ArithmeticError, AssertionError, AttributeError, LookupError, NotFoundError, TypeError, ValueError)


def react(
    arrivals: Iterable[Sequenced], live: Mapping[str, LiveJourney], *, engine: Engine
) -> list[RejectedRecord]:
    """Let a batch take effect, person by person: one read and one write of each profile."""
    poisoned: list[RejectedRecord] = []
    for identity, theirs in _by_identity(arrivals).items():
        poisoned.extend(_react_patiently(identity, theirs, live, engine))
    return poisoned


def _by_identity(arrivals: Iterable[Sequenced]) -> dict[str, list[Sequenced]]:
    groups: dict[str, list[Sequenced]] = {}
    for arrival in arrivals:
        groups.setdefault(arrival.event.pk, []).append(arrival)
    return groups


def _react_patiently(
    identity: str, arrivals: list[Sequenced], live: Mapping[str, LiveJourney], engine: Engine
) -> list[RejectedRecord]:
    for _ in range(TRIES):
        try:
            return _react_for(identity, arrivals, live, engine)
        except StaleWriteError:
            continue  # another shard wrote this profile meanwhile: fold onto what it wrote
    raise StoreBusyError(identity)


def _react_for(
    identity: str, arrivals: list[Sequenced], live: Mapping[str, LiveJourney], engine: Engine
) -> list[RejectedRecord]:
    contact = find_contact(identity)
    if contact is None:
        contact = claim_identity(identity, new_contact_id(arrivals[0].event.key))
    profile = before = get_profile(contact)
    poisoned: list[RejectedRecord] = []
    for arrival in arrivals:
        if profile.has_folded(identity, arrival.sequence):
            continue
        try:
            folded = _folded(profile, identity, arrival)
            if _lets_in(arrival.event, live) and folded.traits != before.traits:
                before = _written_ahead(folded, before)
                folded = replace(folded, revision=before.revision)
            _effects(folded, profile, arrival.event, live, engine)
        except POISON as error:
            poisoned.append(poisoned_record(arrival.event, f"{type(error).__name__}: {error}"[:500]))
            continue
        profile = folded
    if profile is not before:
        put_profile(profile)
    return poisoned


def _folded(profile: Profile, identity: str, arrival: Sequenced) -> Profile:
    event = arrival.event
    return fold(
        profile,
        identity=identity,
        sequence=arrival.sequence,
        name=event.event or event.type,
        at=event.at,
        traits=event.traits if event.type == "identify" else {},
    )


def _lets_in(event: Event, live: Mapping[str, LiveJourney]) -> bool:
    return any(event.event == journey.entry for journey in live.values())


def _written_ahead(profile: Profile, before: Profile) -> Profile:
    """A run may send at once, so the address stands before it begins; what says that events are folded comes last."""
    ahead = replace(profile, events=before.events, folded=before.folded)
    put_profile(ahead)
    return replace(ahead, revision=ahead.revision + 1)


def _effects(
    profile: Profile, before: Profile, event: Event, live: Mapping[str, LiveJourney], engine: Engine
) -> None:
    """In this order: what the person allows, where the person is reachable, what ends, what moves, what begins."""
    for change in changes_of(event):
        record_consent(profile.contact, change)
    if profile.phone and profile.phone != before.phone:
        claim_identity(f"p#{profile.phone}", profile.contact)
    if any(event.event in journey.listens for journey in live.values()):
        for enrolment in store.enrolments_of(profile.contact):
            _touch(enrolment, event, engine)
    for journey in live.values():
        if event.event == journey.entry:
            enrol(profile.contact, event, journey, machines=engine.machines, now=engine.clock.calendar())


def _touch(enrolment: Enrolment, event: Event, engine: Engine) -> None:
    """A goal ends the run; else the event may be what it waits for."""
    if enrolment.status is not Status.ACTIVE:
        if enrolment.reason == GOAL and enrolment.ended_at >= iso(event.received_at):
            engine.machines.stop(enrolment)  # this event may have ended it, and died before this
        return
    journey, _ = published(enrolment.journey, enrolment.version)
    if journey.goal and event.event == journey.goal.event and event.at > parse_iso(enrolment.entered_at):
        leave(enrolment, GOAL, engine=engine)
    elif enrolment.wait and enrolment.wait.state in {WaitState.WAITING, WaitState.ANSWERING}:
        if answers(event, enrolment):
            answer(enrolment, event, engine=engine)


def leave(enrolment: Enrolment, reason: str, *, engine: Engine) -> None:
    """End a run: the row first, then the execution. A Lambda in flight is stopped by the row alone."""
    store.end(enrolment.id, Status.EXITED, reason=reason, now=iso(engine.clock.calendar()))
    engine.machines.stop(replace(enrolment, reason=reason))
