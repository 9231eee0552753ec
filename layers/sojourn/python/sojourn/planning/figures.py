"""What a rehearsal counts. Figures of parts add up to those of the whole, so memory does not grow with the contacts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sojourn.planning.pressure import Seconds

Pair = tuple[str, str]


@dataclass(slots=True)
class Figures:
    """Sums. Days are ordinals, moments whole seconds since 1970."""

    contacts: int = 0
    steps: int = 0  # of the journey, that were taken
    transitions: int = 0
    legs: int = 0
    entered: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # entries, by reason
    sent: Counter[tuple[int, str]] = field(default_factory=Counter)  # (day, step)
    by_channel: Counter[str] = field(default_factory=Counter)
    parts: int = 0  # of texts
    ghosts: Counter[str] = field(default_factory=Counter)  # what holdouts would have been sent, by step
    held: Counter[Pair] = field(default_factory=Counter)  # (step, reason)
    skipped: Counter[Pair] = field(default_factory=Counter)
    failed: Counter[Pair] = field(default_factory=Counter)
    answered: Counter[Pair] = field(default_factory=Counter)  # (step, opened | clicked …)
    taken: Counter[Pair] = field(default_factory=Counter)  # (step, path)
    standing: Counter[str] = field(default_factory=Counter)  # where runs that are on stand
    ended: Counter[str] = field(default_factory=Counter)  # how the others ended
    converted: int = 0
    converted_in_holdout: int = 0
    writes: Counter[str] = field(default_factory=Counter)  # what was written, by what it was for
    moments: Counter[int] = field(
        default_factory=Counter
    )  # messages by second: of a part, for a whole has `Seconds`

    def __iadd__(self, other: "Figures") -> "Figures":
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, int):
                setattr(self, each.name, mine + theirs)
            elif each.name != "moments":
                mine.update(theirs)
        return self

    @property
    def messages(self) -> int:
        """All that went out."""
        return sum(self.by_channel.values())

    def days(self) -> Iterator[tuple[str, int]]:
        """Messages by day, all days from the first to the last."""
        by_day: Counter[int] = Counter()
        for (day, _), count in self.sent.items():
            by_day[day] += count
        for day in range(min(by_day, default=0), max(by_day, default=-1) + 1):
            yield date.fromordinal(day).isoformat(), by_day[day]

    def steps_sent(self) -> dict[str, int]:
        """Messages by step."""
        found: Counter[str] = Counter()
        for (_, step), count in self.sent.items():
            found[step] += count
        return dict(found)


@dataclass(slots=True)
class Total:
    """The figures of all parts, and how many messages went out in each second."""

    figures: Figures = field(default_factory=Figures)
    seconds: Seconds = field(default_factory=Seconds)

    def add(self, part: Figures) -> None:
        """One part more."""
        self.figures += part
        for moment, count in part.moments.items():
            self.seconds.add(moment, count)


def by_step(pairs: Counter[Pair]) -> dict[str, dict[str, int]]:
    """`{step: {reason: n}}`, in the order of names."""
    found: dict[str, dict[str, int]] = {}
    for (step, reason), count in sorted(pairs.items()):
        found.setdefault(step, {})[reason] = count
    return found


def by_day(figures: Figures) -> list[dict[str, Any]]:
    """`{day, step, messages}`, in the order of days."""
    return [
        {"day": date.fromordinal(day).isoformat(), "step": step, "messages": count}
        for (day, step), count in sorted(figures.sent.items())
    ]
