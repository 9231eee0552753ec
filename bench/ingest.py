"""What an event costs on its way in: CPU beside bare `json.loads` + botocore, and write units.

`.venv/bin/python -m bench.ingest` prints both. The two sides run in turn in one process on the same hundred events; AWS
is answered before the socket, so only our own work and botocore's is measured.
"""

import base64
import contextlib
import io
import json
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse

from tests.cloud import ENVIRONMENT

ROUNDS = 9
REPEATS = 20
EVENTS = 100
CALL = 25
CPU_GOAL = 1.8
UNITS_GOAL = 1
WRITE_UNIT = 1024
KEY_ROW = {
    "Item": {
        "pk": {"S": "KEY"},
        "sk": {"S": "write#of-the-bench"},
        "data": {"S": '{"name": "bench", "active": true}'},
    }
}

Measure = dict[str, Any]


def measure() -> list[Measure]:
    """Both figures, with their goals."""
    body = request_body()
    sent: list[list[dict[str, Any]]] = []
    with contextlib.redirect_stdout(io.StringIO()):  # its log lines are written, and nowhere
        ours = _handler(sent)
        ours(body)
        puts = [[_item(statement) for statement in call] for call in sent]
        ratio, mine, least = _median_ratio(lambda: ours(body), _bare(body, puts))
    units = max(-(-size_of(item) // WRITE_UNIT) for call in puts for item in call)
    return [
        _judged("ingest_cpu_ratio", round(ratio, 2), f"{mine:.0f} µs / {least:.0f} µs an event", CPU_GOAL),
        _judged("write_units_per_event", units, "write units", UNITS_GOAL),
    ]


def request_body() -> bytes:
    """A batch as segment-analytics-python sends it, with events of 800 to 900 bytes."""
    batch = [an_event(number) for number in range(EVENTS)]
    envelope = {"batch": batch, "sentAt": "2026-11-21T10:00:01.123456+00:00", "writeKey": "bench"}
    return json.dumps(envelope).encode()


def an_event(number: int) -> dict[str, Any]:
    """An order, with the furniture that the client adds."""
    lines = [{"sku": f"CD-{number:05d}-{line}", "price": 14.99 + line, "quantity": 1} for line in range(6)]
    return {
        "integrations": {},
        "anonymousId": None,
        "properties": {
            "order_id": f"order-{number:08d}",
            "total": 89.94,
            "currency": "USD",
            "lines": lines,
            "note": "x" * 120,
        },
        "timestamp": f"2026-11-21T10:00:00.{number:06d}+00:00",
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "userId": f"c{number:05d}",
        "type": "track",
        "event": "Order Completed",
        "messageId": f"5f0b6f7a-6a0e-4f5e-9d43-0a4b5c6d{number:04d}",
    }


def size_of(item: dict[str, dict[str, str]]) -> int:
    """Bytes of an item as DynamoDB counts them: names and values in UTF-8, two digits of a number in a byte."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, str]) -> int:
    if "N" in value:
        return (len(value["N"]) + 1) // 2 + 1
    return len(value["S"].encode())


def _handler(sent: list[list[dict[str, Any]]]) -> Callable[[bytes], None]:
    """The real handler, its tables answered in this process; `sent` gets what it puts."""
    os.environ.update(ENVIRONMENT)
    from functions.collect.app import handler
    from functions.collect.intake import intake
    from sojourn.events.wire import wire
    from sojourn.tables import ConfigRow

    intake()
    _stub(ConfigRow._get_connection().connection.client, "GetItem", lambda _: KEY_ROW)
    _stub(wire().client, "BatchExecuteStatement", lambda request: _taken(request, sent))

    def call(body: bytes) -> None:
        answer = handler(_gateway_event(body), None)
        assert answer["statusCode"] == 200, answer
        assert json.loads(answer["body"]) == {"success": True}, answer

    return call


def _bare(body: bytes, puts: list[list[dict[str, Any]]]) -> Callable[[], None]:
    """The least that would do: read the JSON, put the same items in batches of 25, by a client as it comes."""
    client = botocore.session.get_session().create_client("dynamodb", region_name=ENVIRONMENT["AWS_REGION"])
    _stub(client, "BatchWriteItem", lambda _: {"UnprocessedItems": {}})

    def call() -> None:
        json.loads(body)
        for items in puts:
            client.batch_write_item(
                RequestItems={"Events": [{"PutRequest": {"Item": item}} for item in items]}
            )

    return call


def _stub(client: Any, operation: str, answer: Callable[[Any], dict[str, Any]]) -> None:
    """Answer an operation of this client after everything botocore does and before the socket."""

    def respond(request: Any, **_: Any) -> AWSResponse:
        text = json.dumps(answer(request))
        return AWSResponse(
            request.url, 200, {"Content-Type": "application/x-amz-json-1.0"}, _Raw(text.encode())
        )

    client.meta.events.register_first(f"before-send.dynamodb.{operation}", respond)


class _Raw(BytesIO):
    """What botocore reads an answer from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _taken(request: Any, sent: list[list[dict[str, Any]]]) -> dict[str, Any]:
    if len(sent) < EVENTS // CALL:  # the first request tells what is put; later ones only cost
        sent.append(json.loads(request.body)["Statements"])
    return {"Responses": [{"TableName": "Events"}] * CALL}


def _item(statement: dict[str, Any]) -> dict[str, dict[str, str]]:
    return dict(zip(re.findall(r"'(\w+)':\?", statement["Statement"]), statement["Parameters"], strict=True))


def _gateway_event(body: bytes) -> dict[str, Any]:
    return {
        "path": "/v1/batch",
        "httpMethod": "POST",
        "headers": {
            "Authorization": "Basic " + base64.b64encode(b"bench:").decode(),
            "Content-Type": "application/json",
            "User-Agent": "analytics-python/2.4.0",
        },
        "multiValueQueryStringParameters": None,
        "requestContext": {"stage": "v1", "identity": {"sourceIp": "192.0.2.1"}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def _median_ratio(ours: Callable[[], None], bare: Callable[[], None]) -> tuple[float, float, float]:
    """Ratio, and microseconds an event on both sides; turn by turn, so that a busy machine is fair to both."""
    pairs = [(_cpu(ours), _cpu(bare)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / least for mine, least in pairs)
    return ratio, *(statistics.median(side) for side in zip(*pairs, strict=True))


def _cpu(work: Callable[[], None]) -> float:
    started = time.process_time()
    for _ in range(REPEATS):
        work()
    return (time.process_time() - started) / REPEATS / EVENTS * 1e6


def _judged(name: str, value: float, unit: str, goal: float) -> Measure:
    return {"name": name, "value": value, "unit": unit, "goal": goal, "holds": value <= goal}


if __name__ == "__main__":
    for figure in measure():
        print(json.dumps(figure))
