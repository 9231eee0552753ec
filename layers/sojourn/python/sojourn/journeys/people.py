"""The people of a batch, as they stand in memory: who an event is about, what was folded, what was written.

An identity that nobody has goes to whoever the same call names beside it, else to somebody new. Identities that have
different owners make them one person, where the rules of contacts/merge.py allow it; else the conflict is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NoReturn

from sojourn.clock import iso
from sojourn.contacts import store
from sojourn.contacts.identities.store import release_identity
from sojourn.contacts.merge import Refusal, Why, conflicted, refusal
from sojourn.contacts.model import Profile, ProfileTooLargeError
from sojourn.contacts.store import Owner
from sojourn.errors import StaleWriteError
from sojourn.events.model import Event, Trust
from sojourn.journeys.engine import Engine
from sojourn.journeys.forgotten import is_forgotten
from sojourn.journeys.identify import Named, named_by
from sojourn.journeys.membership import Membership
from sojourn.journeys.merge import finish, unite
from sojourn.segments.announce import announce
from sojourn.segments.keep import keep


@dataclass(slots=True, eq=False)
class Person:
    """One person: the profile with all that was folded, and as it was last read or written."""

    profile: Profile
    written: Profile
    is_unjudged: bool = False  # under no segment at all, or not since it became one with another

    def write(self, profile: Profile) -> None:
        """Write it, and remember its revision."""
        store.put_profile(profile)
        self.written = replace(profile, revision=profile.revision + 1)
        self.profile = replace(self.profile, revision=self.written.revision)


@dataclass(slots=True)
class People:
    """Those whom some identities may lead to."""

    owners: dict[str, Owner]
    engine: Engine
    segments: Membership
    _known: dict[str, Person] = field(default_factory=dict)

    def whose(self, event: Event) -> Person | None:
        """Whoever did it; None when it is of somebody who was erased since."""
        named = self._resolved(event)
        own = self.owners.get(event.pk)
        contact = own.contact if own else self._taken_in(event, named)
        if contact is None:
            return None
        person = self._claimed(self.person(contact), event, named)
        for other in named:
            person = self._joined(person, other, event)
        return person

    def person(self, contact: str) -> Person:
        """The person of this contact, or of the one it became."""
        if contact not in self._known:
            profile = store.get_profile(contact)
            if profile.erased_at:
                self._let_go(contact)
            known = self._known.get(profile.contact)
            self._known[contact] = self._known[profile.contact] = known or self._read(profile)
        return self._known[contact]

    def _let_go(self, contact: str) -> NoReturn:
        """Identities that still name somebody who is erased are free from now on: read again."""
        for identity, owner in self.owners.items():
            if owner.contact == contact:
                release_identity(identity, contact)
        raise StaleWriteError(contact)

    def have_folded(self, identity: str, sequence: str) -> bool:
        """Whether an event of this identity took effect before: then nothing of it is done again."""
        owner = self.owners.get(identity)
        return owner is not None and self.person(owner.contact).profile.has_folded(identity, sequence)

    def save(self) -> None:
        """Write what was folded, and tell what came of it."""
        for person in {id(person): person for person in self._known.values()}.values():
            if person.is_unjudged and person.written.merging:
                person.profile = self.segments.after_merge(person.profile)
            if person.profile is not person.written:
                clock, shards = self.engine.clock, self.engine.due_shards
                person.written = keep(person.written, person.profile, clock=clock, shards=shards)
                person.profile = person.written
            elif person.written.unsaid:  # whoever wrote it may have died before this
                announce(person.written.contact, person.written.unsaid)

    def _read(self, profile: Profile) -> Person:
        """Whoever finds a merge that is not finished finishes it."""
        is_unjudged = not profile.folded or bool(profile.merging)
        return Person(finish(profile, engine=self.engine), profile, is_unjudged)

    def _resolved(self, event: Event) -> list[Named]:
        """The identities beside its own; of an alias, whichever kind of id has an owner."""
        return [
            replace(named, identity=named.instead, instead="")
            if named.instead in self.owners and named.identity not in self.owners
            else named
            for named in named_by(event)
        ]

    def _taken_in(self, event: Event, named: list[Named]) -> str | None:
        """Whose a new identity is: of somebody whom the call names beside it, else of somebody new."""
        for other in named:
            owner = self.owners.get(other.identity)
            if owner and self._may_be_theirs(event, self.person(owner.contact).profile, other.why):
                return self.person(owner.contact).profile.contact
        return None if is_forgotten(event) else store.new_contact_id(event.key)

    def _may_be_theirs(self, event: Event, other: Profile, why: Why) -> bool:
        nobody = Profile("", identities=(event.pk,))
        return refusal(nobody, other, why, trust=event.trust, is_own_creation=True) is None

    def _claimed(self, person: Person, event: Event, named: list[Named]) -> Person:
        """Identities that are free become this person's; of two in one call the first may be had alone, for a while."""
        contact, wanted = person.profile.contact, list(self._wanted(person.profile, event, named))
        if free := [identity for identity in wanted if identity not in self.owners]:
            store.claim_identities(free, contact, trust=event.trust.value)
            self.owners |= dict.fromkeys(free, Owner(contact, event.trust.value))
        # Not the free ones alone: an earlier try may have claimed them, and died before the profile knew.
        theirs = (each for each in wanted if self.owners[each].contact in person.profile.collections)
        mine = tuple(sorted({*person.profile.identities, *theirs}))
        if mine != person.profile.identities:
            person.profile = replace(person.profile, identities=mine)
        return person

    def _wanted(self, profile: Profile, event: Event, named: list[Named]) -> Iterator[str]:
        yield event.pk
        for other in named:
            if event.trust is not Trust.BROWSER or self._is_in_reach(profile, event):
                yield from filter(None, (other.identity, other.instead))

    def _is_in_reach(self, profile: Profile, event: Event) -> bool:
        return not profile.is_known or self._is_own_creation(event)

    def _is_own_creation(self, event: Event) -> bool:
        """Whether a browser's call was the first to name this identity."""
        owner = self.owners.get(event.pk)
        return owner is None or owner.trust == Trust.BROWSER

    def _joined(self, person: Person, named: Named, event: Event) -> Person:
        """This person and whoever has that identity, as one; or this person, with a conflict on record."""
        owner = self.owners.get(named.identity)
        other = self.person(owner.contact) if owner else person
        if other is person:
            return person
        is_own = self._is_own_creation(event)
        why_not = refusal(person.profile, other.profile, named.why, trust=event.trust, is_own_creation=is_own)
        if why_not is None:
            try:
                return self._merged(person, other, named, event)
            except ProfileTooLargeError:
                why_not = Refusal.TOO_LARGE
        person.profile = conflicted(
            person.profile, identity=named.identity, why=why_not.value, at=iso(event.at), event=event.key
        )
        return person

    def _merged(self, person: Person, other: Person, named: Named, event: Event) -> Person:
        united = unite(person.profile, other.profile, why=named.why, identity=named.identity, event=event)
        survivor = Person(finish(united, engine=self.engine), united, is_unjudged=True)
        gone = (person, other)
        self._known = {
            contact: survivor if known in gone else known for contact, known in self._known.items()
        }
        return survivor
