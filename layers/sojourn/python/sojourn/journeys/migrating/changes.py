"""What is different between two versions of a journey, step by step. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sojourn.journeys.graph import exits, steps_by_name
from sojourn.journeys.language.paths import READERS
from sojourn.journeys.model import Journey


class Kind(StrEnum):
    """How a step differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # what it does
    LEADS_ELSEWHERE = "leads elsewhere"  # what follows it


@dataclass(frozen=True, slots=True)
class Change:
    """One step that is not what it was."""

    step: str
    kind: Kind


def changes(old: Journey, new: Journey) -> tuple[Change, ...]:
    """Every step of either that differs, those of the old one first, in the order of the file."""
    before, after = steps_by_name(old), steps_by_name(new)
    led, leads = exits(old), exits(new)
    found = []
    for name, step in before.items():
        if name not in after:
            found.append(Change(name, Kind.REMOVED))
        elif _own(step.to_definition()) != _own(after[name].to_definition()):
            found.append(Change(name, Kind.CHANGED))
        elif led[name] != leads[name]:
            found.append(Change(name, Kind.LEADS_ELSEWHERE))
    return (*found, *(Change(name, Kind.ADDED) for name in after if name not in before))


def _own(said: Any) -> Any:
    """The definition of a step without the steps inside its paths."""
    if isinstance(said, Mapping):
        return {key: _own(part) for key, part in said.items() if not _are_steps(part)}
    return [_own(part) for part in said] if isinstance(said, list) else said


def _are_steps(said: Any) -> bool:
    return isinstance(said, list) and bool(said) and all(_is_step(each) for each in said)


def _is_step(said: Any) -> bool:
    return isinstance(said, Mapping) and any(key in READERS for key in said)
