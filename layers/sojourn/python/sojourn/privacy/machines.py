"""Step Functions, as asking uses it: starts a platform machine by the name of a job."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.errors import StoreBusyError

RUNNING = "RUNNING"
ALREADY, UNKNOWN = "ExecutionAlreadyExists", "ExecutionDoesNotExist"


@dataclass(frozen=True, slots=True)
class MachineStarter:
    """The real Starter."""

    client: Callable[[], Any]

    def start(self, machine: str, name: str, job: str) -> bool:
        """Start an execution; its input is the job's id and nothing else. False when the name is taken."""
        said = json.dumps({"job": job})
        started = self._call("start_execution", ALREADY, stateMachineArn=machine, name=name, input=said)
        return started is not None

    def is_over(self, machine: str, name: str) -> bool:
        """Whether nobody works on it any more."""
        execution = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        found = self._call("describe_execution", UNKNOWN, executionArn=execution)
        return bool(found is None or found["status"] != RUNNING)

    def _call(self, operation: str, expected: str, **arguments: str) -> Any:
        try:
            return getattr(self.client(), operation)(**arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != expected:
                raise StoreBusyError("states") from error
            return None
        except BotoCoreError as error:
            raise StoreBusyError("states") from error
