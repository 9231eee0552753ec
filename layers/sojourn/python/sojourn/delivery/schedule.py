"""One scheduler for time and volume: the first moment that suits everything that a message must wait for. Pure.

Each constraint tells the first moment from some moment on that suits it. They are asked in turn, from the latest answer
on, until all agree: no earlier moment suits them all, since every answer passed over only moments that did not suit
somebody. The same facts give the same slot, whoever asks and however often.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from sojourn.delivery.model import HoldReason, Skip

HORIZON = timedelta(days=800)  # beyond it nobody waits for a message


class Constraint(Protocol):
    """Something that a message must wait for."""

    def opens(self, at: datetime) -> datetime | None:
        """The first moment from `at` on that suits it; None when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a message may go: at `ends` still, unless that is when a day is over."""

    ends: datetime
    with_the_day: bool = False

    def is_past(self, moment: datetime) -> bool:
        """Whether it may go no more."""
        return moment > self.ends or (self.with_the_day and moment == self.ends)


@dataclass(frozen=True, slots=True)
class Slot:
    """When a message goes, and the first of the constraints that would not let it go now."""

    at: datetime
    waits_for: HoldReason | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """Why there is no such moment; `at` is when it could go if it were not for that."""

    reason: str
    at: datetime | None = None


NEVER_FOR: dict[HoldReason, StrEnum] = {HoldReason.HOURS: Skip.NO_COMMON_HOURS, HoldReason.CAP: Skip.CAPPED}


def earliest(
    now: datetime, constraints: Sequence[tuple[HoldReason, Constraint]], deadline: Deadline
) -> Slot | Never:
    """The first moment from now on that suits all of them."""
    moment, waits_for = now, None
    while True:
        before = moment
        for reason, constraint in constraints:
            opens = constraint.opens(moment)
            if opens is None or opens > now + HORIZON:
                return Never(str(NEVER_FOR.get(reason, Skip.EXPIRED)), opens)
            if opens > moment:
                moment, waits_for = opens, waits_for or reason
        if moment == before:
            break
    return Never(Skip.EXPIRED, moment) if deadline.is_past(moment) else Slot(moment, waits_for)


class Waiting(Protocol):
    """A message whose hold ends, as a due row tells it."""

    @property
    def priority(self) -> int:
        """Of its journey."""
        ...

    @property
    def due(self) -> str:
        """Since when it waits."""
        ...

    @property
    def id(self) -> str:
        """Of whatever stays the same."""
        ...


W = TypeVar("W", bound=Waiting)
D = TypeVar("D", datetime, str)


def in_order(waiting: Iterable[W]) -> list[W]:
    """Who goes first of those whose hold ends together: the higher priority, then whoever waits longer."""
    return sorted(waiting, key=lambda each: precedence(each.priority, each.due, each.id))


def precedence(priority: int, due: D, name: str) -> tuple[int, D, str]:
    """The key of that order."""
    return -priority, due, name
