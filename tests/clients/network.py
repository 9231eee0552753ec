"""A network with bad days between a client and the cloud: each POST meets the next step of a script.

with bad_days(cloud_url, Day.FAILED, Day.SLOW_DOWN, Day.ANSWER_LOST) as road: client(host=road.url)
"""

from __future__ import annotations

import http.client
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SILENCE = 5.0  # longer than the clients here wait; browsers wait for ever, so the line is cut then
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Day(StrEnum):
    """What may happen to a request that carries events."""

    GOOD = "good"
    FAILED = "failed"  # 500, and nothing was stored
    SLOW_DOWN = "slow down"  # 429 with Retry-After
    REQUEST_LOST = "request lost"  # nothing arrives, nobody answers
    ANSWER_LOST = "answer lost"  # the events are stored, and the client never hears of it


class Road(ThreadingHTTPServer):
    """Passes requests on, as the script allows."""

    daemon_threads = True

    def __init__(self, target: str, days: tuple[Day, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target).netloc
        self.ahead = deque(days)
        self.met: list[Day] = []
        self.closing = threading.Event()

    @property
    def host(self) -> str:
        """Where clients send to."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """The same, with its scheme."""
        return f"http://{self.host}"

    def next_day(self) -> Day:
        """The script's next step; good days after its end."""
        day = self.ahead.popleft() if self.ahead else Day.GOOD
        self.met.append(day)
        return day


@contextmanager
def bad_days(target: str, *days: Day) -> Iterator[Road]:
    """The road, open while the client is on it."""
    road = Road(target, days)
    thread = threading.Thread(target=road.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield road
    finally:
        road.closing.set()
        road.shutdown()
        road.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Road

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        day = self.server.next_day() if self.command == "POST" else Day.GOOD
        if day is Day.FAILED:
            self._answer(500, [], b'{"code": "internal_error", "message": "scripted"}')
        elif day is Day.SLOW_DOWN:
            self._answer(429, [("Retry-After", "1")], b'{"code": "too_many_requests", "message": "scripted"}')
        elif day is Day.REQUEST_LOST:
            self._hang_up()
        else:
            status, headers, content = self._ask_the_cloud(body)
            if day is Day.ANSWER_LOST:
                assert status == 200, content
                self._hang_up()
            else:
                self._answer(status, headers, content)

    def _ask_the_cloud(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.target, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _hang_up(self) -> None:
        self.server.closing.wait(SILENCE)
        self.close_connection = True

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if not any(name.lower() == "access-control-allow-origin" for name, _ in headers):
            # As our own refusals: a page may read them, and how long to wait.
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Expose-Headers", "Retry-After, X-RateLimit-Reset")
        if status != http.HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_GET = do_POST = do_HEAD = do_OPTIONS = _pass_on  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""
