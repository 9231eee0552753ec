"""What a journey may wait for: a click, an open, an event of the contact's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ConditionKind(StrEnum):
    """The key under which a condition stands in the file."""

    CLICKED = "clicked"
    OPENED = "opened"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Condition:
    """`{clicked: Send the welcome}`: a kind, and the send step or the event that it is about."""

    kind: ConditionKind
    name: str

    @property
    def about_a_send(self) -> bool:
        """Is `name` a send step of the journey (and not an event's name)?"""
        return self.kind is not ConditionKind.EVENT

    def to_definition(self) -> dict[str, str]:
        """The condition as JSON, as it stands in the file."""
        return {self.kind.value: self.name}

    @classmethod
    def from_definition(cls, definition: Mapping[str, str]) -> Self:
        """The condition that `to_definition` wrote."""
        ((kind, name),) = definition.items()
        return cls(ConditionKind(kind), name)
