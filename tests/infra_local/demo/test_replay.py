"""The replay: what a shop would send, through the real client to a real server, and what is counted."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra.local.demo import cdnow
from infra.local.demo.people import everyone
from infra.local.demo.replay import Replay
from tests.infra_local.demo.test_cdnow import SAMPLE


class Collect(ThreadingHTTPServer):
    """Keeps batches; refuses what it is told to refuse."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.events: list[dict[str, Any]] = []
        self.refuse: set[str] = set()


class Answer(BaseHTTPRequestHandler):
    server: Collect

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        batch = json.loads(gzip.decompress(body))["batch"]
        self.server.events += batch
        rejected = [
            {"index": index, "messageId": each["messageId"], "code": "no"}
            for index, each in enumerate(batch)
            if each["messageId"] in self.server.refuse
        ]
        answer = json.dumps({"success": True, **({"rejected": rejected} if rejected else {})}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silence."""


@pytest.fixture
def collect() -> Iterator[Collect]:
    with Collect() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def replayed(collect: Collect) -> Replay:
    rows = cdnow.select(cdnow.parse(SAMPLE))
    replay = Replay(cdnow.in_time_order(rows.values()), everyone(rows), wait_until=lambda moment: True)
    replay.run(write_key="wk", host=f"http://127.0.0.1:{collect.server_port}")
    return replay


def test_a_first_row_signs_up_and_a_later_row_is_an_order(collect):
    replay = replayed(collect)

    mine = [event for event in collect.events if event["userId"] == "c00004"]
    assert [(event["type"], event.get("event")) for event in mine] == [
        ("identify", None),
        ("track", "Signed Up"),
        ("track", "Order Completed"),
        ("track", "Order Completed"),
    ]
    assert mine[0]["traits"]["email"] == "c00004@example.org"
    assert mine[0]["timestamp"] < mine[1]["timestamp"]
    assert mine[2]["properties"] == {"order_id": "cdnow-00004-2", "quantity": 1, "total": 29.73}
    assert len(replay.answers.accepted) == len(collect.events) == 9


def test_what_collect_rejects_is_not_accepted(collect):
    collect.refuse.add("cdnow-00052-2-order")

    replay = replayed(collect)

    assert replay.answers.rejected == {"cdnow-00052-2-order": "no"}
    assert len(replay.answers.accepted) == 8
