"""A post office in this process, and a small web behind the links of its mails."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.postoffice.http import Request, Response, Server
from infra.local.postoffice.office import Config, PostOffice
from infra.local.postoffice.provider import Provider
from infra.local.postoffice.routes import Routes
from sojourn.clock import ManualClock

MOMENT = datetime(1997, 1, 1, 12, tzinfo=UTC)


@dataclass
class Web:
    """Whoever is behind the links: keeps what it was asked."""

    asked: list[Request] = field(default_factory=list)
    status: int = 200

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        return Response(self.status, b"here", {"Location": "https://example.org/"})


@dataclass
class House:
    """A running post office, and what it published."""

    url: str
    office: PostOffice
    published: list[tuple[str, dict[str, Any]]]

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """The status, and the JSON or the bytes of the answer."""
        status, kind, answer = self.raw(
            method, path, json.dumps(body).encode() if body is not None else b"", **headers
        )
        return status, json.loads(answer) if "json" in kind else answer

    def raw(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, bytes]:
        """The status, the content type and the bytes."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        kind, read = answer.getheader("Content-Type", ""), answer.read()
        connection.close()
        return answer.status, kind, read

    def send(self, **changes: Any) -> str:
        """Send a mail; its id."""
        status, answer = self.ask("POST", "/v2/email/outbound-emails", make_mail(**changes))
        assert status == 200
        return str(answer["MessageId"])


def make_mail(
    *,
    to: str = "ada@example.org",
    subject: str = "Welcome",
    html: str = "<p>Hello</p>",
    unsubscribe: str = "",
) -> dict[str, Any]:
    """The body of an SES v2 SendEmail."""
    headers = [
        {"Name": "List-Unsubscribe", "Value": f"<{unsubscribe}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]
    return {
        "FromEmailAddress": "Sojourn <hello@example.com>",
        "Destination": {"ToAddresses": [to]},
        "Content": {
            "Simple": {
                "Subject": {"Data": subject},
                "Body": {"Text": {"Data": "Hello\n"}, "Html": {"Data": html}},
                "Headers": headers if unsubscribe else [],
            }
        },
        "EmailTags": [{"Name": "message_id", "Value": "m-1"}],
        "ConfigurationSetName": "set",
    }


@pytest.fixture
def a_mail() -> Any:
    """Makes the body of a SendEmail."""
    return make_mail


@pytest.fixture
def house() -> Iterator[House]:
    """A post office on a free port, its clock standing still at noon of the first day of 1997."""
    published: list[tuple[str, dict[str, Any]]] = []
    office = PostOffice(
        clock=ManualClock(MOMENT),
        publish=lambda topic, message: published.append((topic, message)),
        config=Config(email_events_topic="ses", inbound_sms_topic="sms"),
    )
    provider = Provider(office)
    with serving(Routes(office, provider).answer) as url:
        yield House(url, office, published)


@pytest.fixture
def web() -> Iterator[tuple[Web, str]]:
    """A web server, and its address."""
    behind = Web()
    with serving(behind.answer) as url:
        yield behind, url


class serving:  # noqa: N801  reads as a verb
    """Serves on a free port for as long as the block lasts."""

    def __init__(self, answer: Any) -> None:
        self.server = Server(0, answer)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self.server.url

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
