"""Rows of erasures and exports (Config), and a person's rows as they lie, whatever their kind.

Collections are read and deleted in DynamoDB's own words: a row of a kind that this process never heard of goes, too.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sojourn import config
from sojourn.contacts.identities.store import find_contact, release_identity
from sojourn.contacts.store import people_key
from sojourn.events.wire import wire
from sojourn.privacy.model import Erasure, Export
from sojourn.transactions import number, text, transact, update

Item = Mapping[str, Any]

ERASURE, EXPORT = "ERASURE", "EXPORT"
PROFILE = "PROFILE"
NAMES = "NAMES"  # while a person is being erased
MARK = "SET #erased_at = :at, #erasure = :erasure, #revision = #revision + :one"
AS_READ = "#revision = :revision AND attribute_not_exists(#erased_at)"
OF_A_TOMBSTONE = {"pk", "sk", "kind", "revision", "erased_at", "erasure"}
MOST_HOPS = 50  # of merges that lead to another; a chain is repointed long before


@dataclass(frozen=True, slots=True)
class Stand:
    """A profile's row as far as forgetting goes; `erasure` is set from the moment when it began."""

    contact: str
    revision: int
    erasure: str
    merged_into: str
    merged: tuple[str, ...]
    identities: tuple[str, ...]
    traits: dict[str, Any]
    unproven: dict[str, Any]
    groups: tuple[str, ...]
    has_content: bool

    @property
    def is_buried(self) -> bool:
        """Whether nothing is left of it."""
        return bool(self.erasure) and not self.has_content

    @property
    def collections(self) -> tuple[str, ...]:
        """The contact and those that became it."""
        return tuple(dict.fromkeys((self.contact, *self.merged)))


def get_erasure(id: str) -> Erasure | None:  # noqa: A002  the row's own word
    """The row of an erasure."""
    row = config.get(ERASURE, id)
    return Erasure.from_json(row.id, row.data, row.revision) if row else None


def erasures() -> Iterator[Erasure]:
    """Every erasure that was ever asked for."""
    for row in config.query(ERASURE):
        yield Erasure.from_json(row.id, row.data, row.revision)


def put_erasure(erasure: Erasure) -> Erasure:
    """Write the next revision; StaleWriteError when it is not the next any more."""
    row = config.Row(ERASURE, erasure.id, erasure.revision, erasure.as_json())
    return replace(erasure, revision=config.put_next(row))


def get_export(id: str) -> Export | None:  # noqa: A002
    """The row of an export."""
    row = config.get(EXPORT, id)
    return Export.from_json(row.id, row.data, row.revision) if row else None


def put_export(export: Export) -> Export:
    """Write the next revision; StaleWriteError when it is not the next any more."""
    row = config.Row(EXPORT, export.id, export.revision, export.as_json())
    return replace(export, revision=config.put_next(row))


def stand_of(contact: str) -> Stand | None:
    """The profile's row of this very contact, strongly read, tombstone or not."""
    key = {"pk": {"S": people_key(contact)}, "sk": {"S": PROFILE}}
    found = wire().call("get_item", TableName=wire().settings.people_table, Key=key, ConsistentRead=True)
    item = found.get("Item")
    if item is None:
        return None
    return Stand(
        contact=contact,
        revision=int(item.get("revision", {"N": "0"})["N"]),
        erasure=item.get("erasure", {}).get("S", ""),
        merged_into=item.get("merged_into", {}).get("S", ""),
        merged=tuple(_json(item, "merged") or ()),
        identities=tuple(_json(item, "identities") or ()),
        traits=_json(item, "traits") or {},
        unproven={name: said[1] for name, said in (_json(item, "unproven") or {}).items()},
        groups=tuple((_json(item, "facts") or {}).get("groups") or ()),
        has_content=bool(item.keys() - OF_A_TOMBSTONE),
    )


def survivor_of(contact: str) -> Stand | None:
    """The row of whoever this contact became."""
    for _ in range(MOST_HOPS):
        stand = stand_of(contact)
        if stand is None or not stand.merged_into or stand.erasure:
            return stand
        contact = stand.merged_into
    return None


def keys_since(contacts: Iterable[str]) -> str:
    """The day on which the first of these contacts got a key, and so its first line in the archive; "" for never."""
    keys = (item for contact in contacts for item in items(contact, "KEY"))
    return min((item["since"]["S"] for item in keys if "since" in item), default="")


def is_alive(contact: str) -> bool:
    """Whether there is anything of a person who was erased: after a restore there is."""
    stand = stand_of(contact)
    return stand is not None and not stand.is_buried


def mark(stand: Stand, *, at: str, erasure: str) -> bool:
    """Say that this person is being erased, on the row as it was read; from then on nobody writes it. False: stale."""
    values = {
        ":at": text(at),
        ":erasure": text(erasure),
        ":one": number(1),
        ":revision": number(stand.revision),
    }
    return not transact([update((people_key(stand.contact), PROFILE), MARK, AS_READ, values)])


def bury(contact: str, *, at: str, erasure: str) -> bool:
    """Leave nothing of a profile but that it is erased: so nothing can come to life under this id again.

    True when there was something.
    """
    stand = stand_of(contact)
    if stand is not None and stand.is_buried:
        return False
    revision = (
        stand.revision + 1 if stand else 1
    )  # what somebody still holds in memory is never the one before this
    item = {
        "pk": text(people_key(contact)),
        "sk": text(PROFILE),
        "kind": text("profile"),
        "revision": number(revision),
        "erased_at": text(at),
        "erasure": text(erasure),
    }
    wire().call("put_item", TableName=wire().settings.people_table, Item=item)
    return stand is not None


def keep_names(contact: str, names: Iterable[str]) -> None:
    """Names under which others may have spoken of a person, for the steps to come: a row that goes with the rest."""
    item = {
        "pk": text(people_key(contact)),
        "sk": text(NAMES),
        "kind": text("names"),
        "names": text(json.dumps(sorted(names))),
    }
    wire().call("put_item", TableName=wire().settings.people_table, Item=item)


def names_kept(contact: str) -> list[str]:
    """What `keep_names` kept."""
    return [name for item in items(contact, NAMES) for name in json.loads(item["names"]["S"])]


def row_keys(contact: str) -> Iterator[str]:
    """Range keys of a collection, its profile left out, strongly read page by page."""
    for item in _query(contact, "", {"ProjectionExpression": "sk"}):
        if item["sk"]["S"] != PROFILE:
            yield item["sk"]["S"]


def items(contact: str, prefix: str = "") -> Iterator[Item]:
    """The rows of a collection whose range keys begin so, in DynamoDB's own JSON."""
    yield from _query(contact, prefix, {})


def _query(contact: str, prefix: str, more: Mapping[str, Any]) -> Iterator[Item]:
    values = {":pk": {"S": people_key(contact)}}
    condition = "pk = :pk"
    if prefix:
        condition, values = "pk = :pk AND begins_with(sk, :prefix)", {**values, ":prefix": {"S": prefix}}
    query: dict[str, Any] = {
        "TableName": wire().settings.people_table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ConsistentRead": True,
        **more,
    }
    while True:
        page = wire().call("query", **query)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def scan(table: str, attributes: str) -> Iterator[Item]:
    """Every row of a table, of these attributes."""
    query: dict[str, Any] = {"TableName": table, "ProjectionExpression": attributes, "ConsistentRead": True}
    if "#at" in attributes:
        query["ExpressionAttributeNames"] = {"#at": "at"}
    while True:
        page = wire().call("scan", **query)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def release(identity: str, owners: Collection[str]) -> bool:
    """Delete the row of an identity if one of these contacts owns it."""
    owner = find_contact(identity)
    return owner is not None and owner in owners and release_identity(identity, owner)


def _json(item: dict[str, Any], name: str) -> Any:
    return json.loads(item[name]["S"]) if "S" in item.get(name, {}) else None
