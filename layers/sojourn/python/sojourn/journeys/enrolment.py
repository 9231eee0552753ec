"""An enrolment: one contact's run through one journey version. The row is the authority, executions are disposable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sojourn.journeys.names import EnrolmentId, execution_name


class Status(StrEnum):
    """Whether the run goes on."""

    ACTIVE = "active"
    COMPLETED = "completed"
    EXITED = "exited"
    FAILED = "failed"


class WaitState(StrEnum):
    """Where a wait for an event, or a hold, stands (house law 7)."""

    WAITING = "waiting"
    ANSWERING = "answering"
    ANSWERED = "answered"
    LATE = "late"


class WaitKind(StrEnum):
    """What a task token is kept for."""

    EVENT = "event"
    HOLD = "hold"
    PARK = "park"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What an enrolment waits for; `token` is a credential and never logged."""

    step: str
    kind: WaitKind
    state: WaitState = WaitState.WAITING
    token: str = ""
    any: Sequence[Mapping[str, str]] = ()
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Times are ISO calendar texts; `at` is the state where the contact stands and `until` when it moves on."""

    contact: str
    journey: str
    entry: int
    version: int
    version_arn: str
    status: Status = Status.ACTIVE
    reason: str = ""
    entered_by: str
    entered_at: str
    identity: str
    at: str
    until: str
    leg: int = 1
    start_at: str = ""
    started_at: str
    ended_at: str = ""
    wait: Wait | None = field(default=None)

    @property
    def id(self) -> str:
        """The id that travels in state machine inputs."""
        return str(self._name)

    @property
    def execution(self) -> str:
        """Name under which a second start of the same leg is refused: Step Functions keeps it for 90 days."""
        return execution_name(self._name, version=self.version, leg=self.leg)

    @property
    def execution_arn(self) -> str:
        """ARN of the leg's execution, from the ARN of the version that it runs."""
        prefix, machine = self.version_arn.split(":stateMachine:")
        return f"{prefix}:execution:{machine.partition(':')[0]}:{self.execution}"

    @property
    def input(self) -> dict[str, Any]:
        """Start input: ids, leg and the state to resume at; the same bytes at every retry."""
        return {"enrolment": self.id, "leg": self.leg, "at": self.start_at}

    @property
    def _name(self) -> EnrolmentId:
        return EnrolmentId(self.contact, self.journey, self.entry)
