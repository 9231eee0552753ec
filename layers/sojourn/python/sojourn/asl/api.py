"""Step Functions' own API over a walker: request and answer as they stand on the wire.

Tests plug it under botocore, so that the code under test calls a real client:

    status, body = StepFunctions(walker).answer("StartExecution", {"stateMachineArn": …, "input": "{}"})
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sojourn.asl.execution import (
    ExecutionDoesNotExistError,
    StateMachineDoesNotExistError,
    StepFunctionsError,
)
from sojourn.asl.walk import Walker

Request = Mapping[str, Any]
Answer = dict[str, Any]

ACCOUNT = "arn:aws:states:us-east-1:123456789012"


class UnknownOperationError(StepFunctionsError):
    """The walker does not play this operation."""

    code = "UnknownOperationException"


class StateMachineAlreadyExistsError(StepFunctionsError):
    """The name belongs to a machine with another definition."""

    code = "StateMachineAlreadyExists"


class StepFunctions:
    """The operations that publishing and running journeys need."""

    def __init__(self, walker: Walker, *, account: str = ACCOUNT) -> None:
        self.walker = walker
        self.account = account
        self.definitions: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self._operations: dict[str, Callable[[Request], Answer]] = {
            "CreateStateMachine": self._create,
            "UpdateStateMachine": self._update,
            "PublishStateMachineVersion": self._publish,
            "DescribeStateMachine": self._describe_machine,
            "StartExecution": self._start,
            "StopExecution": self._stop,
            "DescribeExecution": self._describe,
            "SendTaskSuccess": self._success,
            "SendTaskFailure": self._failure,
        }

    def answer(self, operation: str, request: Request) -> tuple[int, Answer]:
        """HTTP status and body."""
        try:
            if operation not in self._operations:
                raise UnknownOperationError(operation)
            return 200, self._operations[operation](request)
        except StepFunctionsError as error:
            return 400, {"__type": error.code, "message": str(error)}

    def _create(self, request: Request) -> Answer:
        arn = f"{self.account}:stateMachine:{request['name']}"
        if self.definitions.get(arn, request["definition"]) != request["definition"]:
            raise StateMachineAlreadyExistsError(arn)
        return self._write(arn, request["definition"], bool(request.get("publish")))

    def _update(self, request: Request) -> Answer:
        arn = request["stateMachineArn"]
        self._known(arn)
        return self._write(arn, request["definition"], bool(request.get("publish")))

    def _write(self, arn: str, definition: str, publish: bool) -> Answer:
        self.definitions[arn] = definition
        self.walker.publish(arn, json.loads(definition))
        answer: Answer = {"stateMachineArn": arn, "creationDate": self._now(), "updateDate": self._now()}
        return answer | (self._publish({"stateMachineArn": arn}) if publish else {})

    def _publish(self, request: Request) -> Answer:
        arn = request["stateMachineArn"]
        self._known(arn)
        number = self.versions[arn] = self.versions.get(arn, 0) + 1
        self.walker.publish(f"{arn}:{number}", json.loads(self.definitions[arn]))
        return {"stateMachineVersionArn": f"{arn}:{number}", "creationDate": self._now()}

    def _describe_machine(self, request: Request) -> Answer:
        arn = request["stateMachineArn"]
        self._known(arn)
        return {"stateMachineArn": arn, "definition": self.definitions[arn], "status": "ACTIVE"}

    def _start(self, request: Request) -> Answer:
        data = json.loads(request.get("input") or "{}")
        arn = self.walker.start(request["stateMachineArn"], name=request["name"], input=data)
        return {"executionArn": arn, "startDate": self.walker.executions[arn].started_at.timestamp()}

    def _stop(self, request: Request) -> Answer:
        arn = request["executionArn"]
        self.walker.stop(arn, error=request.get("error", ""), cause=request.get("cause", ""))
        return {"stopDate": self._now()}

    def _describe(self, request: Request) -> Answer:
        arn = request["executionArn"]
        if arn not in self.walker.executions:
            raise ExecutionDoesNotExistError(arn)
        run = self.walker.executions[arn]
        answer = {
            "executionArn": arn,
            "stateMachineArn": run.machine.arn,
            "name": run.name,
            "status": run.status.value,
            "startDate": run.started_at.timestamp(),
            "input": json.dumps(run.input),
        }
        ended = {"stopDate": run.stopped_at.timestamp()} if run.stopped_at else {}
        why = {key: text for key, text in (("error", run.error), ("cause", run.cause)) if text}
        return answer | ended | why

    def _success(self, request: Request) -> Answer:
        self.walker.complete(request["taskToken"], json.loads(request["output"]))
        return {}

    def _failure(self, request: Request) -> Answer:
        self.walker.fail(request["taskToken"], error=request.get("error", ""), cause=request.get("cause", ""))
        return {}

    def _known(self, arn: str) -> None:
        if arn not in self.definitions:
            raise StateMachineDoesNotExistError(arn)

    def _now(self) -> float:
        return self.walker.clock.calendar().timestamp()
