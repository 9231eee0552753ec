"""One address for both APIs, as a custom domain would give: it hides API Gateway's ids and stages."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

STAGE = "live"
PRIVATE = ("/api", "/console")
# What API Gateway makes of a request that does not say it.
ASSUMED = {"Content-Type": "application/json", "Accept": "*/*"}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade", "te", "trailer"}


class Proxy(ThreadingHTTPServer):
    """Passes each request to the API that its path belongs to, byte for byte."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, endpoint: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.upstream = urlsplit(endpoint).netloc
        self.apis: Mapping[str, str] = {}

    def target(self, path: str) -> str | None:
        """Where MiniStack serves this path; None before there is such an API."""
        private = path == "/" or any(
            path == prefix or path.startswith((prefix + "/", prefix + "?")) for prefix in PRIVATE
        )
        api = self.apis.get("PrivateApiId" if private else "PublicApiId")
        return f"/_aws/execute-api/{api}/{STAGE}{path}" if api else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: Proxy

    def _pass_on(self) -> None:
        body = self._read_body()
        target = self.server.target(
            self.requestline.split()[1]
        )  # `path` has lost the second of two first slashes
        if target is None:
            self._answer(503, [("Content-Type", "text/plain")], b"The local cloud is not ready yet.\n")
            return
        connection = http.client.HTTPConnection(self.server.upstream, timeout=120)
        try:
            self._send_upstream(connection, target, body)
            answer = connection.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read())
        except OSError as error:
            self._answer(502, [("Content-Type", "text/plain")], f"MiniStack: {error}\n".encode())
        finally:
            connection.close()

    def _send_upstream(self, connection: http.client.HTTPConnection, target: str, body: bytes) -> None:
        connection.putrequest(self.command, target, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP and value:
                connection.putheader(name, value)
        for name, value in ASSUMED.items():
            if not self.headers.get(name):
                connection.putheader(name, value)
        connection.putheader("X-Forwarded-For", self.client_address[0])
        if body or self.command in {"POST", "PUT", "PATCH"}:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if status != http.HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _pass_on  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing: API Gateway keeps the access log."""
