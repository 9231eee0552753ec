"""CPU of one AWS call, all of botocore's way and ours (sojourn/direct.py), with its socket and without.

`python -m bench.calls`. Both ways are timed in turn, in short turns of which the least counts, so that a busy machine
is fair to both. The server is on loopback, in a process of its own, and answers after four milliseconds, as a table
does: whoever waits loses the caches, and that is paid for on Lambda, too.
"""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import botocore.session
from botocore.config import Config

from bench.measures import Measure, judged
from bench.stub import answer
from sojourn.clients import named
from tests.cloud import ENVIRONMENT, REGION

ROUNDS, CALLS = 40, 25
ANSWERS_AFTER = 0.004
KEY = {"pk": {"S": "C#abcdefghijklmnopqrst"}, "sk": {"S": "PROFILE"}}
ROW = json.dumps({"Item": {**KEY, "traits": {"S": "x" * 600}}}).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: Server\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: keep-alive\r\n"
    b"x-amzn-RequestId: " + b"R" * 52 + b"\r\nContent-Length: %d\r\n\r\n" % len(ROW) + ROW
)
END = b"\r\n\r\n"


def measure() -> list[Measure]:
    """Milliseconds of both, and what part ours is where there is a socket."""
    os.environ.update({**ENVIRONMENT, "AWS_SESSION_TOKEN": "t" * 400})
    with _a_server() as url:
        ours, theirs = _in_turn(_getting(url, is_ours=True), _getting(url, is_ours=False))
    stubbed = [_getting("https://example.org", is_ours=each, stub=True) for each in (True, False)]
    mine, botocores = _in_turn(*stubbed)
    return [
        judged("call_cpu_ms", round(ours, 2), "ms with its socket", None),
        judged("call_botocore_cpu_ms", round(theirs, 2), "ms with its socket", None),
        judged("call_cpu_part", round(ours / theirs, 2), "of botocore's", None),
        judged("call_stubbed_cpu_ms", round(mine, 2), "ms", None),
        judged("call_botocore_stubbed_cpu_ms", round(botocores, 2), "ms", None),
    ]


def _getting(url: str, *, is_ours: bool, stub: bool = False) -> Callable[[], Any]:
    session = botocore.session.get_session()
    config = Config(parameter_validation=False)
    client = (named(session) if is_ours else session).create_client(
        "dynamodb", region_name=REGION, endpoint_url=url, config=config
    )
    if stub:
        answer(client, lambda operation, body: ROW)
    return lambda: client.get_item(TableName="People", Key=KEY, ConsistentRead=True)


def _in_turn(*works: Callable[[], Any]) -> list[float]:
    turns = [[_cpu_ms(work) for work in works] for _ in range(ROUNDS)]
    return [min(each) for each in zip(*turns, strict=True)]


def _cpu_ms(work: Callable[[], Any]) -> float:
    began = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - began) * 1_000 / CALLS


@contextmanager
def _a_server() -> Iterator[str]:
    mine, its = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=_serve, args=(its,), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{mine.recv()}"
    finally:
        server.terminate()


def _serve(told: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        told.send(listening.getsockname()[1])
        while True:
            threading.Thread(target=_talk, args=(listening.accept()[0],), daemon=True).start()


def _talk(visitor: socket.socket) -> None:
    visitor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    heard = b""
    while more := visitor.recv(65_536):
        heard += more
        head, _, body = heard.partition(END)
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        if length and len(body) >= length:
            time.sleep(ANSWERS_AFTER)
            visitor.sendall(ANSWER)
            heard = b""


if __name__ == "__main__":
    for figure in measure():
        sys.stdout.write(json.dumps(figure) + "\n")
