"""CDNOW's customers and the segments that ship: `python -m bench.cdnow_segments [every]`, in one process.

Every purchase of 23,570 customers, or of each so-manieth, comes in as imported and goes through react. The shipped
segments are published, and the real backfill judges everybody; who is in is held against pandas. Then a journey goes
live that begins with a segment in which nobody is, whose rule is edited until everybody is. Last somebody comes in by
what they do: the door was open. DynamoDB is moto's, so the seconds are this process's: half an hour for all of them.
"""

import gc
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from bench.large_tables import large_tables
from infra.local import state
from infra.local.demo.cdnow import fetch
from sojourn.clock import ManualClock, iso
from sojourn.events import store as events
from sojourn.events.model import IMPORT_PREFIX, Event, sort_key
from sojourn.events.stream import Sequenced
from sojourn.journeys.load import load_journey
from sojourn.journeys.react import react
from sojourn.journeys.versions import LiveJourney
from sojourn.segments import store
from sojourn.segments.publish import publish, save
from tests import cdnow, quick
from tests.cdnow import Order
from tests.cloud import REGION, SETTINGS, moto_cloud
from tests.faults.world import rows
from tests.journeys import publish_as_first
from tests.partiql import teach_moto
from tests.segment_runs import Shop, a_shop

NOW = datetime(1998, 7, 1, 12, tzinfo=UTC)  # the day after the last purchase
SHIPPED = sorted((Path(__file__).parents[1] / "statemachines" / "segments").glob("*.segment.yaml"))
BATCH = 100
EDITED, RULE = (
    "cart-open",
    "{event: Order Completed}",
)  # by its own rule nobody is in: an order closes every cart
JOURNEY = """\
journey: after-a-cart
purpose: marketing
entry: {segment: cart-open}
steps:
  - send: Ask about the cart
    template: welcome
"""


@dataclass(slots=True)
class Cdnow(Shop):
    """The shop, its stream read as Lambda reads it: each event once, a hundred at a time, while journeys are live."""

    live: dict[str, LiveJourney] = field(default_factory=dict)
    told_of: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # event, segment, cause

    def react(self) -> None:
        """Until nothing comes any more."""
        records = _tables()["Events"].stream_shard.items
        while records:
            fresh = [events.from_stream(record.record) for record in records[:BATCH]]
            del records[:BATCH]
            self.number += len(fresh)
            places = range(self.number - len(fresh) + 1, self.number + 1)
            batch = [Sequenced(event, str(place)) for event, place in zip(fresh, places, strict=True)]
            assert react(batch, self.live, engine=self.engine, segments=store.live_index()) == []
            self.told_of.update(_told(fresh))

    @property
    def enrolments(self) -> int:
        """Rows of runs, of anybody."""
        return sum(1 for row in rows("People") if row.attrs["sk"].value.startswith("ENROL#"))

    def inside(self) -> dict[str, set[str]]:
        """Who is in which segment, as the list of members has it."""
        users = {row.attrs["contact"].value: row.attrs["pk"].value[2:] for row in rows("Identity")}
        found = defaultdict(set)
        for row in rows("People"):
            if row.attrs["sk"].value.startswith("SEG#") and row.attrs["is_in"].value:
                found[row.attrs["sk"].value[4:]].add(users[row.attrs["pk"].value[2:]])
        return found


def main() -> int:
    """1 when pandas sees others in a segment, or an edited rule moved somebody."""
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    bought = list(cdnow.orders(fetch(state.FOLDER / "cache").read_text(), every=every))
    quick.install()
    gc.freeze()
    gc.set_threshold(
        100_000, 50, 1_000
    )  # millions of rows' parts stay; looking through them again and again takes long
    with moto_cloud(), large_tables():
        teach_moto()
        return int(not all([as_pandas_says(shop := filled(bought), bought), the_edit_moves_nobody(shop)]))


def filled(bought: Iterable[Order]) -> Cdnow:
    """A stack into which these orders were imported."""
    clock = ManualClock(NOW)
    events.bind(SETTINGS, clock=clock, region=REGION)
    _tables()["People"].stream_shard = None  # nobody counts changes here
    empty = a_shop(clock)
    shop = Cdnow(empty.clock, empty.engine)
    began = time.monotonic()
    assert not events.insert(map(_imported, bought)).failed
    shop.react()
    _said(f"{shop.number:,} purchases imported and folded", began)
    return shop


def as_pandas_says(shop: Cdnow, bought: list[Order]) -> bool:
    """Each shipped segment is published; those in it are those whom pandas finds."""
    everything = time.monotonic()
    for path in SHIPPED:
        name, began = path.name.removesuffix(".segment.yaml"), time.monotonic()
        save(name, path.read_text(), revision=0)
        shop.plays(publish(name, desk=shop.desk).run)
        _said(f"{name} in force", began)
    _said(f"{len(SHIPPED)} shipped segments in force", everything)
    found, expected = shop.inside(), cdnow.shipped(bought, NOW)
    for name, customers in expected.items():
        word = "as pandas says" if found[name] == customers else f"BUT PANDAS SAYS {len(customers):,}"
        _said(f"{name}: {len(found[name]):,} customers, {word}")
    return {name: who for name, who in found.items() if who} == {n: who for n, who in expected.items() if who}


def the_edit_moves_nobody(shop: Cdnow) -> bool:
    """Everybody enters by an edited rule, and no run begins; one enters by what they do, and one begins."""
    _open(shop)
    everybody, began = len(list(rows("Identity"))), time.monotonic()
    shop.has(EDITED, RULE)
    entered, started = len(shop.inside()[EDITED]), shop.enrolments
    causes = {cause: n for (event, name, cause), n in shop.told_of.items() if name == EDITED}
    _said(f"the rule of {EDITED} edited: {entered:,} of {everybody:,} customers entered, {causes}", began)
    _said(f"enrolments started by the edit: {started}")
    _orders_now(shop, "somebody-new")
    _said(f"enrolments started by somebody's first order: {shop.enrolments - started}")
    machines = shop.engine.machines.started  # type: ignore[attr-defined]  # those that tests bring
    told = causes == {"rule_edit": everybody}
    return told and entered == everybody and started == 0 and shop.enrolments == len(machines) == 1


def _tables() -> dict[str, Any]:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables


def _open(shop: Cdnow) -> None:
    journey = load_journey(JOURNEY)
    live = replace(publish_as_first(journey), entries=journey.entries)
    shop.live = {live.name: live}


def _orders_now(shop: Cdnow, user: str) -> None:
    shop.does(user, "Order Completed", order_id="now", total=9.99, currency="USD")


def _imported(order: Order) -> Event:
    customer, name, at, dollars = order
    source = f"{IMPORT_PREFIX}cdnow"
    said = {"properties": {"order_id": name, "total": dollars, "currency": "USD"}}
    key = sort_key(iso(at), source, name)
    return Event(f"u#{customer}", key, "track", "Order Completed", at, NOW, source, name, said)


def _told(fresh: Iterable[Event]) -> Iterable[tuple[str, str, str]]:
    ours = (event for event in fresh if event.event.startswith("Segment "))
    return [(event.event, event.properties["segment"], event.properties["cause"]) for event in ours]


def _said(what: str, began: float | None = None) -> None:
    took = "" if began is None else f", {time.monotonic() - began:.1f} s"
    print(f"{what}{took}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
