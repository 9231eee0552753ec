"""What a provider's answer means, and how often it is asked: once."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from sojourn.delivery.model import (
    Email,
    HoldReason,
    NotNowError,
    OutcomeUnknownError,
    ProviderRefusedError,
    RecipientUnverifiedError,
    Sms,
)
from sojourn.delivery.providers import NOT_NOW, ONE_ATTEMPT, REFUSED, understood
from sojourn.delivery.ses import SesSender
from sojourn.delivery.sns import SnsSender

URL = "https://email.us-east-1.amazonaws.com"
MAIL = Email(to="ada@example.org", subject="Hello", html="<p>Hello</p>", text="Hello")
TEXT = Sms(to="+12125550123", text="Hello")


def an_answer(code: str, status: int = 400) -> ClientError:
    said = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "SendEmail")


def meaning_of(error: Exception) -> Exception:
    with pytest.raises((NotNowError, OutcomeUnknownError, ProviderRefusedError)) as raised, understood():
        raise error
    return raised.value


@pytest.mark.parametrize(("code", "meant"), NOT_NOW.items())
def test_what_asks_to_come_later(code: str, meant: tuple[HoldReason, float]):
    error = meaning_of(an_answer(code))

    assert isinstance(error, NotNowError)
    assert (error.reason, error.wall_seconds) == meant


@pytest.mark.parametrize(("code", "reason"), REFUSED.items())
def test_what_is_final(code: str, reason: str):
    error = meaning_of(an_answer(code))

    assert isinstance(error, ProviderRefusedError)
    assert str(error) == reason


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnrecognizedClientException", "SomethingNew"])
def test_another_4xx_proves_that_nothing_was_taken(code: str):
    error = meaning_of(an_answer(code, 403))

    assert isinstance(error, NotNowError)
    assert error.reason is HoldReason.PROVIDER


@pytest.mark.parametrize(
    "error",
    [EndpointConnectionError(endpoint_url=URL), ConnectTimeoutError(endpoint_url=URL)],
    ids=lambda error: type(error).__name__,
)
def test_what_never_connected_was_never_sent(error: Exception):
    assert isinstance(meaning_of(error), NotNowError)


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        SSLError(endpoint_url=URL, error="eof"),
        ResponseParserError("<html>"),
        an_answer("InternalFailure", 500),
        an_answer("MessageRejected", 503),
    ],
    ids=lambda error: type(error).__name__,
)
def test_everything_else_proves_nothing(error: Exception):
    assert isinstance(meaning_of(error), OutcomeUnknownError)


class Silent(BaseHTTPRequestHandler):
    """Takes the request, and does not answer until the test is over."""

    server: "SilentServer"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(self.path)
        self.server.over.wait(30)

    def log_message(self, *parts: Any) -> None:
        """Say nothing."""


class SilentServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Silent)
        self.requests: list[str] = []
        self.over = threading.Event()


@contextmanager
def a_silent_provider() -> Iterator[SilentServer]:
    with SilentServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def a_client(service: str, port: int) -> Any:
    session = botocore.session.Session()
    session.set_credentials("testing", "testing")
    return session.create_client(
        service,
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        config=ONE_ATTEMPT.merge(Config(read_timeout=0.2)),
    )


@pytest.mark.parametrize("service", ["sesv2", "sns"])
def test_a_provider_that_does_not_answer_is_asked_once(service: str):
    """Law 4: with botocore's default retries this would be up to five mails."""
    with a_silent_provider() as server:
        client = a_client(service, server.server_address[1])
        with pytest.raises(OutcomeUnknownError):
            _send(service, client)
        client.close()

    assert len(server.requests) == 1


@pytest.mark.parametrize("service", ["sesv2", "sns"])
def test_a_door_that_is_closed_means_later(service: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        client = a_client(service, taken.getsockname()[1])
        with pytest.raises(NotNowError):
            _send(service, client)
        client.close()


def _send(service: str, client: Any) -> str:
    if service == "sns":
        return SnsSender(client).send(TEXT)
    return SesSender(client, sender="hello@example.org", configuration_set="set").send(MAIL)


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("ada@example.org", RecipientUnverifiedError),
        ("Hello <hello@example.org>, ada@example.org", ProviderRefusedError),
    ],
)
def test_in_a_sandbox_it_matters_who_is_not_verified(named: str, meant: type[Exception]):
    said = f"Email address is not verified. The following identities failed the check in region US-EAST-1: {named}"
    error = ClientError(
        {
            "Error": {"Code": "MessageRejected", "Message": said},
            "ResponseMetadata": {"HTTPStatusCode": 400},
        },
        "SendEmail",
    )

    with pytest.raises(meant), understood("Hello <hello@example.org>"):
        raise error
