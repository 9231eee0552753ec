"""Segments in the way of an event: who is judged, under which of them, and on what occasion.

A new contact is judged under all segments, and so is one whose moment has come, who moved to another time zone, or who
became one with another; everybody else only under those that look at what changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sojourn.clock import iso
from sojourn.consent.statements import changes_of
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.events.model import Event
from sojourn.journeys.engine import Engine
from sojourn.rules.view import Needs
from sojourn.segments.announce import heard, with_unsaid
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import judge, unsettled
from sojourn.segments.keep import is_past
from sojourn.segments.model import OUR_EVENTS, Cause, Occasion
from sojourn.segments.reading import load
from sojourn.segments.view import view_of

OF_ADDRESSES = frozenset({"Message Bounced", "Message Complained", "Unsubscribed", "SMS Received"})
OF_MESSAGES = frozenset({"Message Opened", "Message Clicked", "Message Bounced", "Message Complained"})
OF_PLACE = frozenset({"timezone", "phone"})  # whose days are counted


@dataclass(frozen=True, slots=True)
class Membership:
    """The segments of a batch, and what judging needs of the outside."""

    engine: Engine
    index: SegmentIndex = field(default_factory=SegmentIndex)

    def after(
        self, before: Profile, folded: Profile, event: Event, *, is_news: bool, is_unjudged: bool
    ) -> Profile:
        """The profile judged once an event was folded; as it was where no segment looks at what changed."""
        profile = heard(folded, event)
        if not self.index.rank and not profile.segments:
            return profile
        now = self.engine.clock.calendar()
        changed = changed_attributes(before, profile)
        if is_unjudged or changed & OF_PLACE:
            occasion = _occasion(event, now, is_news=is_news)
            return self._judged(profile, self.index.names, occasion, now, others=occasion)
        names = self._named(event, changed, profile)
        if is_past(profile, now):
            occasion = _occasion(event, now, is_news=is_news)
            return self._judged(profile, names, occasion, now, others=_in_time(profile))
        if not names and not unsettled(profile, self.index):
            return profile
        return self._judged(profile, names, _occasion(event, now, is_news=is_news), now)

    def after_merge(self, profile: Profile) -> Profile:
        """Somebody who became one with another, and of whom nothing else is known to have happened."""
        now = self.engine.clock.calendar()
        occasion = Occasion(cause=Cause.BEHAVIOUR, key=f"merge {' '.join(profile.merged)}", at=iso(now))
        return self._judged(profile, self.index.names, occasion, now, others=occasion)

    def in_time(self, profile: Profile) -> Profile:
        """Somebody whose moment has come."""
        now = self.engine.clock.calendar()
        occasion = (
            _in_time(profile)
            if is_past(profile, now)
            else Occasion(cause=Cause.TIME, key=iso(now), at=iso(now))
        )
        return self._judged(profile, (), occasion, now, others=occasion)

    def _named(self, event: Event, changed: frozenset[str], profile: Profile) -> frozenset[str]:
        if event.is_internal and event.event in OUR_EVENTS:
            return frozenset()
        needs = Needs.NOTHING
        if event.event in OF_ADDRESSES or changes_of(event, is_known=profile.is_known):
            needs |= Needs.CONSENT
        if event.event in OF_MESSAGES:
            needs |= Needs.MESSAGES
        name = event.event or event.type
        return self.index.named_by(changed, name, is_own=not event.is_internal, needs=needs)

    def _judged(
        self,
        profile: Profile,
        names: frozenset[str] | tuple[str, ...],
        occasion: Occasion,
        now: datetime,
        *,
        others: Occasion | None = None,
    ) -> Profile:
        asked = (
            self.index.names
            if others
            else self.index.with_referrers({*names, *unsettled(profile, self.index)})
        )
        loaded = load(profile, self.index.needs_of(asked))
        view = view_of(profile, now, workspace=workspace(), loaded=loaded)
        judged, changes = judge(profile, self.index, names, view, occasion, others=others)
        return with_unsaid(judged, changes)


def _occasion(event: Event, now: datetime, *, is_news: bool) -> Occasion:
    return Occasion(cause=Cause.BEHAVIOUR if is_news else Cause.IMPORT, key=event.key, at=iso(now))


def _in_time(profile: Profile) -> Occasion:
    return Occasion(cause=Cause.TIME, key=profile.flips_at, at=profile.flips_at)


def changed_attributes(before: Profile, after: Profile) -> frozenset[str]:
    """Those that hold otherwise now."""
    is_alike = before.traits == after.traits and before.unproven == after.unproven
    if (
        is_alike
        and before.is_known == after.is_known
        and before.facts.get("proved") == after.facts.get("proved")
    ):
        return frozenset()
    return frozenset(_differing(before.attributes, after.attributes))


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> Iterator[str]:
    for name in {*one, *other}:
        if one.get(name) != other.get(name):
            yield name
