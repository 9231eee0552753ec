"""Turns of the account, over all containers: two Counters rows, each changed by one small write, and no read.

    turns#email  next            {edge: <millisecond of the next free turn>, ttl}     where a rate is set
    turns#email  day#2026-11-22  {used: 48211, urgent: 12, ttl}                       where a quota is set

The edge moves by one interval for each turn, so turns lie evenly and no second holds more than the rate. Days are those
of UTC: where two meet, SES's own rolling quota may be reached first; it says so, and the message is held for an hour.
Where nobody has set a rate or a quota, nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.delivery.caps import EPOCH, MS, in_ms
from sojourn.delivery.model import HoldReason
from sojourn.delivery.turns.model import Limits, Turn
from sojourn.errors import StoreBusyError
from sojourn.tables import CONDITION_FAILED, CounterRow, connection

PK = "turns#email"
KEPT_FOR = timedelta(days=3)
IS_AHEAD, IS_BEHIND = "#edge >= :now", "attribute_not_exists(#edge) OR #edge < :now"
IS_LEFT = "attribute_not_exists(#used) OR #used < :most"
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AccountTurns:
    """The Turns that every container of the workspace shares."""

    def take(self, limits: Limits, *, now: datetime, urgent: bool) -> Turn:
        """The next turn; of the day's mails first, so that a message which waits for tomorrow moves no edge."""
        if limits.quota and not _use(limits.of_day(urgent=urgent), now):
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + A_DAY
            return Turn(midnight, HoldReason.QUOTA)
        return Turn(_edge(limits.rate, now) if limits.rate else now)


def used_on(now: datetime) -> int:
    """How many of the day's mails are gone."""
    key = {"pk": {"S": PK}, "sk": {"S": f"day#{now:%Y-%m-%d}"}}
    answer = connection().client.get_item(TableName=CounterRow.Meta.table_name, Key=key)
    return int(answer.get("Item", {}).get("used", {}).get("N", 0))


def _use(most: int, now: datetime) -> bool:
    values = {":one": 1, ":most": most, ":ttl": _ttl(now)}
    change = "ADD #used :one SET #ttl = :ttl"
    return _update(f"day#{now:%Y-%m-%d}", change, IS_LEFT, values) is not None


def _edge(rate: float, now: datetime) -> datetime:
    """Where the next free turn is ahead, that one; else now."""
    step, here = ceil(1000 / rate), in_ms(now)
    for _ in range(2):  # once more, for whom another container was faster
        values = {":now": here, ":step": step, ":ttl": _ttl(now)}
        later = _update("next", "ADD #edge :step SET #ttl = :ttl", IS_AHEAD, values)
        if later is not None:
            return EPOCH + (int(later["edge"]["N"]) - step) * MS
        values = {":now": here, ":edge": here + step, ":ttl": _ttl(now)}
        if _update("next", "SET #edge = :edge, #ttl = :ttl", IS_BEHIND, values) is not None:
            return now
    raise StoreBusyError("turns")


def _ttl(now: datetime) -> int:
    return int((now + KEPT_FOR).timestamp())


def _update(sk: str, change: str, condition: str, values: Mapping[str, int]) -> Mapping[str, Any] | None:
    """The row as it is now; None when the condition does not hold."""
    names = {name: name[1:] for name in ("#edge", "#used", "#ttl") if name in change + condition}
    try:
        answer = connection().client.update_item(
            TableName=CounterRow.Meta.table_name,
            Key={"pk": {"S": PK}, "sk": {"S": sk}},
            UpdateExpression=change,
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return None
        raise StoreBusyError("turns") from error
    except BotoCoreError as error:
        raise StoreBusyError("turns") from error
    found: Mapping[str, Any] = answer["Attributes"]
    return found
