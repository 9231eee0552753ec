"""Step Functions, as the engine uses it: start, stop, answer a token. Each call may be repeated without harm."""

import json
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.errors import StoreBusyError
from sojourn.journeys.enrolment import Enrolment

TOKEN_GONE = {"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"}
GONE = {"ExecutionDoesNotExist"}
OVER = "not running"  # what a ValidationException says of an execution that has ended; any other is a fault of ours


class Machines(Protocol):
    """What the engine asks of Step Functions."""

    def start(self, enrolment: Enrolment) -> None:
        """Start the leg that the row names."""
        ...

    def stop(self, enrolment: Enrolment) -> None:
        """Stop the leg that the row names; it may be over already."""
        ...

    def complete(self, token: str) -> bool:
        """Answer a waiting state; False when the token is gone."""
        ...

    def fail(self, token: str, error: str) -> bool:
        """End a waiting state with an error that it catches; False when the token is gone."""
        ...

    def status(self, enrolment: Enrolment) -> str | None:
        """Status of the leg's execution (RUNNING, SUCCEEDED …), or None when there is none."""
        ...


class StepFunctions:
    """The real Machines."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def start(self, enrolment: Enrolment) -> None:
        """A name that is taken was taken by an earlier try of this very leg: the row names it, nobody else uses it."""
        self._call(
            "start_execution",
            {"ExecutionAlreadyExists"},
            stateMachineArn=enrolment.version_arn,
            name=enrolment.execution,
            input=json.dumps(enrolment.input, sort_keys=True),
        )

    def stop(self, enrolment: Enrolment) -> None:
        """Stop it; one that is gone needs no stopping."""
        arn = enrolment.execution_arn
        self._call("stop_execution", GONE, executionArn=arn, error="Left", cause=enrolment.reason)

    def complete(self, token: str) -> bool:
        """SendTaskSuccess."""
        return self._call("send_task_success", TOKEN_GONE, taskToken=token, output="{}") is not None

    def fail(self, token: str, error: str) -> bool:
        """SendTaskFailure."""
        return (
            self._call("send_task_failure", TOKEN_GONE, taskToken=token, error=error, cause="{}") is not None
        )

    def status(self, enrolment: Enrolment) -> str | None:
        """DescribeExecution."""
        found = self._call("describe_execution", GONE, executionArn=enrolment.execution_arn)
        return str(found["status"]) if found else None

    def _call(self, operation: str, done_already: set[str], **arguments: str) -> dict[str, Any] | None:
        """The answer; None for an error that means `done already`. Anything else may be tried again."""
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except ClientError as error:
            if _code(error) in done_already or _is_over(error):
                return None
            raise StoreBusyError("states") from error
        except BotoCoreError as error:
            raise StoreBusyError("states") from error
        return answer


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _is_over(error: ClientError) -> bool:
    return _code(error) == "ValidationException" and OVER in str(error)
