"""Rows of identities: whose a user id, an anonymous id, an address or a number is.

`u#<userId>`, `a#<anonymousId>`, `e#<e-mail>`, `p#<E.164>`, `x#<type>#<id>`. Identities of a contact that became another
are repointed to the survivor, but not at once: until then the tombstone of the contact says where to go on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.exceptions import DeleteError, PutError

from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.tables import CONDITION_FAILED, IdentityRow, condition_failed, connection
from sojourn.transactions import text

KEYS_A_CALL = 100
ROUNDS = 5
IS_FREE_OR_MINE = "attribute_not_exists(#pk) OR #contact = :contact"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an identity is, and the trust of the call that named it first."""

    contact: str
    trust: str


def find_contact(identity: str) -> str | None:
    """The contact that owns an identity (`u#…`, `a#…`, `e#…`, `p#…`, `x#…`); it may have become another since."""
    try:
        return IdentityRow.get(identity, consistent_read=True).contact
    except IdentityRow.DoesNotExist:
        return None


def find_owners(identities: Iterable[str]) -> dict[str, Owner]:
    """The owners of those identities that have one, strongly read, a hundred a request."""
    wanted = sorted(set(identities))
    chunks = (wanted[start : start + KEYS_A_CALL] for start in range(0, len(wanted), KEYS_A_CALL))
    return {
        row["pk"]["S"]: Owner(row["contact"]["S"], row.get("trust", {"S": ""})["S"])
        for chunk in chunks
        for row in _rows(chunk)
    }


def claim_identity(identity: str, contact: str) -> str:
    """Give a free identity to a contact; the answer is its owner, whoever came first."""
    try:
        IdentityRow(identity, contact=contact).save(condition=IdentityRow.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        return find_contact(identity) or contact
    return contact


def claim_identities(identities: Sequence[str], contact: str, *, trust: str) -> None:
    """Give free identities to a contact, one by one; StaleWriteError when one is not free any more.

    Not in one transaction, which costs twice: whoever comes again finds the first of them, and goes on from there.
    """
    for identity in identities:
        try:
            connection().client.put_item(**_claim(identity, contact, trust))
        except ClientError as error:
            if error.response["Error"]["Code"] == CONDITION_FAILED:
                raise StaleWriteError(contact) from error
            raise StoreBusyError("identities") from error


def release_identity(identity: str, contact: str) -> bool:
    """Let go of an identity, if this contact has it; False when it has not."""
    try:
        IdentityRow(identity).delete(condition=IdentityRow.contact == contact)
    except DeleteError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def repoint(identities: Iterable[str], contact: str, *, absorbed: Iterable[str]) -> None:
    """Let identities of contacts that became this one name it; may be repeated."""
    gone = set(absorbed)
    for identity, owner in find_owners(identities).items():
        if owner.contact in gone:
            IdentityRow(identity).update(actions=[IdentityRow.contact.set(contact)])


def _claim(identity: str, contact: str, trust: str) -> dict[str, Any]:
    """Free, or this contact's already: a request whose answer was lost is asked again by the SDK."""
    item = {"pk": text(identity), "contact": text(contact), "trust": text(trust)}
    return {
        "TableName": IdentityRow.Meta.table_name,
        "Item": item,
        "ConditionExpression": IS_FREE_OR_MINE,
        "ExpressionAttributeNames": {"#pk": "pk", "#contact": "contact"},
        "ExpressionAttributeValues": {":contact": text(contact)},
    }


def _rows(identities: Sequence[str]) -> Iterator[dict[str, Any]]:
    table: str = IdentityRow.Meta.table_name
    keys = [{"pk": text(identity)} for identity in identities]
    wanted: Any = {table: {"Keys": keys, "ConsistentRead": True}}
    for _ in range(ROUNDS):
        answer = connection().client.batch_get_item(RequestItems=wanted)
        yield from answer["Responses"].get(table, ())
        wanted = answer.get("UnprocessedKeys")
        if not wanted:
            return
    raise StoreBusyError("batch")
