"""A small threaded HTTP server: a request goes in, a response comes out, in one write."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def fields(self) -> dict[str, str]:
        """Query, form and JSON body as one; a body of plain text has no fields."""
        kind = self.headers.get("content-type", "")
        if "json" in kind or self.body[:1] == b"{":
            given = json.loads(self.body or b"{}")
            return self.query | {name: str(value) for name, value in given.items()}
        if "form-urlencoded" in kind:
            return self.query | dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return self.query

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body or b"{}"))

    @property
    def wants_html(self) -> bool:
        return "text/html" in self.headers.get("accept", "")


@dataclass(frozen=True, slots=True)
class Response:
    """What it gets. A `hang_up` closes the connection with nothing said."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False


Answer = Callable[[Request], Response]


def json_response(value: object, status: int = 200, **headers: str) -> Response:
    """The value as JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


def problem(status: int, code: str, message: str) -> Response:
    """An error in the product's one shape."""
    body = {"title": code, "status": status, "code": code, "detail": message, "message": message}
    return Response(status, json.dumps(body).encode(), {"Content-Type": "application/problem+json"})


class Server(ThreadingHTTPServer):
    """Serves one function on the loopback."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Answer) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together

    def _serve(self) -> None:
        assert isinstance(self.server, Server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.answer(Request(self.command, self.path, headers, body))
        if response.hang_up:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing: the messages are the log."""
