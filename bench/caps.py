"""What a cap costs: requests and write units of a mail for which one is set, and how long the decision takes.

A mail for which none is set reads and writes nothing of it: that is `dynamodb_requests_per_message`, beside this.
"""

import contextlib
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.measures import Measure, cpu_ratio, judged
from bench.send import CONTACT, one_mail, units_of
from bench.stub import Item
from sojourn.delivery.caps import DAY, WEEK, Ledger, Room, Unit, in_ms
from sojourn.delivery.model import Cap
from sojourn.messages.model import Message

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
CAPS = (
    Cap(most=1, seconds=DAY, channel="sms"),
    Cap(most=2, seconds=DAY, is_calendar=True),
    Cap(most=5, seconds=WEEK, keep=1, keep_for=5),
)
STANDING = 5  # of the week


def measure() -> list[Measure]:
    """What is counted, and the time that a decision under three caps takes."""
    decided = cpu_ratio(_decide, _nothing, repeats=20)
    return [*counts(), *decided.sides("decide_caps", "µs a message")[:1]]


def counts() -> list[Measure]:
    """Only what needs no stopwatch: a read more, and a row more in the claim."""
    with contextlib.redirect_stdout(io.StringIO()):
        _, requests, _ = one_mail(_capped)
    return [
        judged("dynamodb_requests_per_capped_message", len(requests), "requests", 5),
        judged("write_units_per_capped_message", units_of(requests), "write units", 12),
    ]


def _capped() -> Mapping[tuple[str, str, str], Item]:
    """The rows of a contact who got some messages this week, in a workspace with caps."""
    from sojourn.delivery.ledger.store import write_of
    from sojourn.tables import ConfigRow

    caps = [{"most": 20, "seconds": WEEK}, {"most": 10, "seconds": DAY, "is_calendar": True}]
    workspace = ConfigRow("SETTING", "workspace", revision="1", data={"delivery": {"caps": caps}})
    (written,) = write_of(_ledger()).values()
    return {
        ("Config", "SETTING", "workspace"): workspace.serialize(),
        ("People", f"C#{CONTACT}", "CAPS"): written["Item"],
    }


def _ledger() -> Ledger:
    units = [
        Unit(
            digest=f"{number:016d}",
            at=in_ms(NOW - timedelta(days=number + 1)),
            kept=8 * DAY,
            channel="email",
            journey="welcome",
        )
        for number in range(STANDING)
    ]
    return Ledger(CONTACT, 0, units)


def _decide() -> None:
    message = Message(
        contact=CONTACT, digest="f" * 16, enrolment="e", journey="winback", version=1, step="s", channel="email",
        template="t", template_version=1, identity="u#c",
    )  # fmt: skip
    room = Room(
        caps=CAPS, ledger=_ledger(), message=message, priority=0, zone=ZoneInfo("Europe/London"), now=NOW
    )
    opens = room.opens(NOW)
    assert opens is not None
    room.taken(opens, held=opens > NOW)


def _nothing() -> None:
    """The other side of the stopwatch."""
    _ledger()
