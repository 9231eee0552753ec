"""The breaker of the sender's reputation: where too many mails bounced or were called spam, marketing waits until a
person lets it go on (delivery/reputation.py says how many, insight/reputation.py what is counted).

It is judged when something came back: by the function that counts changes, behind the counting. Whether marketing is
paused stands in the row of what is live under `#reputation`, so a message asks for nothing more. A batch that comes
again finds it paused; the alarm goes out before, so whoever dies in between alarms twice, and not never. The log of
changes has its line in the same transaction.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sojourn import telemetry
from sojourn.audit.model import Change
from sojourn.audit.store import row_of
from sojourn.clock import Clock, iso
from sojourn.config import Row, get, put_both, put_next
from sojourn.contacts.workspace import workspace
from sojourn.delivery.policy import policy_of
from sojourn.delivery.reputation import WELL, WINDOW, Standing, Tally
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.insight.reputation import counted_after, got_worse, reputation_of
from sojourn.journeys.live import LIVE, OWN
from sojourn.journeys.modes import AS_A_JOURNEY
from sojourn.telemetry import Metric

REPUTATION = f"{OWN}reputation"
WHO, DID = "sojourn", "pause marketing"
TRIES = 5


def standing_of(data: Mapping[str, Any]) -> Standing:
    """What the row says of marketing; without a word of it, all is well."""
    return Standing.from_json(data[REPUTATION]) if REPUTATION in data else WELL


def standing() -> Standing:
    """Whether marketing is paused."""
    row = get(*LIVE)
    return standing_of(row.data if row else {})


def tally_of(there: Standing, clock: Clock) -> Tally:
    """What became of the mails of the last day, or of those since somebody resumed."""
    begins = iso(clock.calendar() - WINDOW)
    return Tally.of(counted_after(max(begins, "" if there.is_paused else there.since)))


def watch(records: Iterable[Mapping[str, Any]], *, clock: Clock) -> bool:
    """Whether this batch paused marketing."""
    if not got_worse(reputation_of(records)):
        return False
    is_told = False
    for _ in range(TRIES):
        row = get(*LIVE)
        if row is None or (there := standing_of(row.data)).is_paused:
            return False
        tally = tally_of(there, clock)
        cause = tally.cause(policy_of(workspace().delivery).judged_from)
        if cause is None:
            return False
        if not is_told:
            telemetry.count_at_once(Metric.MARKETING_PAUSED)
            is_told = True
        paused = Standing(cause=cause, since=iso(clock.calendar()), tally=tally)
        try:
            put_both(_with(row, paused), _line(there, paused, clock))
        except StaleWriteError:
            continue  # somebody published, resumed, or was quicker: read and judge again
        telemetry.warn("marketing paused", cause=cause.value, **tally.to_json())
        return True
    raise StoreBusyError("live")


def resume(*, clock: Clock) -> tuple[Standing, Standing]:
    """A person's word: before and after. What is not paused stays as it is."""
    before: Standing | None = None
    for _ in range(TRIES):
        row = get(*LIVE)
        there = standing_of(row.data if row else {})
        before = before or there
        if row is None or not there.is_paused:
            return before, there
        wanted = there.resumed(at=iso(clock.calendar()))
        try:
            put_next(_with(row, wanted))
        except StaleWriteError:
            continue  # somebody published, or our own write went through and its answer did not
        return before, wanted
    raise StoreBusyError("live")


def _with(row: Row, there: Standing) -> Row:
    return Row(*LIVE, row.revision, {**row.data, REPUTATION: {**AS_A_JOURNEY, **there.to_json()}})


def _line(before: Standing, after: Standing, clock: Clock) -> Row:
    change = Change(
        at=iso(clock.wall()),
        who=WHO,
        role="",
        did=DID,
        before={"paused": before.is_paused},
        after={"paused": True, "cause": after.cause, **after.tally.to_json()},
    )
    return row_of(change)
