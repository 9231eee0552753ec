"""A contact's profile and how events fold into it. Pure.

The content is a commutative fold: the same events in any order, and profiles joined in any order, give the same
content. So a trait goes by the time of its statement, never by its arrival, and one that was taken back leaves a
tombstone: its time without a value.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn.contacts.addresses import address_hash
from sojourn.contacts.facts import fold_all, join_all
from sojourn.contacts.seen import News, Seen, counted, summed
from sojourn.errors import Hopeless

__all__ = [
    "CONTACT_ID_LENGTH", "PROTECTED", "Deed", "News", "Profile", "ProfileTooLargeError", "content", "fold", "join",
]  # fmt: skip

CONTACT_ID_LENGTH = 20
BROWSER = "browser"  # the trust of a key that anybody can read on a page
OURS = "sojourn"  # the source of what we write: a journey that changes somebody knows nobody by it
IDENTIFY = "identify"
# What reaches a person, or ranks them: while a person is known, a browser's word on these is kept aside.
PROTECTED = frozenset({"email", "phone", "phone_country", "stage", "score", "lead_score", "leadScore"})
CHANNEL_OF = {"email": "email", "phone": "sms"}
PARTITIONS = ("u#", "a#")  # the identities under which events are kept

Marks = Mapping[str, Mapping[str, Any]]  # generation → {at, said}: in a segment by that generation's rule


class ProfileTooLargeError(Hopeless):
    """More of one person than a row can hold; `field` is where most of it lies."""

    def __init__(self, field: str) -> None:
        super().__init__(f"the profile would be too large: {field}")
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An event as a profile sees it: plain facts, because events stand floors above. `at` is canonical text."""

    type: str
    name: str
    at: str
    key: str
    source: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    trust: str = "server"
    group_id: str = ""
    row: int = 0  # of the file that it came in


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one person; `revision` 0 means that nothing was written yet."""

    contact: str
    revision: int = 0
    traits: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Seen] = field(default_factory=dict)  # name → {n, first, last, days …}
    folded: Mapping[str, str] = field(default_factory=dict)  # identity → last stream sequence
    identities: tuple[str, ...] = ()
    created_at: str = ""
    trait_at: Mapping[str, str] = field(default_factory=dict)  # of every trait that was ever said
    unproven: Mapping[str, tuple[str, Any]] = field(default_factory=dict)  # protected trait → (time, value)
    is_known: bool = False  # somebody who can vouch for it identified this person
    facts: Mapping[str, Any] = field(default_factory=dict)
    merged: tuple[str, ...] = ()  # contacts that became this one
    merging: tuple[str, ...] = ()  # those of them whose rows are still to be looked through
    conflicts: tuple[Mapping[str, str], ...] = ()  # identities claimed by two: {at, identity, event, why}
    traces: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # events that segments know one by one
    segments: Mapping[str, Marks] = field(default_factory=dict)  # name → {generation: since when}
    flips_at: str = ""  # when time alone may next change a segment: there is a due row of then, or of before
    unsaid: tuple[Mapping[str, Any], ...] = ()  # changes of segments that may still have to be told
    erased_at: str = ""  # since when this person is forgotten: nothing is ever written under this id again

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The traits that hold, with what browsers said of protected ones: all of it while the person is not known,
        afterwards what the person proved."""
        if not self.unproven:
            return self.traits
        said = {name: value for name, (_, value) in self.unproven.items() if value is not None}
        if self.is_known:
            said = {name: value for name, value in said.items() if self._is_proved(name, value)}
        return {**said, **self.traits}

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

    @property
    def collections(self) -> tuple[str, ...]:
        """The contacts whose rows are this person's: their own id first, then those that became this one."""
        return self.contact, *self.merged

    @property
    def partitions(self) -> tuple[str, ...]:
        """The identities under which the person's events are kept, user ids first."""
        return tuple(sorted(filter(_keeps_events, self.identities), reverse=True))

    @property
    def user_ids(self) -> tuple[str, ...]:
        """The user ids, of which a person has one until two people turn out to be one."""
        return tuple(identity for identity in self.identities if identity.startswith("u#"))

    def _is_proved(self, trait: str, value: Any) -> bool:
        channel = CHANNEL_OF.get(trait)
        if channel is None or not isinstance(value, str):
            return False
        return address_hash(channel, value) in self.facts.get("proved", {})

    def _text(self, trait: str) -> str | None:
        value = self.attributes.get(trait)
        return value if isinstance(value, str) and value else None

    def has_folded(self, identity: str, sequence: str) -> bool:
        """Whether an event of the stream is part of this profile already."""
        return int(self.folded.get(identity, "0")) >= int(sequence)


def fold(profile: Profile, deed: Deed, *, identity: str, sequence: str, news: News = News.NEWS) -> Profile:
    """The profile after one more event, which stands under this identity at this place of the stream."""
    return replace(
        profile,
        **_said(profile, deed),
        events={**profile.events, deed.name: counted(profile.events.get(deed.name), deed.at, news)},
        folded={**profile.folded, identity: sequence},
        identities=_united(profile.identities, (identity,)),
        created_at=min(filter(None, (profile.created_at, deed.at))),
        is_known=profile.is_known or _makes_known(deed),
        facts=fold_all(profile.facts, deed),
    )


def join(survivor: Profile, other: Profile) -> Profile:
    """One profile of two people who are one; the id, the revision and what is to be done stay the survivor's."""
    names = sorted({*survivor.events, *other.events})
    return replace(
        survivor,
        **_latest(survivor, other.trait_at, other.traits),
        unproven=_later(survivor.unproven, other.unproven),
        events={name: summed(survivor.events.get(name), other.events.get(name)) for name in names},
        folded=_furthest(survivor.folded, other.folded),
        identities=_united(survivor.identities, other.identities),
        created_at=min(filter(None, (survivor.created_at, other.created_at)), default=""),
        is_known=survivor.is_known or other.is_known,
        facts=join_all(survivor.facts, other.facts),
        traces=_joined_traces(survivor.traces, other.traces),
        segments={
            name: {**other.segments.get(name, {}), **survivor.segments.get(name, {})}
            for name in sorted({*survivor.segments, *other.segments})
        },
        flips_at=min(filter(None, (survivor.flips_at, other.flips_at)), default=""),
    )


def content(profile: Profile) -> dict[str, Any]:
    """What the events alone decide: equal for equal events, however they came here."""
    return {
        "traits": dict(profile.traits),
        "trait_at": dict(profile.trait_at),
        "unproven": {name: list(said) for name, said in profile.unproven.items()},
        "events": {name: dict(seen) for name, seen in profile.events.items()},
        "created_at": profile.created_at,
        "is_known": profile.is_known,
        "facts": dict(profile.facts),
        "traces": dict(profile.traces),
    }


def _makes_known(deed: Deed) -> bool:
    """Whether somebody who can vouch for it says here who this is."""
    return deed.type == IDENTIFY and deed.trust != BROWSER and deed.source != OURS


def stamp_of(at: str, key: str, row: int = 0) -> str:
    """The time of a statement, as traits keep it: of two at one instant always the same wins, of a file's the later."""
    place = f"{row:09d}" if row else ""
    return f"{at}|{place}{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _said(profile: Profile, deed: Deed) -> dict[str, Any]:
    """What an identify call changes; a browser's word on what is protected stands apart."""
    if deed.type != IDENTIFY:
        return {}
    stamp = stamp_of(deed.at, deed.key, deed.row)
    aside = PROTECTED if deed.trust == BROWSER else frozenset()
    said = {name: value for name, value in deed.traits.items() if name not in aside}
    unproven = {name: (stamp, value) for name, value in deed.traits.items() if name in aside}
    return {
        **_latest(profile, dict.fromkeys(said, stamp), said),
        "unproven": _later(profile.unproven, unproven),
    }


def _latest(profile: Profile, said_at: Mapping[str, str], said: Mapping[str, Any]) -> dict[str, Any]:
    """Traits with their times: of each the later word. `None`, or a time without a value, takes a trait away."""
    news = {name: at for name, at in said_at.items() if at > profile.trait_at.get(name, "")}
    merged = {**profile.traits, **{name: said.get(name) for name in news}}
    return {
        "traits": {name: value for name, value in merged.items() if value is not None},
        "trait_at": {**profile.trait_at, **news},
    }


def _later(
    known: Mapping[str, tuple[str, Any]], said: Mapping[str, tuple[str, Any]]
) -> dict[str, tuple[str, Any]]:
    news = {name: word for name, word in said.items() if name not in known or word[0] > known[name][0]}
    return {**known, **news}


def _furthest(mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    return {
        identity: max(mine.get(identity, "0"), theirs.get(identity, "0"), key=int)
        for identity in {*mine, *theirs}
    }


def _joined_traces(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    if not mine or not theirs:
        return {**mine, **theirs}
    from sojourn.rules.traces import join as join_trace

    joined = {name: join_trace(mine.get(name), theirs.get(name)) for name in sorted({*mine, *theirs})}
    return {name: dict(trace) for name, trace in joined.items() if trace}


def _united(mine: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return mine if set(more) <= set(mine) else tuple(sorted({*mine, *more}))


def _keeps_events(identity: str) -> bool:
    return identity.startswith(PARTITIONS)
