"""What a file is read into: plain values that know their lines. Loads nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, and the letters it was written with."""

    value: str | float | bool | None
    written: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "list[Node]"
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in order; a key that comes twice is here twice."""

    entries: "list[tuple[Scalar, Node]]"
    line: int


Node = Scalar | Sequence | Mapping


class MalformedError(ValueError):
    """The text is no tree that we read."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem
        self.remedy = remedy
