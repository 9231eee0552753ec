"""Replays the purchases at the calendar's pace through segment-analytics-python, whose code is unchanged."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import segment.analytics.request as transport
from segment.analytics.client import Client

from infra.local.demo.cdnow import Purchase
from infra.local.demo.people import Person

SIGNED_UP, ORDER_COMPLETED = "Signed Up", "Order Completed"
# A wall second is hours of the paced calendar, so the client must not sit on its queue.
UPLOAD_SECONDS = 0.05
RETRIES = 5
BEFORE = timedelta(seconds=1)


@dataclass(slots=True)
class Answers:
    """What collect answered, by the messages' own ids: a batch that is sent again counts once."""

    accepted: set[str] = field(default_factory=set)
    rejected: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, response: Any, *_: Any, **__: Any) -> None:
        """A response hook of `requests`."""
        if response.status_code != 200:
            return  # the client tries again, or tells on_error
        batch = _body(response.request)["batch"]
        refused = {int(each["index"]): str(each["code"]) for each in response.json().get("rejected", [])}
        with self._lock:
            for index, message in enumerate(batch):
                if index in refused:
                    self.rejected[message["messageId"]] = refused[index]
                else:
                    self.accepted.add(message["messageId"])

    def fail(self, error: Exception, batch: Sequence[Any]) -> None:
        """The client's on_error: these events never arrived."""
        self.failures.append(f"{len(batch)} events were given up: {error}")


def _body(request: Any) -> dict[str, Any]:
    body = request.body if isinstance(request.body, bytes) else str(request.body).encode()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    decoded: dict[str, Any] = json.loads(body)
    return decoded


@dataclass(slots=True)
class Replay:
    """Feeds the rows to the client when the calendar reaches them."""

    rows: Sequence[Purchase]
    people: dict[int, Person]
    wait_until: Callable[[datetime], bool]  # False when the demo is being stopped
    answers: Answers = field(default_factory=Answers)
    fed: int = 0

    def run(self, *, write_key: str, host: str) -> None:
        """Blocks until the last row was answered, or the demo is stopped."""
        # The client counts nothing that collect answers; its transport is a plain `requests` session, which has hooks.
        transport._session.hooks["response"].append(self.answers.take)
        client = Client(
            write_key, host=host, upload_interval=UPLOAD_SECONDS, gzip=True, on_error=self.answers.fail
        )
        try:
            for row in self.rows:
                if not self.wait_until(row.at):
                    return
                self.feed(client, row)
            client.flush()
        finally:
            client.join()
            transport._session.hooks["response"].remove(self.answers.take)

    def feed(self, client: Client, row: Purchase) -> None:
        """One row as the shop would tell it."""
        if row.row == 1:
            self._sign_up(client, row)
        else:
            client.track(
                row.user_id,
                ORDER_COMPLETED,
                {"order_id": row.order_id, "quantity": row.quantity, "total": row.total},
                timestamp=row.at,
                message_id=f"{row.order_id}-order",
            )
        self.fed += 1

    def _sign_up(self, client: Client, row: Purchase) -> None:
        person = self.people[row.customer]
        client.identify(
            row.user_id,
            person.traits(),
            context=person.context(),
            timestamp=row.at - BEFORE,
            message_id=f"{row.order_id}-identify",
        )
        client.track(row.user_id, SIGNED_UP, timestamp=row.at, message_id=f"{row.order_id}-sign-up")
