"""How far the workspace lets messages out: a part of the row of what is live, which every send reads (decision 29)."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sojourn.config import Row, get, put_next
from sojourn.delivery.modes import EVERYBODY, Sending
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.journeys.live import LIVE, OWN
from sojourn.tables import restored_suffix

SENDING = f"{OWN}sending"
TRIES = 5
AS_A_JOURNEY: Mapping[str, Any] = MappingProxyType(
    {"version": 0, "version_arn": "", "entries": [], "listens": []}
)


def sending_of(data: Mapping[str, Any], *, first: Sending = EVERYBODY) -> Sending:
    """What the row says of sending. A row without a word of it is of a stack that sent before there were modes: live.
    Without a row nothing was ever published, and what holds first holds."""
    if not data:
        return first
    said = Sending.from_json(data[SENDING]) if SENDING in data else EVERYBODY
    return said.over(restored_suffix())


def sending(*, first: Sending = EVERYBODY) -> Sending:
    """How far the workspace lets messages out."""
    row = get(*LIVE)
    return sending_of(row.data if row else {}, first=first)


def set_sending(wanted: Sending) -> None:
    """From the next message on."""
    for _ in range(TRIES):
        row = get(*LIVE)
        data = {**(row.data if row else {}), **beside(wanted)}
        try:
            put_next(Row(*LIVE, row.revision if row else 0, data))
        except StaleWriteError:
            continue
        return
    raise StoreBusyError("live")


def beside(sending: Sending) -> dict[str, Any]:
    """As it stands beside the journeys, with what the release before this one wants of each of them: it reads a journey
    that nobody enters."""
    said = replace(sending, tables=restored_suffix())
    return {SENDING: {**AS_A_JOURNEY, **said.to_json()}}
