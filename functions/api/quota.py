"""How many mails a day SES lets the account send, asked when somebody wants to go live."""

import functools
from dataclasses import dataclass
from typing import Any

from sojourn import bootstrap, telemetry


@dataclass(frozen=True, slots=True)
class SesQuota:
    """What SES says of the account; -1 a day is as many as you like."""

    per_day: int
    is_in_production: bool


def of_account() -> SesQuota | None:
    """None where SES does not tell: going live is asked about all the same."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        told = _client().get_account()
    except (ClientError, BotoCoreError) as error:
        telemetry.warn("SES's quota is not read", error=type(error).__name__)
        return None
    per_day = told.get("SendQuota", {}).get("Max24HourSend")
    if per_day is None:
        return None
    return SesQuota(int(per_day), bool(told.get("ProductionAccessEnabled")))


@functools.cache
def _client() -> Any:
    from botocore.config import Config

    quick = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return bootstrap.client("sesv2", quick)
