"""One Counters row for each key that is busy: how many requests of the current second were handed out.

    rate#<key>  second  {second: 1795298521, taken: 340, ttl}

Written in DynamoDB's own words, and only for keys that are busy: see limiter.py.
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.errors import StoreBusyError
from sojourn.tables import CONDITION_FAILED, CounterRow, connection

SORT_KEY = "second"
KEPT_FOR = 24 * 60 * 60  # wall seconds; long enough that a row is not made anew for each busy second
# A container whose clock is a little behind counts into the second that others are in already.
IN_THIS_SECOND = "#second >= :second AND #taken < :rate"
IN_AN_EARLIER_ONE = "attribute_not_exists(pk) OR #second < :second"


def lease(key: str, *, second: int, asked: int, rate: int) -> int:
    """Take up to `asked` of the second's `rate` requests; the answer is how many there were left to take.

    StoreBusyError when nobody can say.
    """
    for _ in range(2):  # once more, for whom another container was faster to open the second
        taken = _update(key, "ADD #taken :asked SET #ttl = :ttl", IN_THIS_SECOND, second, asked, rate)
        if taken is not None:
            return min(asked, max(0, asked - (taken - rate)))
        opened = "SET #second = :second, #taken = :asked, #ttl = :ttl"
        if _update(key, opened, IN_AN_EARLIER_ONE, second, asked) is not None:
            return min(asked, rate)
    return 0


def _update(
    key: str, change: str, condition: str, second: int, asked: int, rate: int | None = None
) -> int | None:
    """How many are taken now; None when the condition does not hold."""
    values = {":second": second, ":asked": asked, ":ttl": second + KEPT_FOR}
    if rate is not None:
        values[":rate"] = rate
    try:
        answer: Mapping[str, Any] = connection().client.update_item(
            TableName=CounterRow.Meta.table_name,
            Key={"pk": {"S": f"rate#{key}"}, "sk": {"S": SORT_KEY}},
            UpdateExpression=change,
            ConditionExpression=condition,
            ExpressionAttributeNames={"#second": "second", "#taken": "taken", "#ttl": "ttl"},
            ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return None
        raise StoreBusyError("lease") from error
    except BotoCoreError as error:
        raise StoreBusyError("lease") from error
    return int(answer["Attributes"]["taken"]["N"])
