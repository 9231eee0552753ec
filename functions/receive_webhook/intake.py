"""One delivery's way: whose door → signed → understood → checked as any event is → stored → answered."""

import functools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from chalice.app import Request

from sojourn import tables, telemetry
from sojourn.clock import Clock, iso, machine_clock
from sojourn.errors import Problem, StoreBusyError
from sojourn.events import store
from sojourn.events.envelope import Envelope
from sojourn.events.ledger import write_rejected
from sojourn.events.normalise import normalise
from sojourn.events.rejections import EventRejectedError, RejectedRecord, Rejection
from sojourn.events.store import Inserted, Row
from sojourn.http.bodies import as_bytes, inflate, parse
from sojourn.http.problems import unauthorized
from sojourn.intake.hooks import Hook, get_hook
from sojourn.intake.mapping import Delivery, is_known, items_of
from sojourn.intake.signatures import is_signed
from sojourn.settings import Settings
from sojourn.telemetry import Metric

LARGEST = 1024 * 1024
TAKEN = {"success": True}


@dataclass(frozen=True, slots=True)
class Intake:
    """What a container keeps between deliveries."""

    clock: Clock

    def take(self, name: str, request: Request) -> dict[str, Any]:
        """Store what a delivery tells. Raises Problem: 404 no such hook, 401 not signed, 400 no JSON, 413 too large."""
        with tables.store_errors_translated():
            hook = get_hook(name)
        if hook is None:
            raise Problem(404, "hook_not_found", "there is no such hook")
        raw = _raw(request)
        if _is_first_ping(hook, raw):
            return TAKEN
        if not is_signed(hook.provider, request.headers, raw, secrets=hook.secrets, now=self.clock.wall()):
            raise unauthorized()
        body = parse(raw)
        delivery = Delivery(hook.name, hook.provider, request.headers, body if isinstance(body, dict) else {})
        return self._keep(delivery)

    def _keep(self, delivery: Delivery) -> dict[str, Any]:
        envelope = Envelope(delivery.hook, self.clock.calendar(), self.clock.wall())
        sieve = Sieve(delivery, envelope)
        inserted = store.insert_rows(sieve.rows())
        if inserted.failed:
            raise StoreBusyError("events")
        sieve.turn_away(inserted)
        write_rejected(sieve.records, received_at=iso(envelope.received))
        for metric, amount in (
            (Metric.EVENTS_ACCEPTED, inserted.written),
            (Metric.EVENTS_DUPLICATE, inserted.duplicates),
            (Metric.EVENTS_REJECTED, len(sieve.records)),
        ):
            if amount:
                telemetry.count(metric, amount)
        telemetry.note(
            "delivery taken", hook=delivery.hook, stored=inserted.written, rejected=len(sieve.records)
        )
        return TAKEN


@dataclass(slots=True)
class Sieve:
    """Lets through what can be stored, and keeps the rest for the operator."""

    delivery: Delivery
    envelope: Envelope
    records: list[RejectedRecord] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """The events of the delivery."""
        items = items_of(self.delivery)
        if not items and not is_known(self.delivery):
            self._hold_back(self.delivery.body, Rejection("unknown_topic", "no table speaks of this topic"))
        for item in items:
            try:
                normalised = normalise(item, self.envelope)
            except EventRejectedError as error:
                self._hold_back(item, Rejection.of(error))
                continue
            for rejection in normalised.left_out:
                self._hold_back(item, rejection, stored=True)
            yield normalised.event, normalised.text

    def turn_away(self, inserted: Inserted) -> None:
        """What the table itself would not take."""
        for event in inserted.refused:
            said = {"type": event.type, "event": event.event, "pk": event.pk, **event.payload}
            self._hold_back(said, Rejection("not_storable", "the table will never take this event"))

    def _hold_back(self, record: Mapping[str, Any], rejection: Rejection, *, stored: bool = False) -> None:
        self.records.append(RejectedRecord(record, rejection, len(self.records), self.delivery.hook, stored))


@functools.cache
def intake() -> Intake:
    """The container's intake; its tables get their names here."""
    settings, clock, region = Settings.from_env(), machine_clock(), os.environ["AWS_REGION"]
    tables.bind(settings, region=region)
    store.bind(settings, clock=clock, region=region)
    return Intake(clock)


def _raw(request: Request) -> bytes:
    """The bytes that were signed: after the gateway's base64, before anything reads them."""
    event = request.to_original_event()
    sent = as_bytes(event.get("body"), encoded=bool(event.get("isBase64Encoded")))
    return inflate(sent, coding=request.headers.get("content-encoding", ""), limit=LARGEST)


def _is_first_ping(hook: Hook, raw: bytes) -> bool:
    """WooCommerce knocks once, unsigned, when a webhook is saved: `webhook_id=…` and nothing else."""
    if hook.provider != "woocommerce" or len(raw) > len("webhook_id=") + 20:
        return False
    try:
        return set(parse_qs(raw.decode())) == {"webhook_id"}
    except ValueError:
        return False
