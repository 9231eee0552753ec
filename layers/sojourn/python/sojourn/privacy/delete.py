"""What an erasure deletes, kind by kind. True means that time ran out before the end of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sojourn.clock import parse_iso
from sojourn.contacts.groups.store import leave as leave_group
from sojourn.contacts.memory import remember
from sojourn.contacts.store import people_key
from sojourn.events.removal import Image, delete_rows, key_of, pages_until, remove_events
from sojourn.events.wire import chunks, wire
from sojourn.privacy import store
from sojourn.privacy.budget import Budget
from sojourn.privacy.identities import OWN_EVENTS, named_in_event, needles
from sojourn.privacy.model import Erasure, kind_of

ROWS_A_ROUND = 500
SCANNED_AT_ONCE = 1_000  # records that were turned away; they are kept for 30 days
SCAN = "rejected"


@dataclass(slots=True)
class Tally:
    """What one invocation found and did."""

    budget: Budget
    cursor: Mapping[str, str] = field(default_factory=dict)
    deleted: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)  # identities, never kept
    hashes: list[str] = field(default_factory=list)


def delete_events(stand: store.Stand, erasure: Erasure, tally: Tally) -> bool:
    """Every event that happened, or came in, until the erasure was asked for."""
    until = parse_iso(erasure.asked_at)
    for identity in stand.identities:
        if not identity.startswith(OWN_EVENTS):
            continue
        for page in pages_until(identity, until):
            # An event is the only place that tells of an address given up long ago.
            if _let_go(page, erasure, tally):
                store.keep_names(stand.contact, tally.names)
            tally.deleted["events"] += remove_events(map(key_of, page))
            if page and tally.budget.is_spent:
                return True
    return False


def _let_go(page: Iterable[Image], erasure: Erasure, tally: Tally) -> bool:
    """Whatever else of the Identity table the page names, and the person owns. True: it named somebody new."""
    found = {name for image in page for name in named_in_event(image)} - tally.names
    for name in sorted(found):
        if store.release(name, erasure.collections):
            tally.hashes.append(remember(name, at=parse_iso(erasure.asked_at), erasure=erasure.id))
    tally.names |= found
    return bool(found)


def delete_rejected(tally: Tally) -> bool:
    """Records that were turned away and name the person, whoever sent them: all are looked at, page by page."""
    wanted = needles(sorted(tally.names))
    table = wire().settings.rejected_events_table
    query: dict[str, Any] = {
        "TableName": table,
        "Limit": SCANNED_AT_ONCE,
        "ProjectionExpression": "pk, sk, #record",
    }
    query["ExpressionAttributeNames"] = {"#record": "record"}
    if tally.cursor.get("at") == SCAN:
        query["ExclusiveStartKey"] = {name: {"S": tally.cursor[name]} for name in ("pk", "sk")}
    while wanted:
        page = wire().call("scan", **query)
        theirs = [key_of(image) for image in page["Items"] if _names_one(image, wanted)]
        tally.deleted["rejected events"] += delete_rows(table, theirs)
        last = page.get("LastEvaluatedKey")
        if last is None:
            break
        query["ExclusiveStartKey"] = last
        if tally.budget.is_spent:
            tally.cursor = {"at": SCAN, "pk": last["pk"]["S"], "sk": last["sk"]["S"]}
            return True
    tally.cursor = {}
    return False


def _names_one(image: Image, wanted: Iterable[str]) -> bool:
    record = image.get("record", {}).get("S", "").lower()
    return any(needle in record for needle in wanted)


def leave_groups(stand: store.Stand, collections: Iterable[str]) -> bool:
    """The accounts that the person belonged to forget it."""
    for contact in collections:
        for group in stand.groups:
            leave_group(group, contact)
    return False


def delete_rows_of(erasure: Erasure, tally: Tally) -> bool:
    """Every row of the collections; then nothing is left of the profiles but that they are erased."""
    table = wire().settings.people_table
    for contact in reversed(erasure.collections):
        for part in chunks(store.row_keys(contact), ROWS_A_ROUND):
            delete_rows(table, [(people_key(contact), sk) for sk in part])
            tally.deleted.update(kind_of(sk) for sk in part)
            if tally.budget.is_spent:
                return True
        tally.deleted["profiles"] += store.bury(contact, at=erasure.asked_at, erasure=erasure.id)
    return False
