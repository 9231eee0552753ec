"""Two contacts that turn out to be one person: which of them stays, and when they may not become one. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sojourn.contacts.model import BROWSER, Profile, join

NEWEST_CONFLICTS = 20


class Why(StrEnum):
    """What says that two contacts are one."""

    ALIAS = "alias"  # somebody said so
    VISITOR = "visitor"  # one call named a user and an anonymous visitor
    ADDRESS = "address"  # both have the same e-mail address or phone
    EXTERNAL = "external_id"  # both have the same id in another system


class Refusal(StrEnum):
    """Why they stay two."""

    ANOTHER_USER = "another_user"  # both have user ids of their own
    NOT_PROVED = "not_proved"  # only a browser says so, and one of them is known
    TOO_LARGE = "too_large"  # together they are more than a row can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """That a contact became another: when, by which event of which source, and because of which identity."""

    survivor: str
    loser: str
    at: str
    why: str
    identity: str
    event: str
    source: str


def refusal(
    person: Profile, other: Profile, why: Why, *, trust: str, is_own_creation: bool = False
) -> Refusal | None:
    """Why these two may not become one; None when they may. `is_own_creation`: a browser's call made the person."""
    if trust == BROWSER:
        is_within_reach = not person.is_known or is_own_creation
        if other.is_known or not is_within_reach:
            return Refusal.NOT_PROVED
        return Refusal.ANOTHER_USER if other.user_ids else None
    if why is Why.ALIAS:
        return None
    if why is Why.VISITOR:
        return Refusal.ANOTHER_USER if other.user_ids else None
    return Refusal.ANOTHER_USER if person.user_ids and other.user_ids else None


def ranked(one: Profile, other: Profile) -> tuple[Profile, Profile]:
    """The survivor and the loser: known before anonymous, then the older, then the smaller id."""
    first, second = sorted((one, other), key=_rank)
    return first, second


def merged(survivor: Profile, loser: Profile) -> Profile:
    """The survivor with everything of the loser, whose rows are still to be looked through."""
    absorbed = (loser.contact, *loser.merged)
    pending = (loser.contact, *loser.merging)
    return replace(
        join(survivor, loser),
        merged=_with(survivor.merged, absorbed),
        merging=_with(survivor.merging, pending),
        conflicts=_newest([*survivor.conflicts, *loser.conflicts]),
    )


def conflicted(profile: Profile, *, identity: str, why: str, at: str, event: str) -> Profile:
    """The profile with one more identity that another claims; the same conflict is told once."""
    if any((known["identity"], known["why"]) == (identity, why) for known in profile.conflicts):
        return profile
    conflict = {"at": at, "identity": identity, "event": event, "why": why}
    return replace(profile, conflicts=_newest([*profile.conflicts, conflict]))


def _rank(profile: Profile) -> tuple[bool, bool, str, str]:
    return not profile.is_known, not profile.created_at, profile.created_at, profile.contact


def _with(known: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *more}))


def _newest(conflicts: Iterable[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    found = {
        (each["identity"], each["why"]): each
        for each in sorted(conflicts, key=lambda each: each["at"], reverse=True)
    }
    return tuple(
        sorted(found.values(), key=lambda each: (each["at"], each["identity"], each["why"]))[
            -NEWEST_CONFLICTS:
        ]
    )
