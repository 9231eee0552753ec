"""Everything between a function and AWS: each call is numbered, may be made to fail, and else finds its service.

It stands where moto stands, below the retries of the SDK: a request that is tried again comes here again. The SDK's
pauses are left out, by a handler of botocore's own event that answers before botocore's.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, HTTPClientError
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST
from moto.core.models import botocore_stubber

from sojourn.asl.walk import Crash
from sojourn.tables import RETRIES
from tests.faults.services import Answer, Services, refusal

MOST_ATTEMPTS = 1 + RETRIES
PATIENT = (
    "dynamodb",
    "sfn",
    "s3",
    "kms",
)  # the providers' clients must try once only: there botocore is left alone
THROTTLES = {
    "dynamodb": ("ThrottlingException", 400),
    "sfn": ("ThrottlingException", 400),
    "sesv2": ("TooManyRequestsException", 429),
    "sns": ("Throttled", 429),
}


class Kind(StrEnum):
    """What may happen to a call."""

    ERROR_BEFORE = "error before"  # no connection, however often the SDK tries
    ERROR_AFTER = "error after"  # the effect happens at each try, the answer never comes
    ANSWER_LOST = "answer lost"  # the effect happens, the answer does not come, the SDK tries once more
    THROTTLE = "throttle"  # the service refuses at each try
    DEATH_BEFORE = "death before"  # the function dies
    DEATH_AFTER = "death after"  # the effect happens, then the function dies


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an API by one function, however many requests it takes."""

    number: int
    function: str
    operation: str
    table: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.function} {self.operation} {self.table}".rstrip()


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which call."""

    kind: Kind
    call: int


@dataclass(slots=True)
class Network:
    """What is called, by whom, and the fault that waits for its call."""

    services: Services
    fault: Fault | None = None
    calls: list[Call] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    noticed: Callable[[Call], None] = lambda call: None
    turn: int = 0  # the number of the invocation
    _function: str = ""
    _hurt_once: bool = False
    _numbers: dict[str, Call] = field(default_factory=dict)

    @contextmanager
    def plugged_in(self) -> Iterator[None]:
        """Every client that is made meanwhile talks through this."""
        again = [(f"needs-retry.{service}", self._retry, REGISTER_FIRST) for service in PATIENT]
        handlers = [("before-send", self._send), *again]
        before, botocore_stubber.enabled = botocore_stubber.enabled, False
        BUILTIN_HANDLERS.extend(handlers)
        try:
            yield
        finally:
            botocore_stubber.enabled = before
            for handler in handlers:
                BUILTIN_HANDLERS.remove(handler)

    @contextmanager
    def on_behalf_of(self, function: str) -> Iterator[None]:
        """Calls are this function's; what no function asks for is neither counted nor hurt."""
        before, self._function = self._function, function
        self.turn += 1
        try:
            yield
        finally:
            self._function = before

    def forget(self) -> None:
        """Count from one again, without a fault."""
        self.fault, self._hurt_once = None, False
        self.calls.clear()
        self.requests.clear()
        self._numbers.clear()

    def _send(self, event_name: str, request: AWSPreparedRequest, **more: Any) -> AWSResponse:
        _, service, operation = event_name.split(".")
        answer = self._answer(service, operation, request)
        return answer.to(request)

    def _answer(self, service: str, operation: str, request: AWSPreparedRequest) -> Answer:
        if not self._function:
            return self.services.answer(service, operation, request)
        self.requests.append(operation)
        call = self._call(operation, request)
        if self.fault is None or self.fault.call != call.number or self._is_over(self.fault):
            return self.services.answer(service, operation, request)
        return self._hurt(self.fault, service, operation, request)

    def _is_over(self, fault: Fault) -> bool:
        return fault.kind is Kind.ANSWER_LOST and self._hurt_once

    def _call(self, operation: str, request: AWSPreparedRequest) -> Call:
        """The tries of one call carry the same id; the first one gives it its number."""
        name = str(request.headers["amz-sdk-invocation-id"])
        if name not in self._numbers:
            call = Call(len(self.calls) + 1, self._function, operation, _table(operation, request))
            self._numbers[name] = call
            self.calls.append(call)
            self.noticed(call)
        return self._numbers[name]

    def _hurt(self, fault: Fault, service: str, operation: str, request: AWSPreparedRequest) -> Answer:
        if fault.kind is Kind.DEATH_BEFORE:
            raise Crash
        if fault.kind is Kind.ERROR_BEFORE or (fault.kind is Kind.THROTTLE and service not in THROTTLES):
            raise EndpointConnectionError(endpoint_url=request.url)
        if fault.kind is Kind.THROTTLE:
            return _throttled(service, operation, request)
        self.services.answer(service, operation, request)
        if fault.kind is Kind.DEATH_AFTER:
            raise Crash
        self._hurt_once = True
        raise ConnectionClosedError(endpoint_url=request.url)

    def _retry(
        self, attempts: int, response: Any = None, caught_exception: Any = None, **more: Any
    ) -> float | None:
        """No pause where botocore would make one; None where it is not for us to say."""
        if attempts >= MOST_ATTEMPTS:
            return None
        code = response[1].get("Error", {}).get("Code") if response else None
        failed = isinstance(caught_exception, HTTPClientError | EndpointConnectionError)
        return 0 if failed or code == "ThrottlingException" else None


def _throttled(service: str, operation: str, request: AWSPreparedRequest) -> Answer:
    """A transaction that meets a busy row is cancelled, which the SDK does not try again."""
    if operation != "TransactWriteItems":
        return refusal(service, *THROTTLES[service])
    reasons = [{"Code": "None"} for _ in json.loads(request.body)["TransactItems"]]
    reasons[-1] = {"Code": "ThrottlingError", "Message": "busy"}
    names = ", ".join(reason["Code"] for reason in reasons)
    body = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": f"Transaction cancelled, please refer cancellation reasons for specific reasons [{names}]",
        "CancellationReasons": reasons,
    }
    return Answer(400, json.dumps(body))


def _table(operation: str, request: AWSPreparedRequest) -> str:
    if operation in {"SendEmail", "Publish"} or ".s3." in request.url or "//s3." in request.url:
        return ""
    said = json.loads(request.body)
    tables = said.get("RequestItems") or {said.get("TableName", ""): None}
    return ",".join(sorted(tables))
