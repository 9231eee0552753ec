"""Rows of imports: what was asked for (Config), which file is whose (Config), and the figures (Counters).

The figures of a piece are added once, however often it runs: its number joins the row's set in the same write.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sojourn import config
from sojourn.config import Row
from sojourn.consent.model import Refusal
from sojourn.consent.store import ConsentRow
from sojourn.contacts.addresses import address_hash
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.events.wire import wire
from sojourn.imports.model import Import, Tally
from sojourn.tables import IdentityRow, SuppressionRow

KIND, FILE, KEY = "IMPORT", "IMPORT_FILE", "IMPORT_KEY"
FIGURES = tuple(each.name for each in fields(Tally))
CONDITION_FAILED = "ConditionalCheckFailedException"
MARKETING = "marketing"
TRIES = 5


@dataclass(slots=True)
class Progress:
    """The figures so far, and which pieces they are of."""

    tally: Tally = field(default_factory=Tally)
    done: set[int] = field(default_factory=set)
    with_errors: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody whom a file would subscribe: by which identities they may be known, where, and to what."""

    identities: tuple[str, ...]
    addresses: tuple[tuple[str, str], ...]  # (channel, address)
    slots: tuple[tuple[str, str], ...]  # (channel, topic)


def find_import(id: str) -> Import | None:  # noqa: A002  the row's own word
    """Read strongly."""
    row = config.get(KIND, id)
    return Import.from_json(row.data, row.revision) if row else None


def get_import(id: str) -> Import:  # noqa: A002
    """Read strongly; NotFoundError when there is none."""
    if found := find_import(id):
        return found
    raise NotFoundError(f"import {id}")


def list_imports() -> Iterator[Import]:
    """All of them, by id."""
    for row in config.query(KIND):
        yield Import.from_json(row.data, row.revision)


def put_import(job: Import) -> Import:
    """Write the next revision; StaleWriteError when somebody else did."""
    revision = config.put_next(Row(KIND, job.id, job.revision, job.as_json()))
    return replace(job, revision=revision)


def change_import(id: str, **changes: Any) -> Import:  # noqa: A002
    """Write these fields onto whatever stands there."""
    for _ in range(TRIES):
        try:
            return put_import(replace(get_import(id), **changes))
        except StaleWriteError:
            continue
    raise StoreBusyError(f"import {id}")


def claim_file(content: str, id: str) -> str:  # noqa: A002
    """The import that has a file of this content: this one, if nobody came before."""
    return _claim(FILE, content, id)


def take_over(content: str, *, owner: str, by: str) -> str:
    """Whose the file is from now on: this import's, for its owner made nothing of it, or another's who was first."""
    row = config.get(FILE, content)
    if row is None or row.data["import"] != owner:
        return str(row.data["import"]) if row else by
    try:
        config.put_next(Row(FILE, content, row.revision, {"import": by}))
    except StaleWriteError:
        return take_over(content, owner=owner, by=by)
    return by


def claim_key(key: str, id: str) -> str:  # noqa: A002
    """The import that this Idempotency-Key was used for first."""
    return _claim(KEY, key, id)


def progress_of(id: str) -> Progress:  # noqa: A002
    """Read strongly."""
    place = {"TableName": wire().settings.counters_table, "Key": _key(id), "ConsistentRead": True}
    item = wire().call("get_item", **place).get("Item", {})
    tally = Tally(**{name: int(item[name]["N"]) for name in FIGURES if name in item})
    return Progress(tally, _numbers(item, "chunks"), _numbers(item, "with_errors"))


def count_chunk(id: str, number: int, tally: Tally, *, has_errors: bool) -> bool:  # noqa: A002
    """Add the figures of a piece; False when they were added before."""
    from botocore.exceptions import BotoCoreError, ClientError

    adds = ["chunks :chunk", *(f"#{name} :{name}" for name in FIGURES)]
    values: dict[str, Any] = {":chunk": {"NS": [str(number)]}, ":number": {"N": str(number)}}
    values |= {f":{name}": {"N": str(getattr(tally, name))} for name in FIGURES}
    is_new = "attribute_not_exists(chunks) OR NOT contains(chunks, :number)"
    try:
        wire().client.update_item(
            TableName=wire().settings.counters_table,
            Key=_key(id),
            UpdateExpression="ADD " + ", ".join([*adds, *(["with_errors :chunk"] if has_errors else [])]),
            ConditionExpression=is_new,
            ExpressionAttributeNames={f"#{name}": name for name in FIGURES},
            ExpressionAttributeValues=values,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return False
        raise StoreBusyError("update_item") from error
    except BotoCoreError as error:
        raise StoreBusyError("update_item") from error
    return True


def closed_to(reaches: Iterable[Reach]) -> int:
    """How many of these people have unsubscribed from what the file would subscribe them to: they stay so."""
    waiting = list(reaches)
    owners = _owners({identity for reach in waiting for identity in reach.identities})
    consents = _consents(set(owners.values()))
    closed = _suppressed({address for reach in waiting for address in reach.addresses})
    return sum(_is_closed(reach, owners, consents, closed) for reach in waiting)


def _is_closed(
    reach: Reach, owners: Mapping[str, str], consents: Mapping[str, Any], closed: set[tuple[str, str]]
) -> bool:
    if closed & set(reach.addresses):
        return True
    known = [consents[owners[each]] for each in reach.identities if owners.get(each) in consents]
    return any(
        consent.refusal(channel, MARKETING, topic or None) is Refusal.UNSUBSCRIBED
        for consent in known
        for channel, topic in reach.slots
    )


def _owners(identities: set[str]) -> dict[str, str]:
    return {row.pk: row.contact for row in IdentityRow.batch_get(sorted(identities), consistent_read=True)}


def _consents(contacts: set[str]) -> dict[str, Any]:
    keys = [(f"C#{contact}", "CONSENT") for contact in sorted(contacts)]
    found = [row.to_consent() for row in ConsentRow.batch_get(keys, consistent_read=True)]
    return {consent.contact: consent for consent in found}


def _suppressed(addresses: set[tuple[str, str]]) -> set[tuple[str, str]]:
    by_hash = {address_hash(channel, address): (channel, address) for channel, address in addresses}
    rows = SuppressionRow.batch_get(sorted(by_hash))
    return {by_hash[row.pk] for row in rows if row.reason}


def _claim(kind: str, name: str, id: str) -> str:  # noqa: A002
    try:
        config.put_next(Row(kind, name, 0, {"import": id}))
    except StaleWriteError:
        row = config.get(kind, name)
        return str(row.data["import"]) if row else id
    return id


def _numbers(item: Mapping[str, Any], name: str) -> set[int]:
    return {int(number) for number in item.get(name, {}).get("NS", [])}


def _key(id: str) -> dict[str, Any]:  # noqa: A002
    return {"pk": {"S": f"import#{id}"}, "sk": {"S": "progress"}}
