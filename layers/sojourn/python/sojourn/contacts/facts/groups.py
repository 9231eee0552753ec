"""The accounts (companies, households, teams) that a person belongs to, by Segment's `group` call. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed

NEWEST = 50


def fold(fact: Mapping[str, Any] | None, deed: "Deed") -> dict[str, Any] | None:
    """{group id: {since, last}}."""
    if deed.type != "group" or not deed.group_id:
        return dict(fact) if fact else None
    return join(fact or {}, {deed.group_id: {"since": deed.at, "last": deed.at}})


def join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The groups of both, the newest fifty."""
    groups = {}
    for group in {*one, *other}:
        seen = [side[group] for side in (one, other) if group in side]
        groups[group] = {
            "since": min(each["since"] for each in seen),
            "last": max(each["last"] for each in seen),
        }
    newest = sorted(groups, key=lambda group: (groups[group]["last"], group), reverse=True)[:NEWEST]
    return {group: groups[group] for group in sorted(newest)}
