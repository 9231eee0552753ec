"""The demo's view of the running local cloud: its counts, its report, its tables, its post office."""

from __future__ import annotations

import urllib.error
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

from infra.local import stack
from infra.local.demo import web
from infra.local.demo.costs import Counts
from infra.local.demo.tables import Row, Tables
from infra.local.state import STACK, Local

JOURNEY = "welcome"
SEND_EMAIL = "ses:SendEmail"  # goes to the post office
OF_THE_RUNNER = (
    "SweepDue",
    "Reconcile",
    "Api",
)  # called by the ticker or by the demo itself, whatever happens


@dataclass(slots=True)
class Cloud:
    """Counts what the demo itself asks for, so that it can be left out of the bill."""

    local: Local
    tables: Tables
    own_calls: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, local: Local) -> Self:
        """The cloud that runs, with its tables found."""
        client = stack.client("dynamodb", local.endpoint_url)
        own: Counter[str] = Counter()

        def count(model: Any, **_: Any) -> None:
            own[f"dynamodb:{model.name}"] += 1

        client.meta.events.register("before-call.dynamodb", count)
        return cls(local, Tables.find(client, STACK), own)

    def counts(self) -> Counts:
        """Everything that was counted since the cloud started, with the mails that SES took."""
        counted = web.get(f"{self.local.endpoint_url}/_sojourn/counts")
        mails = web.get(f"{self.local.post_office_url}/health")["aws_calls"].get(SEND_EMAIL, 0)
        return Counts.of({**counted, "aws_calls": {**counted["aws_calls"], SEND_EMAIL: mails}})

    def bustle(self) -> int:
        """Invocations of whatever works because something happened."""
        calls = self.counts().invocations
        return sum(count for name, count in calls.items() if not any(word in name for word in OF_THE_RUNNER))

    def report(self) -> dict[str, Any]:
        """The journey's report, as the admin API gives it; nothing when it cannot answer now."""
        url = f"{self.local.api_url}/api/journeys/{JOURNEY}/report"
        self.own_calls["execute-api:Invoke"] += 1
        try:
            found: dict[str, Any] = web.get(url, bearer=self.local.api_key)
        except OSError:
            return {}
        return found

    def steps(self) -> dict[str, int]:
        """Where the contacts of active enrolments stand, the fullest step first."""
        rows = self.tables.scan(
            "People",
            FilterExpression="begins_with(sk, :enrolment) AND #status = :active",
            ProjectionExpression="#at",
            ExpressionAttributeNames={"#at": "at", "#status": "status"},
            ExpressionAttributeValues={":enrolment": {"S": "ENROL#"}, ":active": {"S": "active"}},
        )
        return dict(Counter(row["at"] or "(start)" for row in rows).most_common())


@dataclass(frozen=True, slots=True)
class Post:
    """The post office over HTTP."""

    url: str

    def mails(self, since: str = "") -> list[Row]:
        """Mails sent at or after a calendar instant."""
        found: list[Row] = web.get(f"{self.url}/messages?since={quote(since)}")["items"]
        return found

    def texts(self) -> list[Row]:
        """All texts to phones."""
        found: list[Row] = web.get(f"{self.url}/sms")["items"]
        return found

    def act(self, path: str, body: dict[str, Any]) -> None:
        """Do something as the recipient; ActFailedError when the link in the mail did not work."""
        answer = web.post(self.url + path.replace("+", "%2B"), body)
        if isinstance(answer, dict) and int(answer.get("status", 200)) >= 400:
            raise ActFailedError(f"the link answered {answer['status']}")

    def raw(self) -> Iterator[tuple[str, bytes]]:
        """The exact bytes of every mail."""
        for mail in self.mails():
            yield mail["id"], web.get_bytes(f"{self.url}/messages/{quote(mail['id'])}/raw")


class ActFailedError(urllib.error.URLError):
    """The post office followed a link, and the answer was an error."""
