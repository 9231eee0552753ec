"""What a contact is to us now: segments, consent, places, quantiles, a random share. Pure."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from sojourn.rules.comparing import check_at
from sojourn.rules.nodes import Consented, InSegment, Near, Quantile, Reachable, Share
from sojourn.rules.parts import Part
from sojourn.rules.subjects import said, value_of
from sojourn.rules.values import is_number
from sojourn.rules.view import View

UNKNOWN = "unknown"
EARTH_METRES = 6_371_008.8  # its mean radius
SPLITS = 2**64
SPLIT_BYTES = 8


def in_segment(rule: InSegment) -> Part:
    """Whether the contact is in another segment."""
    name = rule.name
    return Part(
        rule=rule,
        holds=lambda view: name in view.segments,
        seen=lambda view: "in it" if name in view.segments else "not in it",
    )


def consented(rule: Consented) -> Part:
    """What the person said; `unknown` when they said nothing."""
    slot = (rule.channel, rule.purpose, rule.topic)

    def status(view: View) -> str:
        return view.consent.get(slot, UNKNOWN)

    return Part(rule=rule, holds=lambda view: status(view) == rule.status, seen=status)


def reachable(rule: Reachable) -> Part:
    """Whether there is an address for the channel."""
    channel = rule.channel
    return Part(
        rule=rule,
        holds=lambda view: channel in view.reachable,
        seen=lambda view: "reachable" if channel in view.reachable else "not reachable",
    )


def near(rule: Near) -> Part:
    """Whether a place is within so many metres of a point."""
    subject = value_of(rule.subject)

    def holds(view: View) -> bool:
        place = _place(subject(view))
        return place is not None and metres(place, (rule.latitude, rule.longitude)) <= rule.metres

    return Part(rule=rule, holds=holds, seen=lambda view: said(subject(view)))


def quantile(rule: Quantile) -> Part:
    """Where the contact stands; nowhere without an order."""
    name = f"{rule.measure}/{rule.of}"
    check = check_at((name,), rule.op, rule.value)
    return Part(
        rule=rule,
        holds=lambda view: check(view.quantiles),
        seen=lambda view: said(view.quantiles.get(name)),
    )


def share(rule: Share) -> Part:
    """Whether the contact's lot falls into the share."""
    part = rule.percent / 100

    def lot(view: View) -> float:
        digest = hashlib.sha256(f"{rule.seed}:{view.contact}".encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:SPLIT_BYTES]) / SPLITS

    return Part(
        rule=rule,
        holds=lambda view: lot(view) < part,
        seen=lambda view: f"{100 * lot(view):.2f} of 100",
    )


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the great circle, by haversines."""
    (latitude, longitude), (to_latitude, to_longitude) = (
        tuple(map(math.radians, each)) for each in (one, other)
    )
    across = math.sin((to_latitude - latitude) / 2) ** 2
    along = math.sin((to_longitude - longitude) / 2) ** 2
    square = across + math.cos(latitude) * math.cos(to_latitude) * along
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(square)))


def _place(value: Any) -> tuple[float, float] | None:
    """{lat, lon}, or [latitude, longitude]; None for all else, and for what is not on earth."""
    if isinstance(value, Mapping):
        value = [value.get("lat"), value.get("lon")]
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(map(is_number, value)):
        return None
    latitude, longitude = value
    is_on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (float(latitude), float(longitude)) if is_on_earth else None
