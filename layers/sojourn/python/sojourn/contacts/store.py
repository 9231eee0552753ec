"""Rows of profiles, identities and merges.

A contact that became another leaves a tombstone: whoever asks for its profile gets that of the survivor. The rows of a
profile are made by hand (see sojourn.transactions): every event pays for this path.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from sojourn.contacts.identities.store import (
    Owner,
    claim_identities,
    claim_identity,
    find_contact,
    find_owners,
    repoint,
)
from sojourn.contacts.merge import Merge
from sojourn.contacts.model import CONTACT_ID_LENGTH, Profile, ProfileTooLargeError
from sojourn.contacts.packing import (
    packed,
    packed_marks,
    packed_times,
    unpacked,
    unpacked_marks,
    unpacked_times,
)
from sojourn.errors import StaleWriteError
from sojourn.tables import CONDITION_FAILED, PeopleRow, connection
from sojourn.transactions import ABSENT, Value, Write, find, number, put, read, text

LARGEST_PROFILE = 380_000  # bytes; DynamoDB takes 400 KB, and a merge must have room to say so
IS_NEXT = "#revision = :revision"
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_escaped = json.JSONEncoder(separators=(",", ":")).encode

__all__ = [
    "MergeRow", "Owner", "ProfileRow", "claim_identities", "claim_identity", "find_contact", "find_owners",
    "get_profile", "get_profiles", "is_too_large", "item_of", "largest_field", "merges_of", "new_contact_id",
    "people_key", "put_profile", "record_merge", "repoint", "tombstone_of", "write_of",
]  # fmt: skip


class ProfileRow(PeopleRow, discriminator="profile"):
    """sk PROFILE. A tombstone has `merged_into`, and nothing else."""

    revision = NumberAttribute()
    merged_into = UnicodeAttribute(null=True)
    erased_at = UnicodeAttribute(null=True)  # of a person who is being erased, or was (privacy)
    traits = JSONAttribute(null=True)
    trait_at = JSONAttribute(null=True)
    unproven = JSONAttribute(null=True)
    events = JSONAttribute(null=True)
    folded = JSONAttribute(null=True)
    identities = JSONAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    is_known = BooleanAttribute(null=True)
    facts = JSONAttribute(null=True)
    merged = JSONAttribute(null=True)
    merging = JSONAttribute(null=True)
    conflicts = JSONAttribute(null=True)
    traces = JSONAttribute(null=True)
    segments = JSONAttribute(null=True)
    flips_at = UnicodeAttribute(null=True)
    unsaid = JSONAttribute(null=True)

    def to_profile(self) -> Profile:
        """The model of this row."""
        return Profile(
            contact=self.pk.removeprefix("C#"),
            revision=int(self.revision),
            traits=self.traits or {},
            trait_at=unpacked_times(self.trait_at or {}),
            unproven={name: (at, value) for name, (at, value) in (self.unproven or {}).items()},
            events=unpacked(self.events or {}),
            folded=self.folded or {},
            identities=tuple(self.identities or ()),
            created_at=self.created_at or "",
            is_known=bool(self.is_known),
            facts=self.facts or {},
            merged=tuple(self.merged or ()),
            merging=tuple(self.merging or ()),
            conflicts=tuple(self.conflicts or ()),
            traces=self.traces or {},
            segments=unpacked_marks(self.segments or {}),
            flips_at=self.flips_at or "",
            unsaid=tuple(self.unsaid or ()),
        )


class MergeRow(PeopleRow, discriminator="merge"):
    """sk MERGE#<at>#<loser>: that a contact became this one, and why."""

    loser = UnicodeAttribute()
    at = UnicodeAttribute()
    why = UnicodeAttribute()
    identity = UnicodeAttribute()
    event = UnicodeAttribute()
    source = UnicodeAttribute()

    @classmethod
    def of(cls, merge: Merge) -> "MergeRow":
        """The row of a merge."""
        return cls(
            people_key(merge.survivor),
            f"MERGE#{merge.at}#{merge.loser}",
            loser=merge.loser,
            at=merge.at,
            why=merge.why,
            identity=merge.identity,
            event=merge.event,
            source=merge.source,
        )

    def to_merge(self) -> Merge:
        """The model of this row."""
        return Merge(
            survivor=self.pk.removeprefix("C#"),
            loser=self.loser,
            at=self.at,
            why=self.why,
            identity=self.identity,
            event=self.event,
            source=self.source,
        )


def people_key(contact: str) -> str:
    """Hash key of everything that belongs to one person."""
    return f"C#{contact}"


def new_contact_id(event_key: str) -> str:
    """The id of a contact that this event creates: the same however often the event is processed."""
    digest = hashlib.sha256(f"contact:{event_key}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:CONTACT_ID_LENGTH]


def get_profile(contact: str) -> Profile:
    """The profile, or an empty one of revision 0; of a contact that became another, the other's."""
    while True:
        row = find(ProfileRow, people_key(contact), "PROFILE")
        if row is None:
            return Profile(contact)
        if row.erased_at:
            return Profile(contact, erased_at=row.erased_at)
        if not row.merged_into:
            return row.to_profile()
        contact = row.merged_into


def get_profiles(contacts: Iterable[str]) -> dict[str, Profile]:
    """Those of up to a hundred contacts whose rows are profiles, in one request; of others ask `get_profile`."""
    rows = read((people_key(contact), "PROFILE") for contact in dict.fromkeys(contacts))
    profiles = (
        row for row in rows if isinstance(row, ProfileRow) and not row.merged_into and not row.erased_at
    )
    return {profile.contact: profile for profile in map(ProfileRow.to_profile, profiles)}


def put_profile(profile: Profile) -> None:
    """Write the next revision; StaleWriteError when it is not the next any more, ProfileTooLargeError when it is."""
    try:
        connection().client.put_item(**write_of(profile)["Put"])
    except ClientError as error:
        if error.response["Error"]["Code"] != CONDITION_FAILED:
            raise
        raise StaleWriteError(profile.contact) from error


def write_of(profile: Profile) -> Write:
    """The next revision, as a part of a transaction."""
    item = item_of(profile)
    if _size(item) > LARGEST_PROFILE:
        raise ProfileTooLargeError(largest_field(profile))
    return put(item, *_is_next(profile))


def tombstone_of(loser: Profile, survivor: str) -> Write:
    """What is left of a contact that became another."""
    key = {"pk": text(people_key(loser.contact)), "sk": text("PROFILE"), "kind": text("profile")}
    grave = {**key, "revision": number(loser.revision + 1), "merged_into": text(survivor)}
    return put(grave, *_is_next(loser))


def is_too_large(profile: Profile) -> bool:
    """Whether it is more than a row can hold."""
    return _size(item_of(profile)) > LARGEST_PROFILE


def largest_field(profile: Profile) -> str:
    """Where most of it lies."""
    sizes = {name: len(_compact(value)) for name, value in profile.traits.items()}
    of_traits, of_events = sum(sizes.values()), len(_compact(profile.events))
    return (
        f"traits.{max(sizes, key=lambda name: sizes[name])}" if sizes and of_traits >= of_events else "events"
    )


def record_merge(merge: Merge) -> Write:
    """That it happened, as a part of a transaction."""
    return put(MergeRow.of(merge).serialize(), f"{ABSENT} OR #event = :event", {":event": text(merge.event)})


def merges_of(contacts: Iterable[str]) -> Iterator[Merge]:
    """How these contacts came together, strongly read."""
    for contact in contacts:
        rows = MergeRow.query(people_key(contact), MergeRow.sk.startswith("MERGE#"), consistent_read=True)
        yield from (row.to_merge() for row in rows)


def item_of(profile: Profile) -> dict[str, Value]:
    """The row of a profile. What is empty is left out: an attribute that is not there costs nothing."""
    documents: Mapping[str, Any] = {
        "traits": profile.traits,
        "trait_at": packed_times(profile.trait_at),
        "unproven": profile.unproven,
        "events": packed(profile.events),
        "folded": profile.folded,
        "identities": profile.identities,
        "facts": profile.facts,
        "merged": profile.merged,
        "merging": profile.merging,
        "conflicts": profile.conflicts,
        "traces": profile.traces,
        "segments": packed_marks(profile.segments),
        "unsaid": profile.unsaid,
    }
    item: dict[str, Value] = {
        "pk": text(people_key(profile.contact)),
        "sk": text("PROFILE"),
        "kind": text("profile"),
        "revision": number(profile.revision + 1),
        **{name: text(_json(value)) for name, value in documents.items() if value},
    }
    if profile.created_at:
        item["created_at"] = text(profile.created_at)
    if profile.flips_at:
        item["flips_at"] = text(profile.flips_at)
    return {**item, "is_known": {"BOOL": True}} if profile.is_known else item


def _is_next(profile: Profile) -> tuple[str, dict[str, Value]]:
    if not profile.revision:
        return ABSENT, {}
    return IS_NEXT, {":revision": number(profile.revision)}


def _json(value: Any) -> str:
    """Compact, and fit for UTF-8: half a surrogate pair is escaped."""
    written = _compact(value)
    if not written.isascii():
        try:
            written.encode()
        except UnicodeEncodeError:
            return _escaped(value)
    return written


def _size(item: Mapping[str, Value]) -> int:
    return sum(len(name) + len(str(value).encode()) for name, said in item.items() for value in said.values())
