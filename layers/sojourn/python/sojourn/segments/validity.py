"""Segments that name an attribute which was deleted: nobody comes in or goes out until they are mended.

What was is kept: a rule that cannot be told true from false matches nobody anew and lets nobody go. The row of what is
in force says so (`invalid`), so react knows it with the next event, and who lists segments or journeys shows it.
"""

from collections.abc import Mapping
from dataclasses import replace

from sojourn.contacts import registry
from sojourn.rules.nodes import Anniversary, Compare, Near, Rule, leaves
from sojourn.segments import store
from sojourn.segments.publish import change_standing
from sojourn.segments.store import Standing


def delete_attribute(name: str) -> dict[str, tuple[str, ...]]:
    """Delete an attribute; the answer is which segments it leaves invalid. First they are marked, then it goes."""
    marked = invalidate(registry.deleted() | {name})
    registry.delete(name)
    return marked


def invalidate(deleted: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Mark the segments that name what was deleted; the answer is all that are marked, with what they name."""
    index = store.live_index()
    named: dict[str, tuple[str, ...]] = {}
    for group in (index.pending, index.live):
        for segment in group.values():
            if gone := attributes_in(segment.rule) & deleted:
                named[segment.name] = tuple(sorted(gone))

    def changed(stands: dict[str, Standing]) -> Mapping[str, Standing]:
        for name, gone in named.items():
            if name in stands:
                stands[name] = replace(stands[name], invalid=gone)
        return stands

    if named:
        change_standing(changed)
    return invalid_segments()


def invalid_segments() -> dict[str, tuple[str, ...]]:
    """The segments that stand still, and the attributes that they name and that were deleted."""
    return {name: stand.invalid for name, stand in store.live().items() if stand.invalid}


def attributes_in(rule: Rule) -> frozenset[str]:
    """The attributes that a rule names."""
    asked = (leaf for leaf in leaves(rule) if isinstance(leaf, Compare | Near | Anniversary))
    return frozenset(leaf.subject.name for leaf in asked if not leaf.subject.is_fact)
