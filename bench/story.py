"""The workload of the cost model, played small: contacts without a phone walk the shipped welcome machine to its end.

Real handlers, the walker, DynamoDB in memory; see tests/faults/world.py. Each contact is two events (an `identify` with
consent, and `Signed Up`), sent twenty events a batch. Of each mail, 35 in 100 are opened; of the contacts, 25 in 100
click the welcome mail's link. SES tells of every delivery.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

from bench.archive import Hose, archive, install
from bench.meter import Meter
from bench.units import size_of
from sojourn import config
from sojourn.clock import iso
from tests.faults import world as played
from tests.faults.services import Mail
from tests.faults.world import World, a_world, rows

CONTACTS = 60  # a hundred changes, a batch of the counters, are of few days then, as where thousands walk
EVENTS_A_BATCH = 20
OPENED_OF_20, CLICKED_OF_20 = 7, 5
KEPT = ("Events", "People", "Identity")
TO_THE_END = timedelta(days=40)
CONSENT = [
    {"channel": "email", "purpose": purpose, "source": "form"} for purpose in ("marketing", "tracking")
]
PIXEL = re.compile(r"/o/[\w.-]+\.gif")


@dataclass(frozen=True, slots=True)
class Told:
    """What the story cost, in facts."""

    contacts: int
    mails: int
    transitions: int
    meter: Meter
    stored_bytes: int
    rows: int
    archived_bytes: int = 0
    hose_bytes: int = 0  # as Firehose charges them


def play(contacts: int = CONTACTS) -> Told:
    """From the first sign-up to the last request for feedback."""
    meter, hose = Meter(), Hose()
    install(hose)
    with redirect_stdout(StringIO()), a_world() as world:  # log lines are counted, not shown
        config.put("SETTING", "tracking", {"default": "on"})  # opens and clicks are the dear case
        _sign_up(world, [-1])  # so that containers know the journey, its templates and the keys
        world.pump()
        _live(world)
        before = _standing(world)
        begun = dict(world.read)
        with meter.reading(world):
            with _gathering("People"):
                for first in range(0, contacts, EVENTS_A_BATCH // 2):
                    _sign_up(world, range(first, min(first + EVENTS_A_BATCH // 2, contacts)))
                    world.pump()
                _live(world)
            world.pump()  # the counters: a hundred changes a batch, which its five seconds' window gathers
            archive(world, begun)
        mails, transitions, stored, count = (
            now - then for now, then in zip(_standing(world), before, strict=True)
        )
    return Told(contacts, mails, transitions, meter, stored, count, hose.stored, hose.charged)


def _standing(world: World) -> tuple[int, int, int, int]:
    """Mails sent, transitions made, bytes and rows kept."""
    kept = [size_of(row.to_json()["Attributes"]) for table in KEPT for row in rows(table)]
    transitions = sum(run.transitions for run in world.walker.executions.values())
    return len(world.services.mails), transitions, sum(kept), len(kept)


@contextmanager
def _gathering(table: str) -> Iterator[None]:
    """Let the records of a stream wait."""
    function = played.READ_BY.pop(table)
    try:
        yield
    finally:
        played.READ_BY[table] = function


def _sign_up(world: World, numbers: Iterable[int]) -> None:
    calls: list[dict[str, Any]] = []
    for number in numbers:
        about = {"userId": f"customer-{number:06d}", "timestamp": iso(world.clock.calendar())}
        traits = {
            "email": f"customer{number:06d}@example.org",
            "firstName": "Ann",
            "timezone": "America/New_York",
        }
        calls.append(
            {"type": "identify", "messageId": f"{number:08d}-4c1e-4f5e-9d43-0a4b5c6d7e81", "traits": traits,
             "context": {"consent": CONSENT}, **about}
        )  # fmt: skip
        calls.append(
            {
                "type": "track",
                "messageId": f"{number:08d}-4c1e-4f5e-9d43-0a4b5c6d7e82",
                "event": "Signed Up",
                **about,
            }
        )
    world.collect(*calls)


def _live(world: World) -> None:
    """Quarter of a day after quarter of a day, people open and click what came since; nobody waits for others."""
    seen, places = len(world.services.mails), Counter[str]()
    end = world.clock.calendar() + TO_THE_END
    while world.clock.calendar() < end:
        world.run_until(world.clock.calendar() + timedelta(hours=6))
        fresh = world.services.mails[seen:]
        seen += len(fresh)
        for mail in fresh:
            _read(world, mail, places[mail.subject])
            places[mail.subject] += 1


def _read(world: World, mail: Mail, place: int) -> None:
    """Of twenty mails with one subject seven are opened, and five are clicked where it is the welcome mail."""
    if place * OPENED_OF_20 % 20 < OPENED_OF_20:
        world.get(PIXEL.findall(mail.html)[0])
        world.pump()
    if mail.subject.startswith("Welcome") and place * CLICKED_OF_20 % 20 < CLICKED_OF_20:
        world.get(mail.links[0])
        world.pump()
