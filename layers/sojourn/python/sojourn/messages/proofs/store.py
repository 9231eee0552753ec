"""Rows of proofs, in the Counters table, which forgets them after thirty days:

proof#<id>  told  {asked, name, version, at, state, reason, outcome, ttl}
"""

from collections.abc import Collection
from typing import Any

from botocore.exceptions import ClientError

from sojourn.messages.proofs.model import Proof
from sojourn.tables import CONDITION_FAILED, CounterRow, connection

SORT_KEY = "told"
KEPT_FOR = 30 * 24 * 60 * 60  # wall seconds
IN_WORDS = ("asked", "name", "at", "state", "reason", "outcome")
IS_NEW, IS_THERE = "attribute_not_exists(pk)", "attribute_exists(pk)"


def begin(proof: Proof, *, now: float) -> bool:
    """Keep it before it goes; False when there is one of this id already. `now` is the wall's, in seconds."""
    words = {name: {"S": getattr(proof, name)} for name in IN_WORDS}
    numbers = {"version": {"N": str(proof.version)}, "ttl": {"N": str(int(now) + KEPT_FOR)}}
    return _set(proof.id, {**words, **numbers}, IS_NEW)


def settle(id: str, *, state: str, reason: str) -> None:  # noqa: A002  the row's own word
    """What became of it here; what the provider said meanwhile stays."""
    _set(id, {"state": {"S": state}, "reason": {"S": reason}}, IS_THERE)


def note_outcome(id: str, outcome: str, *, over: Collection[str]) -> bool:  # noqa: A002
    """What the provider reported, in the place of one of these; False when that is not what stands there."""
    known = {f":over{place}": {"S": word} for place, word in enumerate(sorted(over))}
    return _set(id, {"outcome": {"S": outcome}}, f"#outcome IN ({', '.join(known)})", known)


def find(id: str) -> Proof | None:  # noqa: A002
    """The proof, strongly read."""
    answer = connection().client.get_item(
        TableName=CounterRow.Meta.table_name, Key=_key(id), ConsistentRead=True
    )
    row = answer.get("Item")
    if row is None:
        return None
    words = {name: row[name]["S"] for name in IN_WORDS}
    return Proof(id=id, version=int(row["version"]["N"]), **words)


def _set(id: str, values: dict[str, Any], condition: str, more: dict[str, Any] | None = None) -> bool:  # noqa: A002
    change = ", ".join(f"#{name} = :{name}" for name in values)
    try:
        connection().client.update_item(
            TableName=CounterRow.Meta.table_name,
            Key=_key(id),
            UpdateExpression=f"SET {change}",
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{name}": name for name in values},
            ExpressionAttributeValues={
                **{f":{name}": value for name, value in values.items()},
                **(more or {}),
            },
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != CONDITION_FAILED:
            raise
        return False
    return True


def _key(id: str) -> dict[str, Any]:  # noqa: A002
    return {"pk": {"S": f"proof#{id}"}, "sk": {"S": SORT_KEY}}
