"""What an event does: whose it is → profile in memory → effects → the profile last. All of it may be repeated (law 6).

Effects carry ids derived from the event, so a batch that is delivered twice, or dies in the middle, does nothing twice.
Events of people whom one of them names together are taken together, in the order of the stream: each person is read
once and written once, but for the write ahead of an entry, and for a merge.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sojourn import telemetry
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
from sojourn.journeys.coming import come
from sojourn.journeys.deeds import NO_SEGMENTS, deed_of, fold_in
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrol import leave
from sojourn.journeys.identify import identities_of
from sojourn.journeys.membership import Membership, changed_attributes
from sojourn.journeys.moving import Move
from sojourn.journeys.news import is_news
from sojourn.journeys.people import People, Person
from sojourn.journeys.versions import LiveJourney
from sojourn.segments.index import SegmentIndex
from sojourn.telemetry import Metric

__all__ = ["leave", "react"]

TRIES = 5
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

    def heard_by(self, event: Event, changed: frozenset[str], *, lets_in: bool) -> bool:
        """Whether a run may be moved by it. What lets somebody in writes ahead, so on the second try a change that the
        first made does not show: then whoever listens to attributes is asked again."""
        return any(
            journey.heard.hears(event, changed) or (lets_in and journey.heard.attributes)
            for journey in self.live.values()
        )


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
    lets_in = is_new and rules.lets_in(event)
    if lets_in and folded.attributes != person.written.attributes:
        folded = _written_ahead(folded, person)
    _note(folded, event, is_new=not person.profile.folded)
    if is_new:
        _move(person.profile, folded, event, rules, lets_in=lets_in)
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


def _note(profile: Profile, event: Event, *, is_new: bool) -> None:
    """What the person allows, and whom they belong to: before anything that is sent because of it."""
    record_consents(profile.contact, changes_of(event, is_known=profile.is_known), is_new=is_new)
    if event.type == EventType.GROUP:
        note_member(profile.contact, deed_of(event))


def _move(before: Profile, profile: Profile, event: Event, rules: Rules, *, lets_in: bool) -> None:
    """What ends, what moves, what begins. What is no news moves nobody."""
    changed = changed_attributes(before, profile)
    if rules.heard_by(event, changed, lets_in=lets_in):
        move = Move(event, profile, rules.engine)
        for contact in profile.collections:
            for enrolment in store.enrolments_of(contact):
                move.touch(enrolment)
    if lets_in:
        for journey in rules.live.values():
            come(profile, event, journey, engine=rules.engine)
