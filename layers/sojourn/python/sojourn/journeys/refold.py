"""The repair of a profile: what the raw events of a person come to, whatever stands in the row (house law 6).

Counts are those of the events that are still kept. An event that waits in the stream is counted here and once more when
react takes it: repair when the stream is quiet.
"""

from dataclasses import replace
from datetime import timedelta

from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile, put_profile
from sojourn.events.store import history
from sojourn.journeys.deeds import NO_SEGMENTS, fold_in
from sojourn.journeys.news import MAX_AGE
from sojourn.segments.index import SegmentIndex
from sojourn.segments.store import live_index


def refolded(profile: Profile, *, max_age: timedelta = MAX_AGE, index: SegmentIndex = NO_SEGMENTS) -> Profile:
    """The profile as its events alone make it; what is no fold of events (ids, places in the stream, merges) stays.

    The index says which events segments must know one by one.
    """
    fresh = Profile(profile.contact)
    for event in history(profile.partitions):
        fresh, _ = fold_in(fresh, event, sequence="0", max_age=max_age, index=index)
    return replace(
        fresh,
        revision=profile.revision,
        folded=profile.folded,
        identities=profile.identities,
        merged=profile.merged,
        merging=profile.merging,
        conflicts=profile.conflicts,
        segments=profile.segments,
        flips_at=profile.flips_at,
        unsaid=profile.unsaid,
    )


def refold(contact: str, *, max_age: timedelta = MAX_AGE) -> Profile:
    """Rebuild and write; StaleWriteError when an event took effect meanwhile."""
    profile = refolded(get_profile(contact), max_age=max_age, index=live_index())
    put_profile(profile)
    return get_profile(profile.contact)
