"""When a message may go by its hours, and how we know where the person is. Pure.

A text may go only where it is allowed in every zone that the number may be in. Where nobody knows the zone, the
strictest holds: open in every zone of the workspace's country, or else the middle hour of the window by UTC, when it is
open in as many zones of the world as can be. Mail is milder: no zone at all is UTC, and zones that are never open
together are as good as unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace
from sojourn.contacts.zones import Place, ZoneSource, places, whole_country, zone_named
from sojourn.delivery.hours import DEFAULT_ZONE, middle_hour, next_open_in_all
from sojourn.delivery.model import Window


@dataclass(frozen=True, slots=True)
class LocalHours:
    """A window where somebody may be: a constraint of the scheduler."""

    window: Window
    place: Place

    def opens(self, at: datetime) -> datetime | None:
        """The first moment from `at` on that lies in the window in every zone of the place."""
        return next_open_in_all(self.window, self.place.zones, at)


@dataclass(frozen=True, slots=True)
class Release:
    """The first moment at which a message may go, None when there is none; and the zones that say so."""

    at: datetime | None
    zones: str


def hours_of(
    window: Window, channel: str, profile: Profile, workspace: Workspace, *, now: datetime
) -> LocalHours:
    """By the first place that is known, or the strictest."""
    known = places(profile.timezone, profile.phone, workspace)
    if channel == "sms" and (first := next(known, None)):
        return LocalHours(window, first)
    for place, hours in _strictest(window, workspace) if channel == "sms" else _mildest(window, known):
        if next_open_in_all(hours, place.zones, now):
            return LocalHours(hours, place)
    raise AssertionError("one zone has hours in every week")


def release(
    window: Window, channel: str, profile: Profile, workspace: Workspace, *, now: datetime
) -> Release:
    """When these hours let a message go."""
    hours = hours_of(window, channel, profile, workspace, now=now)
    return Release(hours.opens(now), str(hours.place))


def home_of(profile: Profile, workspace: Workspace) -> ZoneInfo:
    """The one zone by which somebody's days are counted: the surest that is known, or UTC."""
    place = next(places(profile.timezone, profile.phone, workspace), None)
    return place.zones[0] if place else ZoneInfo(DEFAULT_ZONE)


def asks_workspace(profile: Profile) -> bool:
    """Whether it matters where the workspace is: not for who told us their zone, so nobody need read it."""
    return zone_named(profile.timezone) is None


def _anywhere() -> Place:
    return Place((ZoneInfo(DEFAULT_ZONE),), ZoneSource.NOBODY)


def _strictest(window: Window, workspace: Workspace) -> Iterator[tuple[Place, Window]]:
    if country := whole_country(workspace):
        yield country, window
    yield _anywhere(), middle_hour(window)


def _mildest(window: Window, known: Iterator[Place]) -> Iterator[tuple[Place, Window]]:
    yield from ((place, window) for place in known)
    yield _anywhere(), window
