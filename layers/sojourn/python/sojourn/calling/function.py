"""A call of one of the account's own functions, by those names alone that were made for it: `<stack>-call-<name>`.

A journey is data: it must not reach whatever else runs in this account, and the role of the function says so too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from sojourn.calling.model import MOST_BYTES, CallFailedError, Failure, Reply, Request

NOT_OURS = {
    "ResourceNotFoundException",
    "AccessDeniedException",
    "InvalidParameterValueException",
    "ValidationException",
}
ARN_PARTS = 7  # of a function's ARN; the last one is its name


@dataclass(frozen=True, slots=True)
class Functions:
    """Whoever invokes functions. `client` makes one that waits so many seconds for an answer, and asks once."""

    stack: str
    client: Callable[[int], Any]

    def call(self, name: str, request: Request) -> Reply:
        """What the function returned; CallFailedError when it raised, or is not there."""
        client = self.client(request.seconds)
        try:
            answer = client.invoke(FunctionName=self.full_name(name), Payload=request.body)
            raw = answer["Payload"].read(MOST_BYTES + 1)
        except (ClientError, BotoCoreError) as error:
            raise CallFailedError(_meaning(error)) from error
        if "FunctionError" in answer:
            raise CallFailedError(Failure.FUNCTION_FAILED)
        if len(raw) > MOST_BYTES:
            raise CallFailedError(Failure.REPLY_TOO_LARGE)
        return Reply.of(raw)

    def full_name(self, name: str) -> str:
        """`score` is the function `<stack>-call-score`; a whole name, or an ARN, must begin so."""
        own = f"{self.stack}-call-"
        parts = name.split(":")
        if len(parts) == ARN_PARTS and parts[-1].startswith(own):
            return name
        if len(parts) > 1:
            raise CallFailedError(Failure.FUNCTION_REFUSED)
        return name if name.startswith(own) else own + name


def _meaning(error: ClientError | BotoCoreError) -> Failure:
    if isinstance(error, ReadTimeoutError):
        return Failure.TIMED_OUT
    if isinstance(error, ConnectTimeoutError | EndpointConnectionError):
        return Failure.UNREACHABLE
    if not isinstance(error, ClientError):
        return Failure.BROKEN
    if error.response.get("Error", {}).get("Code", "") in NOT_OURS:
        return Failure.FUNCTION_REFUSED
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    return Failure.BUSY if status == 429 else Failure.BROKEN
