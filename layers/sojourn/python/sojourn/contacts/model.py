"""A contact's profile and how events fold into it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sojourn.clock import iso

CONTACT_ID_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one person; `revision` 0 means that nothing was written yet."""

    contact: str
    revision: int = 0
    traits: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # name → {n, first, last}
    folded: Mapping[str, str] = field(default_factory=dict)  # identity → last stream sequence
    identities: tuple[str, ...] = ()
    created_at: str = ""

    @property
    def email(self) -> str | None:
        """The address for mail."""
        return self._text("email")

    @property
    def phone(self) -> str | None:
        """The address for SMS, in E.164."""
        return self._text("phone")

    @property
    def timezone(self) -> str | None:
        """IANA name of the person's own time zone, where they told us."""
        return self._text("timezone")

    def _text(self, trait: str) -> str | None:
        value = self.traits.get(trait)
        return value if isinstance(value, str) and value else None

    def has_folded(self, identity: str, sequence: str) -> bool:
        """Whether an event of the stream is part of this profile already."""
        return int(self.folded.get(identity, "0")) >= int(sequence)


def fold(
    profile: Profile,
    *,
    identity: str,
    sequence: str,
    name: str,
    at: datetime,
    traits: Mapping[str, Any],
) -> Profile:
    """The profile after one event: counts, first and last, traits. `None` removes a trait (Segment's rule)."""
    merged = {key: value for key, value in {**profile.traits, **traits}.items() if value is not None}
    return replace(
        profile,
        traits=merged,
        events={**profile.events, name: _counted(profile.events.get(name), iso(at))},
        folded={**profile.folded, identity: sequence},
        identities=profile.identities if identity in profile.identities else (*profile.identities, identity),
        created_at=min(filter(None, (profile.created_at, iso(at)))),
    )


def _counted(seen: Mapping[str, Any] | None, at: str) -> dict[str, Any]:
    if seen is None:
        return {"n": 1, "first": at, "last": at}
    return {"n": seen["n"] + 1, "first": min(seen["first"], at), "last": max(seen["last"], at)}
