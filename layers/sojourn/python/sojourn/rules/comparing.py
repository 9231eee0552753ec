"""Comparisons of what lies at a path, and of values at hand. Pure.

What is missing, null or of another type passes no comparison; a negative form passes exactly where its positive form
does not. Comparisons with time are in moments.py.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sojourn.rules import moments
from sojourn.rules.checks import MAKERS, Check, Values, ends_of
from sojourn.rules.nodes import Op, Test
from sojourn.rules.values import at_path, is_number

NEGATIVE = {Op.IS_NOT: Op.IS, Op.NOT_ONE_OF: Op.ONE_OF, Op.CONTAINS_NOT: Op.CONTAINS}
NOTHING: Values = {}


def check_at(path: tuple[str, ...], op: Op, wanted: Any) -> Check:
    """The comparison of what lies at a path, ready to be asked often."""
    if op in NEGATIVE:
        positive = check_at(path, NEGATIVE[op], wanted)
        return lambda values: not positive(values)
    *above, name = path
    check = MAKERS[op](name, wanted)
    return _within(tuple(above), check) if above else check


def check_of(op: Op, wanted: Any) -> Callable[[Any], bool]:
    """The comparison of a value that is at hand."""
    check = check_at(("",), op, wanted)
    return lambda value: check({"": value})


def is_about_time(op: Op, wanted: Any) -> bool:
    """Whether it compares moments, for which the contact's zone counts."""
    return op in moments.OPS or (op is Op.BETWEEN and not all(map(is_number, ends_of(wanted))))


def passes(properties: Values, test: Test, at: datetime) -> bool:
    """An event that happened then: its days are those of UTC, and `in the next` counts from the event."""
    if is_about_time(test.op, test.value):
        return moments.judge_of(test.op, test.value)(at_path(properties, test.path), at, UTC).holds
    return check_at(test.path, test.op, test.value)(properties)


def _within(above: tuple[str, ...], check: Check) -> Check:
    def check_within(values: Values) -> bool:
        inner = at_path(values, above)
        return check(inner if isinstance(inner, Mapping) else NOTHING)

    return check_within
