"""What holds for every message of the workspace: hours by channel, caps, and how fast the account may send. Pure.

{"hours": {"sms": {"start": "09:00", "end": "20:00"}}, "caps": [{"most": 3, "seconds": 604800}],
 "email_rate": 14, "email_quota": 50000, "judged_from": 200}     all of it may be missing
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sojourn.consent.model import Channel, Purpose
from sojourn.delivery.hours import within
from sojourn.delivery.model import Cap, Window
from sojourn.delivery.reputation import LEAST_MAILS

# Nobody is texted at night. A journey may widen the shipped hours, to what the law of many places allows at most.
SHIPPED: Mapping[str, Window] = MappingProxyType({Channel.SMS.value: Window("09:00", "20:00")})
ALLOWED: Mapping[str, Window] = MappingProxyType({Channel.SMS.value: Window("08:00", "21:00")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the workspace says; `rate` is mails a second and `quota` mails a day, 0 for as many as there are. Of fewer
    mails a day than `judged_from` no bounce and no complaint pauses marketing."""

    hours: Mapping[str, Window] = field(default_factory=lambda: SHIPPED)
    caps: Sequence[Cap] = ()
    email_rate: float = 0
    email_quota: int = 0
    judged_from: int = LEAST_MAILS

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Policy":
        """From plain data."""
        hours = {channel: _window(each) for channel, each in data.get("hours", {}).items()}
        return cls(
            hours={**SHIPPED, **hours},
            caps=tuple(Cap(**each) for each in data.get("caps", ())),
            email_rate=float(data.get("email_rate") or 0),
            email_quota=int(data.get("email_quota") or 0),
            judged_from=int(data.get("judged_from") or LEAST_MAILS),
        )

    def window(self, said: Window | None, channel: str, purpose: str) -> Window | None:
        """Those that were said for the message, within what is allowed, or else the workspace's for marketing.

        Transactional and service mail has only the hours that its journey gives it.
        """
        if purpose != Purpose.MARKETING:
            return said
        bounds = ALLOWED.get(channel)
        if said is None:
            return self.hours.get(channel)
        return (within(said, bounds) or self.hours.get(channel)) if bounds else said


@lru_cache(maxsize=16)
def policy_of(text: str) -> Policy:
    """The policy that a workspace's row holds as JSON; read once, for each message asks."""
    return Policy.of(json.loads(text)) if text else Policy()


def _window(data: Mapping[str, Any]) -> Window:
    return Window(data["start"], data["end"], tuple(data.get("days", ())))
