"""A task: what somebody is asked to do for one contact, until when, and what came of it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sojourn.errors import Hopeless, NotFoundError

MARK = "task"
TASK_ID = re.compile(r"[a-z0-9]{1,40}\.[a-z0-9-]{1,40}\.[1-9][0-9]{0,8}\.[0-9a-f]{16}")


class TaskState(StrEnum):
    """How a task stands."""

    OPEN = "open"
    DONE = "done"
    LATE = "late"  # the time was up before anybody settled it: the journey went on by `otherwise`
    OVER = "over"  # the contact has left the journey, or stands elsewhere in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Times are ISO calendar texts. `heard`: the journey went on by the outcome."""

    enrolment: str
    digest: str
    step: str
    round: str
    assign: str
    note: str
    outcomes: tuple[str, ...]
    identity: str
    version: int
    opened_at: str
    due: str
    state: TaskState = TaskState.OPEN
    outcome: str = ""
    by: str = ""
    settled_at: str = ""
    heard: bool = False

    @property
    def id(self) -> str:
        """Names the run, the step and the round."""
        return f"{self.enrolment}.{self.digest}"

    def number_of(self, outcome: str) -> int:
        """The place of an outcome, from 1; capitals make no difference. 0 when the task knows no such outcome."""
        words = [word.casefold().strip() for word in self.outcomes]
        wanted = outcome.casefold().strip()
        return words.index(wanted) + 1 if wanted in words else 0

    def mark(self, number: int) -> str:
        """What a wait that an outcome answered keeps in place of an event's key."""
        return f"{MARK}#{self.digest}#{number}"

    def number_in(self, mark: str) -> int:
        """The outcome that a wait was answered with; 0 when it was not, or by another task's."""
        kind, _, rest = mark.partition("#")
        digest, _, number = rest.partition("#")
        return int(number) if (kind, digest) == (MARK, self.digest) else 0


class TaskUnknownError(NotFoundError):
    """There is no such task."""


class NoSuchOutcomeError(Hopeless):
    """The task cannot be settled with this word."""

    def __init__(self, outcomes: Iterable[str]) -> None:
        super().__init__("no such outcome")
        self.outcomes = tuple(outcomes)


class TaskSettledError(Hopeless):
    """Nobody waits for it any more: it was settled, or is late, or the contact is elsewhere."""

    def __init__(self, task: Task) -> None:
        super().__init__(task.state.value)
        self.task = task


def split_task_id(task: str) -> tuple[str, str]:
    """The enrolment and the digest in a task's id; TaskUnknownError when it cannot be one."""
    if not TASK_ID.fullmatch(task):
        raise TaskUnknownError(task)
    enrolment, _, digest = task.rpartition(".")
    return enrolment, digest
