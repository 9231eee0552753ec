"""What becomes of people in older versions: the choices for each step that somebody stands in, and the clauses made of
them."""

from collections.abc import Sequence
from typing import Any

from functions.api.console.forms import Form
from functions.api.console.words import _

STAY, MOVE = "stay", "move:"
Clauses = dict[str, Any]


def fates(may_move_to: Sequence[str]) -> list[tuple[str, str]]:
    """The choices, staying first: (value, word)."""
    moves = [(f"{MOVE}{step}", _("Move to “%(step)s”") % {"step": step}) for step in may_move_to]
    others = [("finish", _("Count as finished now")), ("exit", _("Take out of the journey"))]
    return [(STAY, _("Stay on the version they came into")), *moves, *others]


def standing_in(
    standing: dict[str, dict[str, int]], chosen: Clauses, may_move_to: Sequence[str]
) -> list[dict[str, Any]]:
    """A row for each step that somebody stands in: how many, in which versions, and what was chosen for them."""
    steps = dict.fromkeys(step for count in standing.values() for step in count)
    return [
        {
            "step": step,
            "people": sum(count.get(step, 0) for count in standing.values()),
            "versions": [version for version, count in standing.items() if step in count],
            "chosen": _word(chosen.get(step)),
            "is_there": step in may_move_to,
        }
        for step in steps
    ]


def clauses_of(said: Form) -> Clauses:
    """What a form chose, as the API takes it; who stays needs no clause."""
    chosen = zip(said.all("step"), said.all("fate"), strict=False)
    return {step: _clause(fate) for step, fate in chosen if step and fate and fate != STAY}


def _clause(fate: str) -> Any:
    return {"move": fate.removeprefix(MOVE)} if fate.startswith(MOVE) else fate


def _word(clause: Any) -> str:
    if isinstance(clause, dict):
        return f"{MOVE}{clause.get('move', '')}"
    return clause or STAY
