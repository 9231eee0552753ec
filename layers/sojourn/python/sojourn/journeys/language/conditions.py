"""What a run may wait for: what became of one of its messages, an event of the contact's, a rule come true."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sojourn.rules.definition import from_definition as rule_from
from sojourn.rules.definition import test_definition, test_from
from sojourn.rules.definition import to_definition as rule_definition
from sojourn.rules.nodes import Rule, Test


class ConditionKind(StrEnum):
    """The key under which a condition stands in the file."""

    CLICKED = "clicked"
    OPENED = "opened"
    DELIVERED = "delivered"
    EVENT = "event"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Condition:
    """`{clicked: Send the welcome}`, `{event: Order Completed, where: […], match: {cart_id: cart_id}}`, `{rule: …}`.

    `match` pairs a property of the event with one of the event that let the contact in: both must be there, and equal.
    """

    kind: ConditionKind
    name: str = ""
    where: tuple[Test, ...] = ()
    match: tuple[tuple[str, str], ...] = ()
    rule: Rule | None = None

    @property
    def about_a_send(self) -> bool:
        """Is `name` a send step of the journey?"""
        return self.kind not in {ConditionKind.EVENT, ConditionKind.RULE}

    def to_definition(self) -> dict[str, Any]:
        """The condition as JSON, as it stands in the file."""
        if self.rule is not None:
            return {"rule": rule_definition(self.rule)}
        return {
            self.kind.value: self.name,
            **({"where": [test_definition(test) for test in self.where]} if self.where else {}),
            **({"match": dict(self.match)} if self.match else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The condition that `to_definition` wrote."""
        kind = next(kind for kind in ConditionKind if kind in definition)
        if kind is ConditionKind.RULE:
            return cls(kind, rule=rule_from(definition["rule"]))
        return cls(
            kind,
            definition[kind],
            tuple(test_from(test) for test in definition.get("where", ())),
            tuple(definition.get("match", {}).items()),
        )
