"""The workload of the cost model, played small: contacts without a phone walk the shipped welcome machine to its end.

Real handlers, the walker, DynamoDB in memory; see tests/faults/world.py. Each contact is two events (an `identify` with
consent, and `Signed Up`), sent twenty events a batch. Of each mail, 35 in 100 are opened; of the contacts, 25 in 100
click the welcome mail's link. SES tells of every delivery.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.meter import Meter
from bench.units import size_of
from sojourn.clock import iso
from tests.faults import world as played
from tests.faults.world import World, a_world, rows

CONTACTS = 100
EVENTS_A_BATCH = 20
OPENED, CLICKED = 0.35, 0.25
TO_THE_END = timedelta(days=40)
CONSENT = [{"channel": "email", "purpose": "marketing", "source": "form"}]
PIXEL = re.compile(r"/o/[\w.-]+\.gif")


@dataclass(frozen=True, slots=True)
class Told:
    """What the story cost, in facts."""

    contacts: int
    mails: int
    transitions: int
    meter: Meter
    stored_bytes: Mapping[str, int]  # what is left in each table


def play(contacts: int = CONTACTS) -> Told:
    """From the first sign-up to the last request for feedback."""
    meter = Meter()
    with a_world() as world:
        _warm(world)
        with meter.reading(world):
            for first in range(0, contacts, EVENTS_A_BATCH // 2):
                _sign_up(world, range(first, min(first + EVENTS_A_BATCH // 2, contacts)))
            world.pump()
            _live(world, contacts)
        return Told(
            contacts=contacts,
            mails=len(world.services.mails),
            transitions=sum(run.transitions for run in world.walker.executions.values()),
            meter=meter,
            stored_bytes={table: _stored(table) for table in ("Events", "People", "Identity")},
        )


def _warm(world: World) -> None:
    """Containers that have worked before: the journey, its templates and the keys are known to them."""
    _sign_up(world, [-1])
    world.pump()
    _live(world, 0)
    templates, journeys, keys = played.get_template, played.published, played.link_keys._keys
    assert templates.cache_info().currsize and journeys.cache_info().currsize and keys
    played.forget_data, kept = (lambda: None), played.forget_data
    try:
        world.reset()
    finally:
        played.forget_data = kept


def _sign_up(world: World, numbers: Any) -> None:
    calls: list[dict[str, Any]] = []
    for number in numbers:
        about = {"userId": f"customer-{number:06d}", "timestamp": iso(world.clock.calendar())}
        traits = {"email": f"customer{number:06d}@example.org", "firstName": "Ann", "timezone": "America/New_York"}
        calls.append(
            {"type": "identify", "messageId": f"{number:08d}-4c1e-4f5e-9d43-0a4b5c6d7e81", "traits": traits,
             "context": {"consent": CONSENT}, **about}
        )  # fmt: skip
        calls.append(
            {"type": "track", "messageId": f"{number:08d}-4c1e-4f5e-9d43-0a4b5c6d7e82", "event": "Signed Up", **about}
        )
    world.collect(*calls)


def _live(world: World, contacts: int) -> None:
    """Day after day, people open and click what came since yesterday."""
    seen, by_subject = 0, dict[str, int]()
    end = world.clock.calendar() + TO_THE_END
    while world.clock.calendar() < end:
        world.run_until(world.clock.calendar() + timedelta(hours=6))
        fresh = world.services.mails[seen:]
        seen += len(fresh)
        for mail in fresh:
            place = by_subject[mail.subject] = by_subject.get(mail.subject, -1) + 1
            _read(world, mail, place, contacts)
        world.pump()


def _read(world: World, mail: Any, place: int, contacts: int) -> None:
    """So many of the first of each subject open it; a third of those who open the welcome go on to click."""
    of_welcome = mail.subject.startswith("Welcome")
    share = place % 20 / 20
    if share < OPENED:
        world.get(PIXEL.findall(mail.html)[0])
    if of_welcome and share < CLICKED:
        world.get(mail.links[0])


def _stored(table: str) -> int:
    return sum(size_of(row.to_json()["Attributes"]) for row in rows(table))
