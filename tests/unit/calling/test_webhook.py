"""Calls over real connections: what is said, what is signed, and every way in which a server may fail us."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sojourn.calling.model import MOST_BYTES, CallFailedError, Failure, Reply, Request
from sojourn.calling.webhook import Webhooks
from sojourn.calling.wire import resolve
from sojourn.clock import ManualClock
from sojourn.intake.signatures import is_signed
from tests.calling import Authority, a_server, answer
from tests.journeys import NOW

OLD, NEW = "whsec_" + "b2xkIHNlY3JldCBvZiAyNCBieXRlcyE=", "whsec_" + "bmV3IHNlY3JldCBvZiAyNCBieXRlcyE="
REQUEST = Request(id="call_5d41", body=b'{"id":"call_5d41"}', seconds=5)
SHORT = Request(id="call_5d41", body=b"{}", seconds=1)


def a_caller(**more: object) -> Webhooks:
    usual: dict[str, object] = {"clock": ManualClock(NOW), "loopback": True, "secrets": lambda: (NEW, OLD)}
    return Webhooks(**{**usual, **more})  # type: ignore[arg-type]  # fields by name


@contextmanager
def failing(failure: Failure) -> Iterator[None]:
    with pytest.raises(CallFailedError) as raised:
        yield
    assert raised.value.failure is failure


def test_a_call_says_who_asks_and_its_answer_is_kept():
    with a_server(answer('{"code": "SPRING"}')) as server:
        reply = a_caller().call(server.url(), REQUEST)

    (asked,) = server.asked
    assert reply == Reply({"code": "SPRING"})
    assert asked.line == "POST /hook?a=b HTTP/1.1"
    assert asked.body == REQUEST.body
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"
    assert asked.headers["idempotency-key"] == asked.headers["webhook-id"] == "call_5d41"
    assert asked.headers["content-type"] == "application/json"


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_a_call_is_signed_with_every_secret_that_is_good(secret: str):
    with a_server(answer("{}")) as server:
        a_caller().call(server.url(), REQUEST)

    (asked,) = server.asked
    assert is_signed("standard", asked.headers, asked.body, secrets=[secret], now=NOW)
    assert not is_signed("standard", asked.headers, asked.body + b" ", secrets=[secret], now=NOW)


def test_without_a_secret_a_call_bears_no_signature():
    with a_server(answer("{}")) as server:
        a_caller(secrets=tuple).call(server.url(), REQUEST)

    assert "webhook-signature" not in server.asked[0].headers


@pytest.mark.parametrize(
    "body",
    ["", "ok", "[1, 2]", "null", '"text"', "{", '{"a": 1e999}', '{"a": "\\ud800"}', "[" * 60_000, "\xff\xfe"],
    ids=["nothing", "text", "list", "null", "string", "broken", "infinity", "surrogate", "deep", "bytes"],
)
def test_of_an_answer_that_is_no_object_nothing_is_kept(body: str):
    with a_server(answer(body.encode("latin-1"))) as server:
        assert a_caller().call(server.url(), REQUEST) == Reply()


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("301 Moved", Failure.REDIRECTED),
        ("302 Found", Failure.REDIRECTED),
        ("307 Temporary", Failure.REDIRECTED),
        ("304 Not Modified", Failure.REDIRECTED),
        ("400 Bad Request", Failure.REFUSED),
        ("404 Not Found", Failure.REFUSED),
        ("410 Gone", Failure.REFUSED),
        ("408 Request Timeout", Failure.BUSY),
        ("429 Too Many Requests", Failure.BUSY),
        ("503 Service Unavailable", Failure.BUSY),
        ("500 Internal Server Error", Failure.BROKEN),
        ("502 Bad Gateway", Failure.BROKEN),
        ("999 What", Failure.BROKEN),
    ],
)
def test_everything_but_2xx_is_a_failure(status: str, failure: Failure):
    with (
        a_server(answer('{"a": 1}', status, "Location: http://169.254.169.254/")) as server,
        failing(failure),
    ):
        a_caller().call(server.url(), REQUEST)

    assert server.connections == 1  # nobody follows it


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (b"", Failure.BROKEN),
        (b"no HTTP at all\r\n\r\n", Failure.BROKEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", Failure.BROKEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n{", Failure.REPLY_TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (MOST_BYTES + 1), Failure.REPLY_TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Failure.BROKEN),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", Failure.BROKEN),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000, Failure.BROKEN),
    ],
    ids=[
        "nothing",
        "no HTTP",
        "cut short",
        "10 MB said",
        "64 KB passed",
        "bad chunk",
        "200 headers",
        "long header",
    ],
)
def test_an_answer_that_is_none(said: bytes, failure: Failure):
    with a_server(said) as server, failing(failure):
        a_caller().call(server.url(), REQUEST)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n",
    ],
    ids=["headers", "body", "body without a length", "chunk"],
)
def test_a_server_that_never_stops_talking_is_cut_off(head: bytes):
    def drip(sock: socket.socket) -> None:
        with suppress(OSError):
            sock.sendall(head)
            while not over.wait(0.05):
                sock.sendall(b"a")

    over, began = threading.Event(), time.monotonic()
    with a_server(drip) as server:
        with failing(Failure.TIMED_OUT):
            a_caller().call(server.url(), SHORT)
        over.set()

    assert time.monotonic() - began < 5


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_the_step_says():
    def be_silent(sock: socket.socket) -> None:
        with suppress(OSError):
            sock.recv(1)

    with a_server(be_silent) as server, failing(Failure.TIMED_OUT):
        a_caller().call(server.url(), SHORT)


def test_nobody_there():
    with a_server(b"") as server:
        gone = server.url()

    with failing(Failure.UNREACHABLE):
        a_caller().call(gone, SHORT)


def test_a_name_that_leads_nowhere():
    with failing(Failure.NAME_UNKNOWN):
        a_caller(resolve=lambda *asked: ()).call("https://nobody.example.com/", SHORT)


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_looked_up():
    asked: list[str] = []

    def rebinding(host: str, port: int, limit: object) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("169.254.169.254",)

    with a_server(answer("{}")) as server:
        a_caller(resolve=rebinding).call(server.url("localhost"), REQUEST)

    assert asked == ["localhost"]
    assert server.connections == 1


def test_the_system_knows_this_machine():
    from sojourn.calling.wire import Limit

    assert "127.0.0.1" in resolve("localhost", 443, Limit(5))


def test_the_environment_names_no_proxy_for_calls(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    with a_server(answer('{"a": 1}')) as server:
        assert a_caller().call(server.url(), REQUEST) == Reply({"a": 1})


def test_a_certificate_is_held_against_the_name_and_not_the_address(tmp_path: Path):
    authority = Authority(tmp_path)
    server_of = authority.serves("localhost")

    with a_server(answer('{"a": 1}'), context=server_of) as server:
        reply = a_caller(trust=authority.trust).call(server.url("localhost", "https"), REQUEST)

    assert reply == Reply({"a": 1})
    assert json.loads(server.asked[0].body) == {"id": "call_5d41"}


@pytest.mark.parametrize(
    ("name", "days"), [("other.example", 1), ("localhost", -1)], ids=["of another", "that is over"]
)
def test_a_certificate(name: str, days: int, tmp_path: Path):
    authority = Authority(tmp_path)

    with (
        a_server(answer("{}"), context=authority.serves(name, days=days)) as server,
        failing(Failure.CERTIFICATE),
    ):
        a_caller(trust=authority.trust).call(server.url("localhost", "https"), REQUEST)

    assert not server.asked


def test_a_certificate_of_nobody_we_know(tmp_path: Path):
    unknown = Authority(tmp_path).serves("localhost")

    with a_server(answer("{}"), context=unknown) as server, failing(Failure.CERTIFICATE):
        a_caller().call(server.url("localhost", "https"), REQUEST)


def test_a_server_that_speaks_no_tls(tmp_path: Path):
    with a_server(answer("{}"), listens=False) as server, failing(Failure.BROKEN):
        a_caller(trust=Authority(tmp_path).trust).call(server.url("localhost", "https"), SHORT)
