"""What is wrong with a file: where, what, and what to do about it."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sojourn.errors import Hopeless

# Where something stands: ("steps", 2, "then", 0, "template"). The empty place is the file itself.
Place = tuple[str | int, ...]

MOST_FINDINGS = 100  # who has more has another problem, and looking for likely words takes time
MOST_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One error, said so that its author can mend it."""

    file: str
    line: int
    step: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: {self.step}" if self.step else f"{self.file}:{self.line}"
        return f"{where}: {self.problem} — {self.remedy}"

    def to_json(self) -> dict[str, str | int]:
        """The finding as the API answers it."""
        return {
            "file": self.file,
            "line": self.line,
            "step": self.step,
            "problem": self.problem,
            "remedy": self.remedy,
        }


class RefusedError(Hopeless):
    """A file has errors; `findings` are all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Source:
    """The file that something was read from, and the line of each place in it; of a rule's nodes by their `id`."""

    file: str = "file"
    lines: Mapping[Place, int] = field(default_factory=dict)
    nodes: Mapping[int, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest thing round it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def finding(self, place: Place, step: str, problem: str, remedy: str) -> Finding:
        """A finding about a place."""
        return Finding(self.file, self.line_of(place), printable(step), problem, remedy)


def printable(text: str, longest: int = 80) -> str:
    """The text as one short line that no terminal takes for a command."""
    shown = "".join(letter if letter.isprintable() else "·" for letter in text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def nearest(word: str, known: Mapping[str, object]) -> str:
    """A remedy that names the likeliest word, or all of them."""
    near = likeliest(word, known) if len(known) <= MOST_CANDIDATES else None
    if near:
        return f"did you mean '{near}'?"
    listed = ", ".join(f"'{name}'" for name in list(known)[:10])
    return f"choose one of {listed}" if listed else "there is none yet"


def likeliest(word: str, known: Iterable[str]) -> str | None:
    """The known word that the fewest letters part from this one; None when none is near.

    difflib's measure favours long words: it takes `in segment` for `not in segment` rather than for `segment`.
    """
    near = difflib.get_close_matches(word, known)
    return min(near, key=lambda each: _letters_apart(word, each)) if near else None


def _letters_apart(one: str, other: str) -> int:
    shared = sum(block.size for block in difflib.SequenceMatcher(None, one, other).get_matching_blocks())
    return len(one) + len(other) - 2 * shared
