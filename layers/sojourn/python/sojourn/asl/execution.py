"""What the walker knows of one execution, and the errors that Step Functions answers by name."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sojourn.asl.machine import Machine, Walkable, matches

TICK = timedelta(microseconds=1)


class Status(StrEnum):
    """How an execution stands."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class Visit:
    """One entry into one state."""

    state: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Execution:
    """One run. `trace` is every state entered; `transitions` is what AWS bills: entries and retries; `events` is how
    long its history grows, of which AWS keeps 25,000."""

    arn: str
    name: str
    machine: Machine
    input: Any
    started_at: datetime
    status: Status = Status.RUNNING
    output: Any = None
    error: str = ""
    cause: str = ""
    stopped_at: datetime | None = None
    transitions: int = 0
    events: int = 1  # that it started
    variables: dict[str, Any] = field(default_factory=dict)
    trace: list[Visit] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Is it still on its way?"""
        return self.status is Status.RUNNING

    @property
    def states(self) -> list[str]:
        """The names of the states entered, in order."""
        return [visit.state for visit in self.trace]

    def close(
        self, status: Status, at: datetime, *, output: Any = None, error: str = "", cause: str = ""
    ) -> None:
        """The end; later ends change nothing."""
        if self.running:
            self.status, self.stopped_at = status, at
            self.output, self.error, self.cause = output, error, cause


@dataclass(slots=True, kw_only=True)
class Stay:
    """An execution's stay in one state, with its retries."""

    execution: Execution
    state: Walkable
    input: Any
    entered_at: datetime
    order: int = 0  # how many states the execution entered before
    tries: dict[int, int] = field(default_factory=dict)
    token: str = ""
    over: bool = False

    def ended(self) -> bool:
        """Has it been left, or has the execution ended under it?"""
        return self.over or not self.execution.running

    def next_delay(self, error: str) -> float | None:
        """Seconds until the next attempt, which is counted here; None when no retry is left for this error."""
        for number, retrier in enumerate(self.state.retriers):
            if matches(retrier.errors, error):
                tries = self.tries.get(number, 0)
                if tries >= retrier.attempts:
                    return None
                self.tries[number] = tries + 1
                return retrier.delay(tries)
        return None

    def scope(self, **more: Any) -> dict[str, Any]:
        """What expressions see: the variables, and `$states`."""
        context = {
            "Execution": {
                "Id": self.execution.arn,
                "Name": self.execution.name,
                "Input": self.execution.input,
                "StartTime": self.execution.started_at.isoformat(),
            },
            "State": {
                "Name": self.state.name,
                # Nothing takes time here, and yet no two states are entered at once.
                "EnteredTime": (self.entered_at + self.order * TICK).isoformat(),
                "RetryCount": sum(self.tries.values()),
            },
            "StateMachine": {"Id": self.execution.machine.arn},
            **({"Task": {"Token": self.token}} if self.token else {}),
        }
        return {**self.execution.variables, "states": {"input": self.input, "context": context, **more}}


class StepFunctionsError(Exception):
    """An error that Step Functions answers; `code` is its name on AWS."""

    code = "ValidationException"


class ExecutionAlreadyExistsError(StepFunctionsError):
    """The name is taken: by a closed execution, or by a running one with another input."""

    code = "ExecutionAlreadyExists"


class ExecutionDoesNotExistError(StepFunctionsError):
    """No execution of this ARN."""

    code = "ExecutionDoesNotExist"


class StateMachineDoesNotExistError(StepFunctionsError):
    """No machine of this ARN."""

    code = "StateMachineDoesNotExist"


class TaskTimedOutError(StepFunctionsError):
    """The token was good, but its task is over."""

    code = "TaskTimedOut"


class InvalidTokenError(StepFunctionsError):
    """No task ever had this token."""

    code = "InvalidToken"


def execution_arn(machine_arn: str, name: str) -> str:
    """The ARN of an execution: that of its machine, whatever version it runs."""
    prefix, machine = machine_arn.split(":stateMachine:")
    return f"{prefix}:execution:{machine.partition(':')[0]}:{name}"
