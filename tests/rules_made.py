"""Any rule that the language can say, for hypothesis."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from sojourn.rules.facts import FACT_TYPES, STAGES
from sojourn.rules.literals import LISTS, MOMENTS, NUMBERS, SPANS, TEXTS
from sojourn.rules.nodes import (
    All,
    Anniversary,
    AnyOf,
    Compare,
    Consented,
    Done,
    InSegment,
    Match,
    Measure,
    Messaged,
    Near,
    NoneOf,
    Op,
    Quantile,
    Reachable,
    Rule,
    Season,
    Sequence,
    Share,
    Subject,
    Test,
    Times,
    Total,
    Window,
)
from sojourn.rules.read_leaves import CHANNELS, MEASURES, PURPOSES, STATUSES
from sojourn.rules.read_values import MESSAGING
from sojourn.rules.spans import Span, SpanUnit
from sojourn.rules.types import OPS_OF_TYPE

SIGNS = "abé.#$ _-\"'{}[]:,😀Ⅷ1"
words = st.text(SIGNS, min_size=1, max_size=6)
stripped = words.map(str.strip).filter(bool)
names = words | st.sampled_from(
    ["plan", "tenant_id", "#a", "select", "__class__", "a.b", " x ", "name; DROP"]
)
paths = st.lists(names, min_size=1, max_size=3).map(tuple)
events = st.sampled_from(["Order Completed", "A", "No", "123", "{% x %}"]) | stripped
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9).map(
    lambda it: int(it) if it.is_integer() else it
)
scalars = st.text(SIGNS, max_size=5) | numbers | st.booleans()
parts = words | numbers | st.booleans()
spans = st.builds(Span, st.integers(1, 40), st.sampled_from(SpanUnit))
days = st.dates(date(1900, 1, 2), date(9990, 1, 1))
moments = st.datetimes(datetime(1900, 1, 2), datetime(9990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
slugs = st.text("abz09-", min_size=1, max_size=8)


def ordered(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    return pair if pair[0] <= pair[1] else (pair[1], pair[0])


number_ends = st.tuples(numbers, numbers).map(ordered)
ends = (
    number_ends
    | st.tuples(days, days).map(ordered)
    | st.tuples(moments, moments).map(ordered)
    | st.tuples(days, moments)
)
VALUES: dict[Op, st.SearchStrategy[Any]] = {
    Op.IS: scalars,
    Op.IS_NOT: scalars,
    **dict.fromkeys(LISTS, st.lists(scalars, min_size=1, max_size=3).map(tuple)),
    Op.CONTAINS: parts,
    Op.CONTAINS_NOT: parts,
    **dict.fromkeys(TEXTS, words.filter(lambda it: bool(it.strip()))),
    **dict.fromkeys(NUMBERS, numbers),
    Op.BETWEEN: ends,
    **dict.fromkeys(MOMENTS, days | moments),
    **dict.fromkeys(SPANS, spans),
    Op.EXISTS: st.booleans(),
}
COMPARISONS = [st.tuples(st.just(op), values) for op, values in VALUES.items()]
OF_EVENTS = [st.tuples(st.just(op), values) for op, values in VALUES.items() if op not in SPANS]


def _compare(subject: Subject, said: tuple[Op, Any]) -> Compare:
    return Compare(subject, *said)


def _fits(name: str) -> st.SearchStrategy[tuple[Op, Any]]:
    """Comparisons that fit a fact."""
    kind = FACT_TYPES[name]
    of = {"number": numbers, "boolean": st.booleans(), "text": st.sampled_from(STAGES)}.get(kind, scalars)
    values = VALUES | {Op.IS: of, Op.IS_NOT: of} | dict.fromkeys(LISTS, st.lists(of, min_size=1).map(tuple))
    values |= {Op.BETWEEN: number_ends if kind == "number" else st.tuples(days, days).map(ordered)}
    ops = sorted({*OPS_OF_TYPE[kind], Op.EXISTS})
    return st.sampled_from(ops).flatmap(lambda op: st.tuples(st.just(op), values[op]))


fact_names = st.sampled_from(sorted(FACT_TYPES))
fact_comparisons = fact_names.flatmap(
    lambda name: st.builds(_compare, st.just(Subject((name,), is_fact=True)), _fits(name))
)
currencies = st.builds(
    _compare,
    stripped.map(lambda it: Subject(("value", it), is_fact=True)),
    st.tuples(st.just(Op.OVER), numbers),
)
tests = st.builds(lambda path, said: Test(path, *said), paths, st.one_of(OF_EVENTS))
matches = st.builds(Match, events, st.lists(tests, max_size=2).map(tuple))
counts = st.tuples(st.sampled_from(Times), st.integers(1, 400)) | st.sampled_from(
    [(Times.AT_MOST, 0), (Times.EXACTLY, 0)]
)
windows = (
    st.just(Window())
    | spans.map(lambda span: Window(last=span))
    | st.builds(lambda since: Window(since=since), moments)
    | st.tuples(moments, moments).filter(lambda it: it[0] != it[1]).map(lambda it: Window(None, *ordered(it)))
)
done = st.builds(
    lambda match, count, window: Done(match, count[0], count[1], window), matches, counts, windows
)
total_ops = st.sampled_from(sorted(NUMBERS | {Op.IS}))
totals = st.builds(Total, matches, st.sampled_from(Measure), paths, total_ops, numbers, windows) | st.builds(
    Total, matches, st.sampled_from(Measure), paths, st.just(Op.BETWEEN), number_ends, windows
)
sequences = st.builds(Sequence, matches, matches, spans, windows)
answers = st.just(("", None)) | st.tuples(st.sampled_from(["opened", "clicked"]), spans)
optional_slugs = st.just("") | slugs
messages = st.builds(
    lambda state, count, window, answer, channel, journey, template, step: Messaged(
        state, count[0], count[1], window, answer[0], answer[1], channel, journey, template, step
    ),
    st.sampled_from(["sent", "delivered"]), counts, windows, answers, st.sampled_from(["", *MESSAGING]),
    optional_slugs, optional_slugs, st.just("") | events.filter(str.isprintable),
)  # fmt: skip
consents = st.builds(
    Consented, st.sampled_from(CHANNELS), st.sampled_from(PURPOSES), st.sampled_from(STATUSES), optional_slugs
)
nears = st.builds(
    Near,
    paths.map(Subject),
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(1e-3, 20_038_000, exclude_min=True),
)
dated = paths.map(Subject) | st.just(Subject(("first_order",), is_fact=True))
next_days = st.builds(
    Span, st.integers(1, 12), st.sampled_from([SpanUnit.DAY, SpanUnit.WEEK, SpanUnit.MONTH])
)
anniversaries = st.builds(lambda who, season: Anniversary(who, season=season), dated, st.sampled_from(Season))
coming = st.builds(lambda who, span: Anniversary(who, next=span), dated, next_days)
quantiles = st.builds(
    lambda measure, op, value: Quantile(measure, 5, op, (value,) if op is Op.ONE_OF else value),
    st.sampled_from(MEASURES), st.sampled_from([Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.ONE_OF]), st.integers(1, 5),
)  # fmt: skip
shares = st.builds(Share, st.floats(1e-6, 100).filter(bool), stripped)

leaves: st.SearchStrategy[Rule] = st.one_of(
    st.builds(_compare, paths.map(Subject), st.one_of(COMPARISONS)), fact_comparisons, currencies, done, totals,
    sequences, messages, st.builds(InSegment, slugs), consents, st.builds(Reachable, st.sampled_from(MESSAGING)),
    nears, anniversaries, coming, quantiles, shares,
)  # fmt: skip
rules: st.SearchStrategy[Rule] = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda group, parts: group(tuple(parts)),
        st.sampled_from([All, AnyOf, NoneOf]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
