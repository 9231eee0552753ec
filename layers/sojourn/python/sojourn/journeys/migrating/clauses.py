"""What becomes of those who stand in a step: stay on their version, move to a step of the new, finish, exit. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sojourn.journeys.compiling.carried import carried
from sojourn.journeys.compiling.rounds import repeats_around
from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.model import Journey


class Fate(StrEnum):
    """The word of a clause."""

    STAY = "stay"  # on the version they entered, to its end
    MOVE = "move"
    FINISH = "finish"  # complete now
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Clause:
    """`stay`, `finish`, `exit`, or `{"move": "Wait a week"}`."""

    fate: Fate
    to: str = ""

    def to_json(self) -> str | dict[str, str]:
        """As the API takes it."""
        return {Fate.MOVE.value: self.to} if self.fate is Fate.MOVE else self.fate.value

    @classmethod
    def from_json(cls, said: Any) -> Self:
        """What `to_json` wrote; ValueError for anything else."""
        if isinstance(said, Mapping) and list(said) == [Fate.MOVE.value] and isinstance(said[Fate.MOVE], str):
            return cls(Fate.MOVE, said[Fate.MOVE])
        if isinstance(said, str) and said in set(Fate) - {Fate.MOVE}:
            return cls(Fate(said))
        raise ValueError('`stay`, `finish`, `exit` or {"move": "<a step>"} is wanted')


def flaw(clause: Clause, journey: Journey) -> str:
    """Why nobody can be moved so in the new version; "" when they can."""
    if clause.fate is not Fate.MOVE:
        return ""
    if clause.to not in steps_by_name(journey):
        return f"the new version has no step '{clause.to}'"
    if clause.to in carried(journey):
        return f"nobody ever stands on '{clause.to}': the step before it decides; name a step behind it"
    if repeats_around(journey)[clause.to]:
        return f"'{clause.to}' stands inside a repeat: name the repeat, which begins its rounds anew"
    return ""
