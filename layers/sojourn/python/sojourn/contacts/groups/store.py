"""Rows of accounts: pk G#<group>, sk GROUP, and MEMBER#<contact> for each who belongs to it."""

import hashlib
from collections.abc import Iterator
from itertools import islice

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from sojourn.contacts.groups.model import Group
from sojourn.contacts.model import Deed
from sojourn.errors import StoreBusyError
from sojourn.tables import PeopleRow, condition_failed

ATTEMPTS = 8
MEMBER = "MEMBER#"


class GroupRow(PeopleRow, discriminator="group"):
    """sk GROUP."""

    revision = NumberAttribute()
    traits = JSONAttribute()
    said = JSONAttribute()


class MemberRow(PeopleRow, discriminator="member"):
    """sk MEMBER#<contact>."""

    at = UnicodeAttribute()


def note(contact: str, deed: Deed) -> None:
    """What a `group` call says: who belongs to it, and what it is. May be repeated."""
    MemberRow(_key(deed.group_id), f"{MEMBER}{contact}", at=deed.at).save()
    word = hashlib.sha256(deed.key.encode()).hexdigest()[
        :16
    ]  # the account outlives its members: no name of theirs
    for _ in range(ATTEMPTS):
        there = get_group(deed.group_id)
        told = there.told(deed.traits, deed.at, word)
        if (told == there and there.revision) or _written(told):
            return
    raise StoreBusyError("group")


def get_group(group: str) -> Group:
    """The account, or an empty one of revision 0."""
    try:
        row = GroupRow.get(_key(group), "GROUP", consistent_read=True)
    except GroupRow.DoesNotExist:
        return Group(group)
    return Group(group, int(row.revision), row.traits, row.said)


def members_of(group: str, limit: int) -> list[str]:
    """The contacts that belong to it, of which some may be one by now."""
    rows: Iterator[MemberRow] = MemberRow.query(_key(group), MemberRow.sk.startswith(MEMBER))
    return [row.sk.removeprefix(MEMBER) for row in islice(rows, limit)]


def leave(group: str, contact: str) -> None:
    """Forget that a contact belongs to it."""
    MemberRow(_key(group), f"{MEMBER}{contact}").delete()


def _written(group: Group) -> bool:
    row = GroupRow(
        _key(group.id), "GROUP", revision=group.revision + 1, traits=dict(group.traits), said=dict(group.said)
    )
    as_read = GroupRow.revision == group.revision if group.revision else GroupRow.pk.does_not_exist()
    try:
        row.save(condition=as_read)
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _key(group: str) -> str:
    return f"G#{group}"
