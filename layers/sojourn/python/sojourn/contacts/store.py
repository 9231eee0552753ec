"""Rows of profiles and identities."""

import base64
import hashlib

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from sojourn.contacts.model import CONTACT_ID_LENGTH, Profile
from sojourn.errors import StaleWriteError
from sojourn.tables import IdentityRow, PeopleRow, condition_failed


class ProfileRow(PeopleRow, discriminator="profile"):
    """sk PROFILE."""

    revision = NumberAttribute()
    traits = JSONAttribute()
    events = JSONAttribute()
    folded = JSONAttribute()
    identities = JSONAttribute()
    created_at = UnicodeAttribute()

    def to_profile(self) -> Profile:
        """The model of this row."""
        return Profile(
            contact=self.pk.removeprefix("C#"),
            revision=int(self.revision),
            traits=self.traits,
            events=self.events,
            folded=self.folded,
            identities=tuple(self.identities),
            created_at=self.created_at,
        )


def people_key(contact: str) -> str:
    """Hash key of everything that belongs to one person."""
    return f"C#{contact}"


def new_contact_id(event_key: str) -> str:
    """The id of a contact that this event creates: the same however often the event is processed."""
    digest = hashlib.sha256(f"contact:{event_key}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:CONTACT_ID_LENGTH]


def find_contact(identity: str) -> str | None:
    """The contact that owns an identity (`u#…`, `a#…`, `p#…`)."""
    try:
        return IdentityRow.get(identity, consistent_read=True).contact
    except IdentityRow.DoesNotExist:
        return None


def claim_identity(identity: str, contact: str) -> str:
    """Give a free identity to a contact; the answer is its owner, whoever came first."""
    try:
        IdentityRow(identity, contact=contact).save(condition=IdentityRow.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        return find_contact(identity) or contact
    return contact


def get_profile(contact: str) -> Profile:
    """The profile, or an empty one of revision 0."""
    try:
        row = ProfileRow.get(people_key(contact), "PROFILE", consistent_read=True)
    except ProfileRow.DoesNotExist:
        return Profile(contact)
    return row.to_profile()


def put_profile(profile: Profile) -> None:
    """Write the next revision; StaleWriteError when it is not the next any more."""
    row = ProfileRow(
        people_key(profile.contact),
        "PROFILE",
        revision=profile.revision + 1,
        traits=profile.traits,
        events=profile.events,
        folded=profile.folded,
        identities=list(profile.identities),
        created_at=profile.created_at,
    )
    is_next = ProfileRow.revision == profile.revision if profile.revision else ProfileRow.pk.does_not_exist()
    try:
        row.save(condition=is_next)
    except PutError as error:
        if not condition_failed(error):
            raise
        raise StaleWriteError(profile.contact) from error
