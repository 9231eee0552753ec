"""An enrolment: one contact's run through one journey version. The row is the authority, executions are disposable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

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
    """What a run is kept for: with a task token, but for `park`, of which no execution is open."""

    EVENT = "event"
    TIMER = "timer"
    TASK = "task"  # somebody's, to be settled by a person
    HOLD = "hold"
    PARK = "park"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What an enrolment waits for; `token` is a credential and never logged.

    `event` is the key of what answered, and `path` the number of that answer. In a ranked wait `best` is the number of
    the answer that stands highest among those that came, and `event` what brought it; 0: none came yet. `zone` is the
    one by whose clock the end of a wait was reckoned.
    """

    step: str
    kind: WaitKind
    state: WaitState = WaitState.WAITING
    token: str = ""
    event: str = ""
    path: int = 1
    best: int = 0
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The step that a Task finished last, and which of its ways it took, from 1: a repeated attempt answers the same.

    `entered` tells one visit from the next where no other Task lies between them.
    """

    step: str
    entered: str = ""
    way: int = 1

    def __str__(self) -> str:
        return f"{self.way}|{self.entered}|{self.step}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `str` wrote."""
        way, entered, step = text.split("|", 2)
        return cls(step, entered, int(way))


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Times are ISO calendar texts; `at` is the state where the contact stands and `until` when it moves on.

    `key` is the value that tells the runs of one contact apart, `facts` those properties of the event that let them in
    which the journey names. `splits` are arms by the number of the split (`s3`), drawn at the entry; of a `holdout`
    nothing is sent. `rounds` counts by the name of the repeat, and `carried` is what the last Task judged of the
    branches behind it (`b3` → key of the path). `replies` are the answers of calls, by the call's slug. `messaged_at`
    is when the last message went, or would have gone; `converted_at` when the goal was met, which counts once.
    """

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
    start_round: str = ""
    started_at: str
    ended_at: str = ""
    wait: Wait | None = field(default=None)
    key: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)
    holdout: bool = False
    rounds: Mapping[str, int] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, Any] = field(default_factory=dict)
    messaged_at: str = ""
    converted_at: str = ""
    taken: Taken | None = None

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
        """Start input: ids, leg, the state to resume at, arms and round; the same bytes at every retry."""
        more = {"splits": dict(self.splits), "round": self.start_round}
        known = {"enrolment": self.id, "leg": self.leg, "at": self.start_at}
        return {**known, **{name: fact for name, fact in more.items() if fact}}

    @property
    def _name(self) -> EnrolmentId:
        return EnrolmentId(self.contact, self.journey, self.entry)
