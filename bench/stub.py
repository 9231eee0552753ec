"""AWS answered inside this process: after everything botocore does, before the socket.

aws = Table({("People", "C#ada", "PROFILE"): row, ...})
answer(client, aws.answers)      # the client's requests never leave
aws.requests                     # every one that would have: (service, operation, body)
"""

import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Item = Mapping[str, Any]
Answers = Callable[[str, bytes], bytes]  # operation, body → body


def answer(client: Any, answers: Answers) -> None:
    """Let `answers` speak for AWS to this client."""
    kind = {"Content-Type": "application/x-amz-json-1.0"}

    def respond(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        return AWSResponse(request.url, 200, kind, Raw(answers(operation, bytes_of(request.body))))

    client.meta.events.register_first(
        f"before-send.{client.meta.service_model.service_id.hyphenize()}", respond
    )


class Table:
    """A few rows that are read by key; writes are forgotten. Answers are kept, so they cost next to nothing."""

    def __init__(self, rows: Mapping[tuple[str, str, str], Item]) -> None:
        self.rows = rows
        self.requests: list[tuple[str, bytes]] = []
        self._kept: dict[tuple[str, bytes], bytes] = {}

    def answers(self, operation: str, body: bytes) -> bytes:
        """GetItem and BatchGetItem from the rows, `{}` to every write."""
        self.requests.append((operation, body))
        if operation not in {"GetItem", "BatchGetItem"}:
            return b"{}"
        known = self._kept.get((operation, body))
        if known is None:
            known = self._kept[operation, body] = json.dumps(self._read(json.loads(body))).encode()
        return known

    def _read(self, request: dict[str, Any]) -> dict[str, Any]:
        if "RequestItems" not in request:
            item = self._find(request["TableName"], request["Key"])
            return {"Item": item} if item else {}
        asked = {table: wanted["Keys"] for table, wanted in request["RequestItems"].items()}
        found = {table: [self._find(table, key) for key in keys] for table, keys in asked.items()}
        return {
            "Responses": {table: [item for item in items if item] for table, items in found.items()},
            "UnprocessedKeys": {},
        }

    def _find(self, table: str, key: Mapping[str, Mapping[str, str]]) -> Item | None:
        return self.rows.get((table, key["pk"]["S"], key["sk"]["S"] if "sk" in key else ""))


class Raw(BytesIO):
    """What botocore reads an answer from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """All of it."""
        yield self.read()


def bytes_of(body: Any) -> bytes:
    """The body of a request."""
    return body.encode() if isinstance(body, str) else bytes(body or b"")
