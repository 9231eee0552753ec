"""Rules in plain English, a line a node. Pure.

say(rule)    did Order Completed at least 2 times in the last 30 days
outline(…)   the whole rule, parts below what they are parts of
sentence(…)  the whole rule in one line
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sojourn.rules.findings import printable
from sojourn.rules.literals import said
from sojourn.rules.nodes import (
    All,
    Anniversary,
    AnyOf,
    Compare,
    Consented,
    Done,
    InSegment,
    Match,
    Messaged,
    Near,
    NoneOf,
    Op,
    Quantile,
    Reachable,
    Rule,
    Sequence,
    Share,
    Subject,
    Test,
    Times,
    Total,
    Window,
)

LONGEST = 200
LONGEST_SENTENCE = 1_000
FACTS = {
    "created_at": "first heard of", "last_seen": "last seen", "first_order": "first order", "last_order": "last order",
    "orders": "number of orders", "value": "value of orders", "last_open": "last open", "last_click": "last click",
}  # fmt: skip
LABELS = {"tags": "the tag", "lists": "the list", "groups": "the group"}
LABELLED = {Op.CONTAINS: "has", Op.CONTAINS_NOT: "does not have"}
QUANTILES = {
    "recency": "how lately they bought",
    "frequency": "how often they bought",
    "monetary": "what they spent",
}


def say(rule: Rule) -> str:
    """One line about one node."""
    return printable(_said(rule), LONGEST)


def outline(rule: Rule, depth: int = 0) -> Iterator[str]:
    """The rule line by line, two spaces further in for each level."""
    yield f"{'  ' * depth}{say(rule)}"
    if isinstance(rule, All | AnyOf | NoneOf):
        for part in rule.parts:
            yield from outline(part, depth + 1)


def sentence(rule: Rule) -> str:
    """The whole rule in one line, cut where it grows too long to be read."""
    return printable(_in_one(rule, is_part=False), LONGEST_SENTENCE)


def _in_one(rule: Rule, *, is_part: bool = True) -> str:
    match rule:
        case NoneOf((part,)):
            return f"not ({_in_one(part, is_part=False)})"
        case NoneOf(parts):
            return f"none of ({', or '.join(map(_in_one, parts))})"
        case All((part,)) | AnyOf((part,)):
            return _in_one(part, is_part=is_part)
        case All(parts) | AnyOf(parts):
            joined = (" and " if isinstance(rule, All) else " or ").join(map(_in_one, parts))
            return f"({joined})" if is_part else joined
    return _said(rule)


def _said(rule: Rule) -> str:  # noqa: C901 (one line a node)
    match rule:
        case All():
            return "all of these"
        case AnyOf():
            return "at least one of these"
        case NoneOf(parts):
            return "not this" if len(parts) == 1 else "none of these"
        case Compare(subject, op, value) if subject.is_fact and subject.name in LABELS and op in LABELLED:
            return f"{LABELLED[op]} {LABELS[subject.name]} {_value(value)}"
        case Compare():
            return _compared(_subject(rule.subject), rule.op, rule.value)
        case Done():
            return f"{_counted('did', _match(rule.match), rule.times, rule.n)}{_window(rule.window)}"
        case Total():
            what = f"{rule.measure} of {'.'.join(rule.property)} in {_match(rule.match)}"
            return f"{_compared(what, rule.op, rule.value)}{_window(rule.window)}"
        case Sequence():
            both = f"did {_match(rule.first)}, and {_match(rule.then)} within {rule.within}"
            return f"{both}{_window(rule.window)}"
        case Messaged():
            return _messaged(rule)
        case InSegment():
            return f"is in the segment {rule.name}"
        case Consented():
            topic = f" about {rule.topic}" if rule.topic else ""
            return f"consent to {rule.purpose} by {rule.channel}{topic} is {rule.status}"
        case Reachable():
            return f"can be reached by {rule.channel}"
        case Near():
            point = f"{rule.latitude:g}, {rule.longitude:g}"
            return f"{rule.subject} is within {_distance(rule.metres)} of {point}"
        case Anniversary():
            when = f"is {rule.season}" if rule.season else f"comes in the next {rule.next}"
            if rule.days:
                is_over, days = rule.days > 0, abs(rule.days)
                when = f"was {days} days ago" if is_over else f"is to come {days} days from today"
            return f"the day of {_subject(rule.subject)} {when}".replace("is this", "is in this")
        case Quantile():
            measure = f"stands by {QUANTILES.get(rule.measure, rule.measure)}"
            return f"{measure} in part {_value_of(rule.op, rule.value)} of {rule.of}"
        case Share():
            return f"is among a random {rule.percent:g} percent ({rule.seed})"


def _subject(subject: Subject) -> str:
    if not subject.is_fact:
        return str(subject)
    currency = f" in {subject.path[1]}" if len(subject.path) > 1 else ""
    return FACTS.get(subject.name, subject.name) + currency


def _compared(what: str, op: Op, value: Any) -> str:
    if op is Op.EXISTS:
        return f"{what} is {'known' if value else 'not known'}"
    if op in {Op.CONTAINS, Op.CONTAINS_NOT, Op.STARTS_WITH, Op.ENDS_WITH}:
        return f"{what} {op} {_value(value)}"
    if op in {Op.IS, Op.IS_NOT, Op.ONE_OF, Op.NOT_ONE_OF}:
        return f"{what} {op} {_value(value)}"
    if op is Op.AFTER:
        return f"{what} is at or after {_value(value)}"
    return f"{what} is {op} {_value(value)}"


def _value_of(op: Op, value: Any) -> str:
    return _value(value) if op in {Op.IS, Op.ONE_OF} else f"{op} {_value(value)}"


def _value(value: Any) -> str:
    match value:
        case tuple():
            return " and ".join(map(_value, value)) if len(value) == 2 else ", ".join(map(_value, value))
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}'"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case date():
            return value.isoformat()
    return str(said(value))


def _match(match: Match) -> str:
    tests = " and ".join(map(_test, match.where))
    return f"{match.name} with {tests}" if tests else match.name


def _test(test: Test) -> str:
    return _compared(".".join(test.path), test.op, test.value)


def _counted(verb: str, what: str, times: Times, n: int) -> str:
    if n == 0 and times is not Times.AT_LEAST:
        return f"never {verb} {what}"
    if n == 1 and times is Times.AT_LEAST:
        return f"{verb} {what}"
    return f"{verb} {what} {times} {n} time{'' if n == 1 else 's'}"


def _messaged(rule: Messaged) -> str:
    by = f" by {rule.channel}" if rule.channel else ""
    of = f" of the journey {rule.journey}" if rule.journey else ""
    at = f" at the step '{rule.step}'" if rule.step else ""
    made = f" from {rule.template}" if rule.template else ""
    without = f" not {rule.without} within {rule.within}" if rule.without else ""
    verb = {"sent": "was sent", "delivered": "was delivered"}.get(rule.state, rule.state)
    said = _counted(verb, f"a message{by}{of}{at}{made}{without}", rule.times, rule.n)
    return f"{said}{_window(rule.window)}"


def _window(window: Window) -> str:
    if window.last:
        return f" in the last {window.last}"
    since = f" since {_value(window.since)}" if window.since else ""
    until = f" until {_value(window.until)}" if window.until else ""
    return f"{since}{until}"


def _distance(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
