"""The console of this process behind a port, as API Gateway and the local cloud's door put it before browsers.

One request at a time: the function's world is one, as in one Lambda worker.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = dict[str, Any]
METHODS = ("GET", "HEAD", "POST")
Handler = Callable[[dict[str, Any], Any], Answer]


@contextmanager
def served(handler: Handler) -> Iterator[str]:
    """The origin under which it answers."""
    lock, closed = threading.Lock(), threading.Event()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def answer(self) -> None:
            with lock:
                if closed.is_set():  # a browser's last wish would come between the requests of the next test
                    self.close_connection = True
                    return
                _tell(self, handler(_event(self), None))

        def log_message(self, *_: Any) -> None:
            """Silent."""

    for method in METHODS:
        setattr(Door, f"do_{method}", Door.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        with lock:
            closed.set()
        server.shutdown()
        server.server_close()


def _event(request: BaseHTTPRequestHandler) -> dict[str, Any]:
    parts = urlsplit(request.path)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    headers = {name.lower(): value for name, value in request.headers.items()}
    return {
        "path": parts.path,
        "httpMethod": request.command,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": query or None,
        "requestContext": {"path": f"/live{parts.path}", "identity": {"sourceIp": "127.0.0.1"}},
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _tell(request: BaseHTTPRequestHandler, answer: Answer) -> None:
    raw = answer.get("body") or ""
    body = base64.b64decode(raw) if answer.get("isBase64Encoded") else raw.encode()
    request.send_response_only(answer["statusCode"])
    for name, value in answer["headers"].items():
        request.send_header(name, str(value))
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        for value in values:
            request.send_header(name, str(value))
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)
