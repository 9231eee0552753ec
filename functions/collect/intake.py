"""One request's way: whose it is → what is in it → what can be stored → stored → answered."""

import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from chalice.app import Request

from functions.collect.reading import Call, check_spread, items_of, read
from sojourn import tables, telemetry
from sojourn.clock import Clock, iso, machine_clock
from sojourn.errors import StoreBusyError
from sojourn.events import store
from sojourn.events.envelope import Envelope
from sojourn.events.ledger import count_duplicates, keep_rejected
from sojourn.events.model import Trust
from sojourn.events.normalise import normalise
from sojourn.events.rejections import EventRejectedError, RejectedRecord, Rejection
from sojourn.events.store import Inserted, Row
from sojourn.http.identify import IdentifySecrets
from sojourn.http.keys import Key, Keys
from sojourn.limits.limiter import Limiter
from sojourn.settings import Settings
from sojourn.telemetry import Metric

NOT_STORABLE = Rejection("not_storable", "the table does not take this event")


@dataclass(frozen=True, slots=True)
class Intake:
    """What a container keeps between requests."""

    clock: Clock
    keys: Keys
    secrets: IdentifySecrets
    limiter: Limiter
    public_url: str = ""

    def take(self, request: Request, call: Call) -> dict[str, Any]:
        """Store the events of a request and answer."""
        key, body = read(request, call, self.keys)
        self.limiter.admit(key.name, key.rate)
        items = items_of(body, is_batch=call.is_batch)
        received, wall = self.clock.calendar(), self.clock.wall()
        envelope = self._believed(
            Envelope.of(body, source=call.source(key), received=received, wall=wall), key, request
        )
        check_spread(envelope.shared, len(items))
        sieve = Sieve(envelope, call.type, items)
        inserted = store.insert_rows(sieve.rows())
        if inserted.failed:
            raise StoreBusyError("events")
        sieve.turn_away(inserted)
        count_duplicates(inserted.duplicates, received_at=iso(received))
        keep_rejected(sieve.records, received_at=iso(received))
        _report(inserted, sieve)
        return {"success": True, "rejected": sieve.told} if sieve.told else {"success": True}

    def _believed(self, envelope: Envelope, key: Key, request: Request) -> Envelope:
        """With what it takes to tell a proof from a claim, where anybody may have sent it."""
        if not key.is_browser:
            return envelope
        # Only here is the caller's address the person's own: a server calls from its own.
        ip = request.context.get("identity", {}).get("sourceIp") or ""
        return replace(envelope, trust=Trust.BROWSER, secrets=self.secrets(), ip=ip)


@dataclass(slots=True)
class Sieve:
    """Lets the good events of a request through and remembers what it held back."""

    envelope: Envelope
    path_type: str | None
    items: list[Any]
    told: list[dict[str, Any]] = field(default_factory=list)
    records: list[RejectedRecord] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    correlations: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """What can be stored, one by one: a large batch is never in memory twice."""
        for index, item in enumerate(self.items):
            try:
                normalised = normalise(item, self.envelope, path_type=self.path_type)
            except EventRejectedError as error:
                self._hold_back(index, Rejection.of(error), stored=False)
                continue
            for rejection in normalised.left_out:
                self._hold_back(index, rejection, stored=True)
            self.places[normalised.event.sk] = index
            self.correlations.append(telemetry.correlation_of(normalised.event.key))
            yield normalised.event, normalised.text

    def turn_away(self, inserted: Inserted) -> None:
        """What the table itself would not take."""
        for event in inserted.refused:
            self._hold_back(self.places[event.sk], NOT_STORABLE, stored=False)

    @property
    def turned_away(self) -> int:
        """How many events were not stored."""
        return sum(not record.stored for record in self.records)

    def _hold_back(self, index: int, rejection: Rejection, *, stored: bool) -> None:
        item = self.items[index]
        self.told.append(rejection.told(index, item.get("messageId") if isinstance(item, dict) else None))
        self.records.append(RejectedRecord(item, rejection, index, self.envelope.source, stored))


@functools.cache
def intake() -> Intake:
    """The container's intake; its tables get their names here. bootstrap.py would import all of delivery for it."""
    settings, clock, region = Settings.from_env(), machine_clock(), os.environ["AWS_REGION"]
    tables.bind(settings, region=region)
    store.bind(settings, clock=clock, region=region)
    return Intake(clock, Keys(clock), IdentifySecrets(clock), Limiter(clock), settings.public_url)


def _report(inserted: Inserted, sieve: Sieve) -> None:
    counts = {
        Metric.EVENTS_ACCEPTED: inserted.written,
        Metric.EVENTS_DUPLICATE: inserted.duplicates,
        Metric.EVENTS_REJECTED: sieve.turned_away,
    }
    for metric, amount in counts.items():
        if amount:
            telemetry.count(metric, amount)
    telemetry.note(
        "events collected",
        source=sieve.envelope.source,
        stored=inserted.written,
        duplicates=inserted.duplicates,
        rejected=sieve.turned_away,
        left_out=len(sieve.records) - sieve.turned_away,
        correlations=sieve.correlations,
    )
