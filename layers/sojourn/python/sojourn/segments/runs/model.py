"""A run through all contacts, in stages that go over the same pages one after the other. Pure.

purpose    stages                      it is there to
publish    (measure,) judge, settle    let a new rule take force; measured first if it names cut points nobody made yet
retire     settle                      let everybody leave a segment that is no more
quantiles  measure, judge, settle      make new cut points, and let the rules that name quantiles be judged by them
verify     verify                      compare what stands with what the events say
repair     verify                      the same, and put right what has drifted
include    include                     let those into a journey who are in its segment already
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

LONGEST_REASON = 300


class Purpose(StrEnum):
    """What a run is there to do."""

    PUBLISH = "publish"
    RETIRE = "retire"
    QUANTILES = "quantiles"
    VERIFY = "verify"
    REPAIR = "repair"
    INCLUDE = "include"


class Stage(StrEnum):
    """What is done with each contact."""

    MEASURE = "measure"
    JUDGE = "judge"
    SETTLE = "settle"
    VERIFY = "verify"
    INCLUDE = "include"


class Status(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    SUPERSEDED = "superseded"  # a newer rule took its place before it came into force: nothing happened
    FAILED = "failed"  # what was in force is; started again, it does what is left


STAGES: Mapping[Purpose, tuple[Stage, ...]] = {
    Purpose.PUBLISH: (Stage.JUDGE, Stage.SETTLE),
    Purpose.RETIRE: (Stage.SETTLE,),
    Purpose.QUANTILES: (Stage.MEASURE, Stage.JUDGE, Stage.SETTLE),
    Purpose.VERIFY: (Stage.VERIFY,),
    Purpose.REPAIR: (Stage.VERIFY,),
    Purpose.INCLUDE: (Stage.INCLUDE,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. `segments` are those it is about, with the generation that is to be live (0: none)."""

    id: str
    purpose: Purpose
    at: str
    stages: tuple[Stage, ...]
    stage: Stage
    segments: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # rules that wait for their cut points
    status: Status = Status.RUNNING
    attempt: int = 1
    of: int = 0  # pages that the table is cut into; 0: not yet
    first: int = 0  # the page that it begins with
    pages: int = 0  # that it takes
    percent: float = 100.0  # of the contacts, when it verifies
    follows: str = ""  # the run that comes after it, in the same execution
    reason: str = ""
    journey: str = ""  # that lets in those who are in its segment
    rows: int = 0  # about how many of the table its pages hold
    committed_at: str = ""  # when the rule took force that it settles
    ended_at: str = ""
    revision: int = 0

    @classmethod
    def new(cls, purpose: Purpose, name: str, *, at: str, measures: bool = False, **facts: Any) -> "Run":
        """A run that has not begun."""
        stages = STAGES[purpose]
        if measures and Stage.MEASURE not in stages:
            stages = (Stage.MEASURE, *stages)
        return cls(id=f"{purpose}-{name}", purpose=purpose, at=at, stages=stages, stage=stages[0], **facts)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.status in (Status.DONE, Status.SUPERSEDED)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pages that it takes."""
        return tuple((self.first + place) % self.of for place in range(self.pages))

    def ended(self, stage: Stage) -> "Run":
        """With the stage behind it."""
        rest = self.stages[self.stages.index(stage) + 1 :]
        return replace(self, stage=rest[0]) if rest else replace(self, status=Status.DONE)

    def as_json(self) -> dict[str, Any]:
        """What a row keeps."""
        said = asdict(self)
        return {name: value for name, value in said.items() if name not in ("id", "revision")}

    @classmethod
    def from_json(cls, id: str, said: Mapping[str, Any], revision: int) -> "Run":  # noqa: A002  the row's word
        """Of its row."""
        words: dict[str, Any] = {
            **said,
            "purpose": Purpose(said["purpose"]),
            "stages": tuple(map(Stage, said["stages"])),
            "stage": Stage(said["stage"]),
            "status": Status(said["status"]),
        }
        return cls(id=id, revision=revision, **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stage has come: pages, and figures, those of one segment as `<segment>.<figure>`."""

    stage: Stage
    pages: int
    done: frozenset[int]
    figures: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[str, ...] = ()  # contacts
    rows: int = field(
        default=0, compare=False
    )  # of the table that were looked at: whoever begins again sees more

    def of(self, segment: str, figure: str) -> int:
        """A figure of one segment."""
        return self.figures.get(f"{segment}.{figure}", 0)
