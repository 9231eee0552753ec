"""Who of a segment fits a rule that is not saved: its people are looked at a page at a time, so many and no longer.

Nobody keeps a list of who fits a rule before it is published; to find them all is to look at everybody. So each page
says how many it looked at, and its cursor goes on behind the last of them.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalice.app import Request

from functions.api import answers
from functions.api.paging import Fetched, Position, listing
from functions.api.segment_members import PROFILES_A_CALL, members_on
from functions.api.segmenting import days_of, sent_trial, wanted_segment
from functions.api.world import world
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profiles
from sojourn.segments.trial import Trial

PATIENCE = timedelta(seconds=1.5)  # then nobody more is looked at
A_READ = 20  # people at once, where a rule asks for more of each than their profile


@dataclass(slots=True)
class _Look:
    """What was seen so far."""

    name: str
    trial: Trial
    looked_at: int = 0
    items: list[dict[str, Any]] = field(default_factory=list)

    def fetch(self, limit: int, after: Position | None) -> Fetched:
        """At most `limit` are looked at, a read at a time while there is time."""
        clock = world().clock
        until = clock.wall() + PATIENCE
        a_read = A_READ if self.trial.reads_more else limit
        while True:
            people, after = members_on(self.name, min(a_read, limit - self.looked_at), after)
            self._look_at(people)
            if after is None or self.looked_at >= limit or clock.wall() >= until:
                return self.items, after

    def _look_at(self, people: list[dict[str, Any]]) -> None:
        known: dict[str, Profile] = {}
        for start in range(0, len(people), PROFILES_A_CALL):
            known |= get_profiles(each["contact"] for each in people[start : start + PROFILES_A_CALL])
        self.looked_at += len(people)
        self.items += [
            {**each, "profile": answers.person(profile)}
            for each in people
            if (profile := known.get(each["contact"])) and self.trial.holds(profile)
        ]


def list_matching(request: Request, name: str) -> dict[str, Any]:
    """Those of a page who fit, how many it looked at, and how many are in the segment."""
    _examined, trial = sent_trial(request)
    look = _Look(name, trial)
    found = listing(request, look.fetch)
    if not look.looked_at:
        wanted_segment(name)  # nobody fits, and of what was never there nobody can
    days = days_of(name)
    return {**found, "looked_at": look.looked_at, "of": days[-1]["members"] if days else 0}
