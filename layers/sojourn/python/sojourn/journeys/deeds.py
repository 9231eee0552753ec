"""An event as a profile sees it, and the profile with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import Deed, Profile, ProfileTooLargeError, fold
from sojourn.contacts.store import is_too_large, largest_field
from sojourn.events.model import Event
from sojourn.journeys.news import news_of
from sojourn.segments.index import SegmentIndex
from sojourn.segments.model import is_believed

NO_SEGMENTS = SegmentIndex()


def deed_of(event: Event) -> Deed:
    """The facts of an event that a profile folds."""
    group = event.payload.get("groupId")
    return Deed(
        type=event.type,
        name=event.event or event.type,
        at=iso(event.at),
        key=event.key,
        source=event.source,
        properties=_facts(event.properties),
        traits=_facts(event.traits),
        context=_facts(event.context),
        trust=event.trust.value,
        row=event.row,
        group_id=group if isinstance(group, str) else "",
    )


def fold_in(
    profile: Profile, event: Event, *, sequence: str, max_age: timedelta, index: SegmentIndex = NO_SEGMENTS
) -> tuple[Profile, str]:
    """The profile with one event more; and the field for which there was no room, its traits being left out."""
    deed, news = deed_of(event), news_of(event, max_age)
    profile = _traced(profile, deed, index)
    folded = fold(profile, deed, identity=event.pk, sequence=sequence, news=news)
    if not is_too_large(folded):
        return folded, ""
    field = largest_field(folded)
    without = fold(profile, replace(deed, traits={}), identity=event.pk, sequence=sequence, news=news)
    if is_too_large(without):
        raise ProfileTooLargeError(field)
    return without, field


def _traced(profile: Profile, deed: Deed, index: SegmentIndex) -> Profile:
    """The profile with the deed in each trace that it belongs to."""
    specs = index.traces_of(deed.name)
    if not specs or not is_believed(deed.name, deed.source):
        return profile
    from sojourn.rules.traces import add

    known = profile.traces
    kept = {
        name: add(known.get(name), spec, deed.name, deed.at, deed.key, deed.properties)
        for name, spec in specs.items()
    }
    return replace(profile, traces={**known, **{name: trace for name, trace in kept.items() if trace}})


def _facts(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}
