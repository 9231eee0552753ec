"""What a profile keeps beside traits and counts: each fact is a fold of the person's deeds, in a module of its own.

`fold(fact or None, deed)` adds one deed, `join(one, other)` makes one of two people's. Whatever the order in which
deeds and joins come, the fact is the same (the bounds of lists apart). An empty fact is not kept.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.contacts.facts import engagement, groups, labels, proved, stage, touch, value

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed

Fact = dict[str, Any]


class Module(Protocol):
    """What a module of this folder offers."""

    def fold(self, fact: Mapping[str, Any] | None, deed: "Deed") -> Fact | None:
        """The fact with one deed more; None when the deed says nothing to it and there was none."""
        ...

    def join(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> Fact:
        """One fact of two people who are one."""
        ...


FACTS: dict[str, Module] = {
    "engagement": engagement,
    "groups": groups,
    "labels": labels,
    "proved": proved,
    "stage": stage,
    "touch": touch,
    "value": value,
}


def fold_all(facts: Mapping[str, Any], deed: "Deed") -> Fact:
    """All facts with one deed more."""
    found = {name: module.fold(facts.get(name), deed) for name, module in FACTS.items()}
    return {name: fact for name, fact in found.items() if fact}


def join_all(one: Mapping[str, Any], other: Mapping[str, Any]) -> Fact:
    """The facts of two people who are one."""
    return {
        name: module.join(one[name], other[name]) if name in one and name in other else {**one, **other}[name]
        for name, module in FACTS.items()
        if name in one or name in other
    }
