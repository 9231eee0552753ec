"""What a rule is made of: one language for segments, and for a journey's entry, branches, exits and filters. Pure.

A rule is a tree. Its leaves look at one thing each; `All`, `AnyOf` and `NoneOf` put them together. Truth has two
values: a comparison with what is missing, null or of another type is false, and a negative form is true exactly when
its positive form is false (docs/segments.md has the table).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sojourn.rules.spans import Span


class Op(StrEnum):
    """The comparisons, as they stand in a file."""

    IS = "is"
    IS_NOT = "is not"
    ONE_OF = "is one of"
    NOT_ONE_OF = "is not one of"
    CONTAINS = "contains"
    CONTAINS_NOT = "does not contain"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    OVER = "over"
    AT_LEAST = "at least"
    UNDER = "under"
    AT_MOST = "at most"
    BETWEEN = "between"  # both ends belong to it
    BEFORE = "before"
    AFTER = "after"  # or at it
    IN_THE_LAST = "in the last"
    IN_THE_NEXT = "in the next"
    EXISTS = "exists"


class Measure(StrEnum):
    """What is made of a property of many events."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"


class Times(StrEnum):
    """How a count is held against a number."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXACTLY = "exactly"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: an attribute of the contact by its path, or a fact that the profile keeps."""

    path: tuple[str, ...]
    is_fact: bool = False

    @property
    def name(self) -> str:
        """The attribute that holds it, or the fact."""
        return self.path[0]

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Compare:
    """`attribute: plan, is: pro`. `value` is of the type that the operator takes: a span for `in the last`."""

    subject: Subject
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class Test:
    """One property of an event, compared."""

    path: tuple[str, ...]
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class Match:
    """Events of one name whose properties pass every test."""

    name: str
    where: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """When it was: in the last while, or between two moments. Without any of them: ever."""

    last: Span | None = None
    since: datetime | None = None
    until: datetime | None = None  # exclusive


@dataclass(frozen=True, slots=True)
class Done:
    """How often such an event happened within a window."""

    match: Match
    times: Times = Times.AT_LEAST
    n: int = 1
    window: Window = Window()


@dataclass(frozen=True, slots=True)
class Total:
    """A property of such events, summed up (or its mean, least, most) and compared with a number."""

    match: Match
    measure: Measure
    property: tuple[str, ...]
    op: Op
    value: float | tuple[float, float]
    window: Window = Window()


@dataclass(frozen=True, slots=True)
class Sequence:
    """Such an event, and another kind after it within a while."""

    first: Match
    then: Match
    within: Span
    window: Window = Window()


@dataclass(frozen=True, slots=True)
class Messaged:
    """Messages of ours in this state (`sent`, `delivered`); with `without`, those only that were not answered so
    (`opened`, `clicked`; by people) within a while that has passed."""

    state: str
    times: Times = Times.AT_LEAST
    n: int = 1
    window: Window = Window()
    without: str = ""
    within: Span | None = None
    channel: str = ""
    journey: str = ""
    template: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whoever is in another segment."""

    name: str


@dataclass(frozen=True, slots=True)
class Consented:
    """What a person said of a channel and purpose: `given`, `pending`, `withdrawn`, or `unknown`."""

    channel: str
    purpose: str
    status: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether there is an address for the channel that is not suppressed."""

    channel: str


@dataclass(frozen=True, slots=True)
class Near:
    """Within some metres of a point, along the great circle."""

    subject: Subject
    latitude: float
    longitude: float
    metres: float


class Season(StrEnum):
    """The local day, week (from Monday) or month in which an anniversary falls."""

    TODAY = "today"
    THIS_WEEK = "this week"
    THIS_MONTH = "this month"


@dataclass(frozen=True, slots=True)
class Anniversary:
    """The day of a date in this year: in a season of now, or within days to come. 29 February is the 28th elsewhere.

    Journeys by date also ask for the day so many `days` after it (before it: less than none), and of a date that comes
    `once`, not every year.
    """

    subject: Subject
    season: Season | None = None
    next: Span | None = None
    days: int = 0
    once: bool = False


@dataclass(frozen=True, slots=True)
class Quantile:
    """Where a person stands among all who ever bought, by `recency`, `frequency` or `monetary`: 1 (least) to `of`."""

    measure: str
    of: int
    op: Op
    value: int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A random share of all contacts, always the same people for the same seed."""

    percent: float
    seed: str


@dataclass(frozen=True, slots=True)
class All:
    """Each of them."""

    parts: "tuple[Rule, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them."""

    parts: "tuple[Rule, ...]"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Not one of them."""

    parts: "tuple[Rule, ...]"


Leaf = (
    Compare | Done | Total | Sequence | Messaged | InSegment | Consented | Reachable
    | Near | Anniversary | Quantile | Share
)  # fmt: skip
Rule = All | AnyOf | NoneOf | Leaf


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every leaf, from left to right."""
    stack: list[Rule] = [rule]
    while stack:
        match stack.pop():
            case All(parts) | AnyOf(parts) | NoneOf(parts):
                stack.extend(reversed(parts))
            case leaf:
                yield leaf
