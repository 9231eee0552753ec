"""What an event does: whose it is → profile in memory → effects → the profile last. All of it may be repeated (law 6).

Effects carry ids derived from the event, so a batch that is delivered twice, or dies in the middle, does nothing twice.
Events of people whom one of them names together are taken together, in the order of the stream: each person is read
once and written once, but for the write ahead of an entry, and for a merge.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sojourn import telemetry
from sojourn.clock import iso, parse_iso
from sojourn.consent.statements import changes_of
from sojourn.consent.store import record_all as record_consents
from sojourn.contacts.groups.store import note as note_member
from sojourn.contacts.model import Profile, ProfileTooLargeError
from sojourn.contacts.store import Owner, find_owners
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.events.model import Event, EventType
from sojourn.events.rejections import RejectedRecord
from sojourn.events.stream import Sequenced, poisoned
from sojourn.journeys import store
from sojourn.journeys.batch import by_person
from sojourn.journeys.deeds import NO_SEGMENTS, deed_of, fold_in
from sojourn.journeys.enrol import enrol, leave
from sojourn.journeys.enrolment import Enrolment, Status, WaitState
from sojourn.journeys.identify import identities_of
from sojourn.journeys.membership import Membership
from sojourn.journeys.model import Journey
from sojourn.journeys.news import is_news
from sojourn.journeys.people import People, Person
from sojourn.journeys.versions import LiveJourney, published
from sojourn.journeys.wait import Engine, answer, answers
from sojourn.segments.index import SegmentIndex
from sojourn.telemetry import Metric

__all__ = ["leave", "react"]

TRIES = 5
GOAL = "goal"
NO_ROOM = "the traits were left out: with them the profile would be larger than a row can be"
POISON = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotFoundError, ProfileTooLargeError, TypeError,
    ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for every event of a batch."""

    live: Mapping[str, LiveJourney]
    segments: Membership
    engine: Engine

    def lets_in(self, event: Event) -> bool:
        """Whether a journey begins with it."""
        return any(journey.is_entered_by(event) for journey in self.live.values())

    def is_listened_to(self, event: Event) -> bool:
        """Whether a run may wait for it, or have it as its goal."""
        return any(event.event in journey.listens for journey in self.live.values())


def react(
    arrivals: Iterable[Sequenced],
    live: Mapping[str, LiveJourney],
    *,
    engine: Engine,
    segments: SegmentIndex = NO_SEGMENTS,
) -> list[RejectedRecord]:
    """Let a batch take effect, person by person; the answer is what could not."""
    rules = Rules(live=live, engine=engine, segments=Membership(engine, segments))
    arrived = list(arrivals)
    owners = find_owners(identity for each in arrived for identity in identities_of(each.event))
    without_effect: list[RejectedRecord] = []
    for theirs in by_person(arrived, owners):
        without_effect.extend(_react_patiently(theirs, owners, rules))
    return without_effect


def _react_patiently(
    arrivals: list[Sequenced], owners: Mapping[str, Owner], rules: Rules
) -> list[RejectedRecord]:
    for _ in range(TRIES):
        try:
            return _react_for(arrivals, People(dict(owners), rules.engine, rules.segments), rules)
        except StaleWriteError:  # another shard wrote a profile, or took an identity: go on from there
            owners = find_owners(identity for each in arrivals for identity in identities_of(each.event))
    raise StoreBusyError("profile")


def _react_for(arrivals: list[Sequenced], people: People, rules: Rules) -> list[RejectedRecord]:
    without_effect: list[RejectedRecord] = []
    for arrival in arrivals:
        event = arrival.event
        if people.have_folded(event.pk, arrival.sequence):
            continue
        try:
            person = people.whose(event)
            if person is None:
                telemetry.count(Metric.EVENTS_OF_ERASED)
                continue
            without_effect.extend(_take(person, arrival, rules))
        except POISON as error:
            without_effect.append(poisoned(event, f"{type(error).__name__}: {error}"[:500]))
    people.save()
    return without_effect


def _take(person: Person, arrival: Sequenced, rules: Rules) -> list[RejectedRecord]:
    """One event of one person; the answer is what of it there was no room for."""
    event, max_age = arrival.event, rules.engine.max_age
    is_new = is_news(event, max_age)
    folded, left_out = fold_in(
        person.profile, event, sequence=arrival.sequence, max_age=max_age, index=rules.segments.index
    )
    if is_new and rules.lets_in(event) and folded.attributes != person.written.attributes:
        folded = _written_ahead(folded, person)
    _effects(folded, event, rules, is_new=is_new)
    person.profile = rules.segments.after(
        person.profile, folded, event, is_news=is_new, is_unjudged=person.is_unjudged
    )
    person.is_unjudged = False
    return [poisoned(event, NO_ROOM, code="profile_too_large", field=left_out)] if left_out else []


def _written_ahead(profile: Profile, person: Person) -> Profile:
    """A run may send at once, so the address stands before it begins; what says that events are folded comes last."""
    before = person.written
    person.write(
        replace(
            profile,
            events=before.events,
            folded=before.folded,
            facts=before.facts,
            traces=before.traces,
            segments=before.segments,
            flips_at=before.flips_at,
            unsaid=before.unsaid,
        )
    )
    return replace(profile, revision=person.written.revision)


def _effects(profile: Profile, event: Event, rules: Rules, *, is_new: bool) -> None:
    """In this order: what the person allows, what ends, what moves, what begins. What is no news moves nobody."""
    record_consents(profile.contact, changes_of(event, is_known=profile.is_known))
    if event.type == EventType.GROUP:
        note_member(profile.contact, deed_of(event))
    if is_new:
        _moves(profile.collections, event, rules)


def _moves(collections: tuple[str, ...], event: Event, rules: Rules) -> None:
    if rules.is_listened_to(event):
        for contact in collections:
            for enrolment in store.enrolments_of(contact):
                _touch(enrolment, event, rules.engine)
    for journey in rules.live.values():
        if journey.is_entered_by(event):
            enrol(collections, event, journey, engine=rules.engine)


def _touch(enrolment: Enrolment, event: Event, engine: Engine) -> None:
    """A goal ends the run; else the event may be what it waits for."""
    if enrolment.status is not Status.ACTIVE:
        if enrolment.reason == GOAL and enrolment.ended_at >= iso(event.received_at):
            engine.machines.stop(enrolment)  # this event may have ended it, and died before this
        return
    journey, _ = published(enrolment.journey, enrolment.version)
    if _meets_goal(journey, event) and event.at > parse_iso(enrolment.entered_at):
        leave(enrolment, GOAL, engine=engine)
    elif enrolment.wait and enrolment.wait.state in {WaitState.WAITING, WaitState.ANSWERING}:
        if answers(event, enrolment):
            answer(enrolment, event, engine=engine)


def _meets_goal(journey: Journey, event: Event) -> bool:
    goal = journey.goal
    return goal is not None and goal.trigger.is_met_by(
        event.event, event.properties, is_internal=event.is_internal
    )
