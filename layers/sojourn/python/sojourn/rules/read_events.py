"""What several kinds of condition share: a comparison, the events that are meant, how often, and when. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sojourn.rules.fields import Fields, describe
from sojourn.rules.findings import Place, printable
from sojourn.rules.literals import SPANS
from sojourn.rules.nodes import Match, Op, Test, Times, Window
from sojourn.rules.read_values import (
    A_DAY,
    NO_PATH,
    OPERANDS,
    as_event,
    as_moment,
    as_path,
    as_scalar,
    as_scalars,
    as_span,
    as_times,
    path_of_key,
)
from sojourn.rules.tree import Mapping as MappingNode
from sojourn.rules.tree import Node, Scalar, Sequence

ALL_OPS = frozenset(Op)
OF_EVENTS = (
    ALL_OPS - SPANS
)  # a property is compared once, when the event comes; what is near then, is far later
RESERVED = ("Segment Entered", "Segment Left")
MOST_TESTS = 20
WHERE = "{total: {over: 20}}"
Compared = tuple[Op, Any]
Readers = Mapping[Op, Callable[[Node], Any]]


def compared(
    fields: Fields, ops: frozenset[Op] = ALL_OPS, readers: Readers | None = None, but: tuple[str, ...] = ()
) -> Compared:
    """The one comparison of a condition; `readers` read what this condition compares in its own way."""
    named = operator(fields, ops, but)
    if named is None:
        return Op.EXISTS, True
    read, example = OPERANDS[named]
    read = (readers or {}).get(named, read)
    return named, fields.value(named.value, read, example=example, otherwise=None, instead=None)


def operator(fields: Fields, ops: frozenset[Op], but: tuple[str, ...] = ()) -> Op | None:
    """The operator whose key is there; a finding when there is none, or more than one."""
    named = [op for op in Op if op in ops and fields.has(op)]
    if len(named) == 1:
        fields.asked.extend(op.value for op in Op if op in ops)
        return named[0]
    allowed = ", ".join(f"`{op}`" for op in Op if op in ops)
    known = {*fields.asked, *but}
    unknown = [key for key in fields.values if key not in known and key not in ops]
    fields.asked.extend(op.value for op in Op if op in ops)
    if named:
        said = " and ".join(f"`{op}`" for op in named)
        fields.wrong(
            fields.line, f"{said} in one condition", "write a condition for each, in a list under `all`"
        )
    elif not unknown and not fields.refused:
        fields.wrong(fields.line, "nothing is compared", f"add one of {allowed}")
    return None


def matched(fields: Fields) -> Match:
    """The events that `event` and `where` name."""
    name = fields.value("event", as_event, example="Order Completed", otherwise=None, instead="")
    if name in RESERVED:
        remedy = "ask for `segment: <name>`; who is in another segment is judged again by itself"
        fields.wrong(fields.key_lines["event"], f"`{name}` is written by segments themselves", remedy)
    return Match(name, where_of(fields))


def where_of(fields: Fields) -> tuple[Test, ...]:
    """What `where` asks of an event's properties; nothing when it is not there."""
    node = fields.node("where", example=WHERE)
    return _tests(node, fields) if node is not None else ()


def times_of(fields: Fields) -> tuple[Times, int]:
    """How often; at least once when it is not said."""
    once = (Times.AT_LEAST, 1)
    return fields.value("times", as_times, example="at least 2", otherwise=once, instead=once)


def window_of(fields: Fields) -> Window:
    """When; ever when it is not said."""
    last = None
    if fields.has("in the last"):
        last = fields.value("in the last", as_span, example="30 days", otherwise=None, instead=A_DAY)
    since, until = _moment(fields, "since", "2026-01-01"), _moment(fields, "until", "2026-02-01")
    fields.asked.append("in the last")
    if last and (since or until):
        fields.wrong(fields.line, "`in the last` beside `since` or `until`", "keep one of them")
    if since and until and since >= until:
        fields.wrong(fields.line, "`until` does not come after `since`: the time is empty", "exchange them")
    return Window(last, since, until)


def _moment(fields: Fields, key: str, example: str) -> datetime | None:
    if not fields.has(key):
        fields.asked.append(key)
        return None
    return fields.value(key, as_moment, example=example, otherwise=None, instead=None)


def _tests(node: Node, fields: Fields) -> tuple[Test, ...]:
    """`{total: {over: 20}, category: shoes}`, or a list of `{property: …, <operator>: …}`."""
    place = (*fields.place, "where")
    tests: list[Test] = []
    if isinstance(node, Sequence) and node.items:
        for index, item in enumerate(node.items):
            tests += _test_of_item(item, (*place, index), fields)
    elif isinstance(node, MappingNode) and node.entries:
        for key, value in node.entries:
            tests += _tests_of_key(key, value, (*place, key.written), fields)
        _no_key_twice(node, fields)
    else:
        fields.wrong(node.line, f"`where` is {describe(node)}", f"write `where: {WHERE}`")
    if len(tests) > MOST_TESTS:
        fields.wrong(node.line, f"{len(tests)} tests; {MOST_TESTS} are the most", "say less of the event")
    return tuple(tests[: MOST_TESTS + 1])


def _test_of_item(item: Node, place: Place, fields: Fields) -> list[Test]:
    inner = Fields.of(item, place, fields.notes, example="`{property: total, over: 20}`")
    if inner.refused:
        return []
    path = inner.value("property", as_path, example="total", otherwise=None, instead=NO_PATH)
    _no_spans(inner)
    op, value = compared(inner, OF_EVENTS)
    inner.finish()
    return [Test(path, op, value)]


def _tests_of_key(key: Scalar, value: Node, place: Place, fields: Fields) -> list[Test]:
    """A property with its operators; a value alone is what it is, a list one of which it is."""
    try:
        path = path_of_key(key.written)
        if isinstance(value, Scalar):
            return [Test(path, Op.IS, as_scalar(value))]
        if isinstance(value, Sequence):
            return [Test(path, Op.ONE_OF, as_scalars(value))]
    except ValueError as error:
        fields.wrong(key.line, f"`{printable(key.written, 40)}`: {error}", f"write `where: {WHERE}`")
        return []
    return _compared_all(value, path, place, fields)


def _compared_all(value: Node, path: tuple[str, ...], place: Place, fields: Fields) -> list[Test]:
    """Every operator of `{over: 20, under: 50}`."""
    inner = Fields.of(value, place, fields.notes, example=f"`where: {WHERE}`")
    tests = []
    for op in Op:
        if op in OF_EVENTS and inner.has(op):
            read, example = OPERANDS[op]
            tests.append(Test(path, op, inner.value(op, read, example=example, otherwise=None, instead=None)))
    inner.asked.extend(op for op in Op if op in OF_EVENTS)
    _no_spans(inner)
    inner.finish()
    if not inner.values and not inner.refused:
        inner.wrong(inner.line, "nothing is compared", f"write `where: {WHERE}`")
    return tests


def _no_spans(inner: Fields) -> None:
    """Time passes for conditions, not for the properties of an event that happened."""
    for op in Op:
        if op in SPANS and inner.has(op):
            inner.asked.append(op)
            remedy = f"put `{op}` beside `event`, or compare with a date: `after: 2026-11-21`"
            inner.wrong(inner.key_lines[op], f"`{op}` within `where`", remedy)


def _no_key_twice(node: MappingNode, fields: Fields) -> None:
    seen: set[str] = set()
    for key, _ in node.entries:
        if key.written in seen:
            problem = f"the property `{printable(key.written, 40)}` comes twice"
            fields.wrong(key.line, problem, "put its comparisons together: `{over: 20, under: 50}`")
        seen.add(key.written)
