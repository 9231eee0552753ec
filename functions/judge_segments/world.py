"""What the steps of a run need of the outside."""

import functools
from datetime import timedelta

from sojourn.bootstrap import clock, settings
from sojourn.contacts.model import Profile
from sojourn.journeys.refold import refolded
from sojourn.segments.backfill import Hands
from sojourn.segments.index import SegmentIndex
from sojourn.segments.runs.steps import World
from sojourn.settings import ReactSettings


@functools.cache
def world() -> World:
    """Made once per container."""
    oldest = timedelta(hours=float(ReactSettings.from_env().max_event_age_hours))
    hands = Hands(clock=clock(), shards=int(settings().due_shards))

    def refold(profile: Profile, index: SegmentIndex) -> Profile:
        return refolded(profile, max_age=oldest, index=index)

    return World(hands, refold)
