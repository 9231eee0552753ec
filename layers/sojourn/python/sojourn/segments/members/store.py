"""Rows of memberships: `C#contact` / `SEG#<segment>`, with the index Segment over those that are in.

They follow the profile, which decides: each is written with the step of the change, and an older one never undoes a
newer. Rows of who went out stay, to tell when and why.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from sojourn.segments.model import SHARDS
from sojourn.tables import CONDITION_FAILED, OpenRow, PeopleRow, connection
from sojourn.transactions import Value, number, text

IS_NEWER = "attribute_not_exists(#pk) OR #step < :step"


class MembershipRow(PeopleRow, discriminator="segment"):
    """sk SEG#<segment>. `segment`, `<name>#<shard>`, stands only while somebody is in."""

    is_in = BooleanAttribute()
    since = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    cause = UnicodeAttribute()
    generation = NumberAttribute()
    event = UnicodeAttribute(null=True)
    segment = UnicodeAttribute(null=True)
    step = NumberAttribute()


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That somebody is in a segment, or was."""

    segment: str
    is_in: bool
    since: str
    until: str
    cause: str
    generation: int
    event: str


def note(contact: str, change: Mapping[str, Any]) -> bool:
    """Write the row as this change leaves it; False when a newer one was noted."""
    item: dict[str, Value] = {
        "pk": text(f"C#{contact}"),
        "sk": text(f"SEG#{change['segment']}"),
        "kind": text("segment"),
        "is_in": {"BOOL": change["entered"]},
        "since": text(change.get("since") or change["at"]),
        "cause": text(change["cause"]),
        "generation": number(change["generation"]),
        "event": text(change["by"]),
        "step": number(change["step"]),
    }
    if change["entered"]:
        item["segment"] = text(shard_of(change["segment"], contact))
    else:
        item["until"] = text(change["at"])
    try:
        connection().client.put_item(
            TableName=PeopleRow.Meta.table_name,
            Item=item,
            ConditionExpression=IS_NEWER,
            ExpressionAttributeNames={"#pk": "pk", "#step": "step"},
            ExpressionAttributeValues={":step": item["step"]},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != CONDITION_FAILED:
            raise
        return False
    return True


def memberships_of(contact: str) -> list[Membership]:
    """The segments that somebody is in, or was, by name; strongly read."""
    rows = MembershipRow.query(f"C#{contact}", MembershipRow.sk.startswith("SEG#"), consistent_read=True)
    return [_membership(row) for row in rows]


def members(segment: str, shard: int) -> Iterator[str]:
    """The contacts of one shard of a segment, by when they came; as of a moment ago."""
    for row in OpenRow.members_index.query(f"{segment}#{shard}"):
        yield row.pk.removeprefix("C#")


def members_after(segment: str, shard: int, place: tuple[str, ...], *, limit: int) -> list[tuple[str, str]]:
    """The next of one shard: (contact, since), after the one that `place` names in the same way."""
    key: dict[str, Any] | None = None
    if place:
        contact, since = place
        row = {"pk": f"C#{contact}", "sk": f"SEG#{segment}", "segment": f"{segment}#{shard}", "since": since}
        key = {name: text(value) for name, value in row.items()}
    rows = OpenRow.members_index.query(f"{segment}#{shard}", limit=limit, last_evaluated_key=key)
    return [(row.pk.removeprefix("C#"), row.since) for row in rows]


def count(segment: str) -> int:
    """How many are in, as of a moment ago."""
    return sum(OpenRow.members_index.count(f"{segment}#{shard}") for shard in range(SHARDS))


def forget(contact: str) -> None:
    """Delete all rows of a contact that became another."""
    for row in MembershipRow.query(f"C#{contact}", MembershipRow.sk.startswith("SEG#"), consistent_read=True):
        row.delete()


def shard_of(segment: str, contact: str) -> str:
    """The part of a segment's list in which a contact stands."""
    return f"{segment}#{hashlib.sha256(contact.encode()).digest()[0] % SHARDS}"


def _membership(row: MembershipRow) -> Membership:
    return Membership(
        segment=row.sk.removeprefix("SEG#"),
        is_in=bool(row.is_in),
        since=row.since or "",
        until=row.until or "",
        cause=row.cause,
        generation=int(row.generation),
        event=row.event or "",
    )
