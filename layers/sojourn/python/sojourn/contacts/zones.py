"""Whose hours hold for a person: their own zone, else the zones of their number, else the workspace's.

phone_zones.txt beside this module says in which zones a number's prefix lies. It is made from phonenumbers' own table
by `make zones` (infra/phone_zones.py), for the package in the layer comes without. A prefix of a whole country, or of
all its mobiles, has several zones.
"""

import functools
import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sojourn.contacts.workspace import Workspace

MOST_SHOWN = 3


class ZoneSource(StrEnum):
    """How we know."""

    CONTACT = "contact"  # the person's own `timezone`
    PHONE = "phone"  # the prefix of the number
    PROJECT = "project"  # the workspace's `timezone`
    COUNTRY = "country"  # every zone of the workspace's `country`
    NOBODY = "nobody"  # a guess


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody may be: in one of these zones."""

    zones: tuple[ZoneInfo, ...]
    source: ZoneSource

    def __str__(self) -> str:
        """As it is recorded with a decision: `America/New_York (phone)`."""
        names = [str(zone) for zone in self.zones]
        more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
        return f"{', '.join(names[:MOST_SHOWN])}{more} ({self.source})"


def places(timezone: str | None, phone: str | None, workspace: Workspace) -> Iterator[Place]:
    """What is known of where the person is, the surest first; perhaps nothing."""
    for names, source in (
        ((timezone,), ZoneSource.CONTACT),
        (zones_of_phone(phone or ""), ZoneSource.PHONE),
        ((workspace.timezone,), ZoneSource.PROJECT),
    ):
        if zones := tuple(filter(None, map(zone_named, names))):
            yield Place(zones, source)


def whole_country(workspace: Workspace) -> Place | None:
    """Everywhere in the workspace's country; None when it named none."""
    zones = tuple(filter(None, map(zone_named, _zones_by_country().get(workspace.country, ()))))
    return Place(zones, ZoneSource.COUNTRY) if zones else None


def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of this name; an unknown one is bad data, not an exception."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zones_of_phone(e164: str) -> tuple[str, ...]:
    """The zones in which a number may ring, by the longest prefix that is known; none for satellites and the like."""
    digits = e164.removeprefix("+")
    lengths = range(min(len(digits), _longest_prefix()), 0, -1)
    return next((_by_prefix()[digits[:length]] for length in lengths if digits[:length] in _by_prefix()), ())


@functools.cache
def _by_prefix() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in importlib.resources.files(__package__).joinpath("phone_zones.txt").read_text().splitlines():
        zones, _, prefixes = line.partition("\t")
        found |= dict.fromkeys(prefixes.split(), tuple(zones.split()))
    return found


@functools.cache
def _longest_prefix() -> int:
    return max(map(len, _by_prefix()))


@functools.cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """From the tz database's own list: country, place, zone, remarks."""
    found: dict[str, tuple[str, ...]] = {}
    for line in importlib.resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text().splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found
