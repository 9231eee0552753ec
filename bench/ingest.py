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
from collections.abc import Callable
from typing import Any

import botocore.session

from bench.measures import Measure, cpu_ratio, judged
from bench.stub import answer
from bench.units import Change
from tests.cloud import ENVIRONMENT

REPEATS = 20
EVENTS = 100
CALL = 25
CPU_GOAL = 1.8
UNITS_GOAL = 1
TAKEN = json.dumps({"Responses": [{"TableName": "Events"}] * CALL}).encode()
LEASED = json.dumps(
    {"Attributes": {"taken": {"N": "20"}}}
).encode()  # requests of this second, for this container
KEY_ROW = {
    "Item": {
        "pk": {"S": "KEY"},
        "sk": {"S": "write#of-the-bench"},
        "data": {"S": '{"name": "bench", "active": true}'},
    }
}


def measure() -> list[Measure]:
    """Both figures, with their goals."""
    body = request_body()
    sent: list[list[dict[str, Any]]] = []
    with contextlib.redirect_stdout(io.StringIO()):  # its log lines are written, and nowhere
        ours = _handler(sent)
        ours(body)
        puts = [[_item(statement) for statement in call] for call in sent]
        ratio = cpu_ratio(lambda: ours(body), _bare(body, puts), repeats=REPEATS, per=EVENTS)
    units = max(Change(None, item).units for call in puts for item in call)
    return [
        judged("ingest_cpu_ratio", ratio.ratio, "×", CPU_GOAL),
        *ratio.sides("ingest", "µs an event"),
        judged("write_units_per_event", units, "write units", UNITS_GOAL),
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


def _handler(sent: list[list[dict[str, Any]]]) -> Callable[[bytes], None]:
    """The real handler, its tables answered in this process; `sent` gets what it puts."""
    os.environ.update(ENVIRONMENT)
    from functions.collect.app import handler
    from functions.collect.intake import intake
    from sojourn.events.wire import wire
    from sojourn.tables import ConfigRow

    intake()
    key_row = json.dumps(KEY_ROW).encode()
    answer(
        ConfigRow._get_connection().connection.client,
        lambda operation, _: LEASED if operation == "UpdateItem" else key_row,
    )
    answer(wire().client, lambda _, request: _taken(request, sent))

    def call(body: bytes) -> None:
        said = handler(_gateway_event(body), None)
        assert said["statusCode"] == 200, said
        assert json.loads(said["body"]) == {"success": True}, said

    return call


def _bare(body: bytes, puts: list[list[dict[str, Any]]]) -> Callable[[], None]:
    """The least that would do: read the JSON, put the same items in batches of 25, by a client as it comes."""
    client = botocore.session.get_session().create_client("dynamodb", region_name=ENVIRONMENT["AWS_REGION"])
    answer(client, lambda *_: b'{"UnprocessedItems": {}}')

    def call() -> None:
        json.loads(body)
        for items in puts:
            client.batch_write_item(
                RequestItems={"Events": [{"PutRequest": {"Item": item}} for item in items]}
            )

    return call


def _taken(request: bytes, sent: list[list[dict[str, Any]]]) -> bytes:
    if len(sent) < EVENTS // CALL:  # the first request tells what is put; later ones only cost
        sent.append(json.loads(request)["Statements"])
    return TAKEN


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


if __name__ == "__main__":
    for figure in measure():
        print(json.dumps(figure))
