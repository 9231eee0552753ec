"""What stands behind a key of a rule, as the value that a node takes; ValueError says why it is none. Pure."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sojourn.rules.fields import as_flag, as_items, as_text
from sojourn.rules.literals import LISTS, MOMENTS, NUMBERS, SPANS, TEXTS, moment_of
from sojourn.rules.nodes import Op, Times
from sojourn.rules.spans import WORDS, Span, SpanUnit
from sojourn.rules.tree import Node, Scalar, Sequence

LONGEST_TEXT = 1_000
LONGEST_EVENT = 200
LONGEST_PATH = 10
MOST_VALUES = 500
FIRST_YEAR, LAST_YEAR = 1900, 9990  # a time zone or a span may not carry a date out of the calendar
SLUG = re.compile(r"[a-z0-9-]{1,40}")
TEMPLATE = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)
TIMES = re.compile(r"(at least|at most|exactly) +([0-9]{1,6})(?: times?)?")
DISTANCE = re.compile(r"([0-9]{1,9}(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?) *(m|metres?|meters?|km|mi|miles?)")
METRES = {"km": 1_000.0, "mi": 1_609.344}
FURTHEST = 20_038_000  # half round the Earth
PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?(?:e-[0-9]+)?) *(?:%|percent)?")
NO_PATH: tuple[str, ...] = ("",)
MESSAGING = ("email", "sms")
A_DAY = Span(1, SpanUnit.DAY)


def as_scalar(node: Node) -> str | float | bool:
    """A text as it is written, a number, or a truth value."""
    if not isinstance(node, Scalar):
        raise ValueError("one value is wanted")
    if node.value is None:
        raise ValueError("nothing equals nothing; ask with `exists: false`")
    if isinstance(node.value, float):
        return as_number(node)
    if isinstance(node.value, str) and len(node.value) > LONGEST_TEXT:
        raise ValueError(f"{LONGEST_TEXT} characters are the most")
    return node.value


def as_scalars(node: Node) -> tuple[str | float | bool, ...]:
    """A list of values."""
    nodes = as_items(node)
    if len(nodes) > MOST_VALUES:
        raise ValueError(f"{MOST_VALUES} values are the most")
    return tuple(as_scalar(each) for each in nodes)


def as_part(node: Node) -> str | float | bool:
    """What a text or list is asked to contain."""
    part = as_scalar(node)
    if part == "":
        raise ValueError("every text contains it")
    return part


def as_piece(node: Node) -> str:
    """What a text is asked to begin or end with."""
    text = as_text(node)
    piece = as_scalar(node)
    return piece if isinstance(piece, str) else text


def as_number(node: Node) -> float:
    """A number; whole ones as such."""
    number = node.value if isinstance(node, Scalar) else None
    if not isinstance(number, float):
        raise ValueError("a number is wanted")
    if not math.isfinite(number) or abs(number) > 1e300:
        raise ValueError("it is too large")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def as_whole(least: int, most: int) -> Callable[[Node], int]:
    """A reader of whole numbers within bounds."""

    def read(node: Node) -> int:
        number = as_number(node)
        if not isinstance(number, int) or not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most} is wanted")
        return number

    return read


def as_day(node: Node) -> date:
    """A day, or a moment in UTC."""
    text = as_text(node)
    if not MOMENT.fullmatch(text):
        raise ValueError("a date or a time with its offset is wanted, such as 2026-11-21T10:00:00Z")
    try:
        found = moment_of(text)
    except (ValueError, OverflowError):
        raise ValueError("no such day or time") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"years go from {FIRST_YEAR} to {LAST_YEAR}")
    return found


def as_moment(node: Node) -> datetime:
    """A moment; a day alone begins at midnight UTC."""
    found = as_day(node)
    return found if isinstance(found, datetime) else datetime(found.year, found.month, found.day, tzinfo=UTC)


def as_ends(node: Node) -> tuple[Any, Any]:
    """The two ends of `between`: numbers, or days and moments."""
    nodes = as_items(node)
    if len(nodes) != 2:
        raise ValueError("two ends are wanted")
    is_number = isinstance(nodes[0], Scalar) and isinstance(nodes[0].value, float)
    read: Callable[[Node], Any] = as_number if is_number else as_day
    low, high = read(nodes[0]), read(nodes[1])
    if (low > high) if type(low) is type(high) or is_number else False:
        raise ValueError("the first is beyond the second, so nothing lies between")
    return low, high


def as_numbers(node: Node) -> tuple[float, float]:
    """The two ends of `between` where only numbers are compared."""
    ends = as_ends(node)
    if not isinstance(ends[0], int | float):
        raise ValueError("two numbers are wanted")
    return ends


def as_span(node: Node) -> Span:
    """A span of time."""
    text = node.written.strip() if isinstance(node, Scalar) else ""
    found = WORDS.fullmatch(text)
    if found is None and "year" in text:
        raise ValueError("a year is 12 months")
    if found is None:
        raise ValueError("a whole number of minutes, hours, days, weeks or months is wanted")
    try:
        return Span.from_text(text)
    except ValueError:
        pass
    raise ValueError("a hundred years are the most" if int(found[1]) else "a time of nothing; 1 is the least")


def as_days(node: Node) -> Span:
    """A span of days that lie within a year."""
    span = as_span(node)
    if span.unit in {SpanUnit.MINUTE, SpanUnit.HOUR} or span.longest.days > 373:
        raise ValueError("days, weeks or months within a year are wanted")
    return span


def as_path(node: Node) -> tuple[str, ...]:
    """The way to a value: `address.city`, or `["a.b"]` for a name with a dot in it."""
    path = tuple(map(_name, as_items(node)) if isinstance(node, Sequence) else as_text(node).split("."))
    if not all(path):
        raise ValueError("a name in it is empty")
    if len(path) > LONGEST_PATH or any(len(name) > LONGEST_EVENT for name in path):
        raise ValueError(f"{LONGEST_PATH} names of {LONGEST_EVENT} characters are the most")
    return path


def path_of_key(text: str) -> tuple[str, ...]:
    """The way that a key of `where` names."""
    return as_path(Scalar(text, text, 0))


def as_times(node: Node) -> tuple[Times, int]:
    """`at least 2`, `at most 3`, `exactly 1` or `never`."""
    text = as_text(node)
    if text == "never":
        return Times.AT_MOST, 0
    found = TIMES.fullmatch(text)
    if found is None:
        raise ValueError("`at least 2`, `at most 3`, `exactly 1` or `never` is wanted")
    times, n = Times(found[1]), int(found[2])
    if times is Times.AT_LEAST and n == 0:
        raise ValueError("that is always so")
    return times, n


def as_event(node: Node) -> str:
    """The name of an event, or of a journey's step."""
    text = as_text(node)
    if len(text) > LONGEST_EVENT:
        raise ValueError(f"{LONGEST_EVENT} characters are the most")
    if not text.isprintable():
        raise ValueError("it has control characters or line breaks in it")
    return text


def as_slug(node: Node) -> str:
    """The name of a segment, a journey or a topic."""
    return _matching(as_text(node), SLUG, "1 to 40 of a-z, 0-9 and - are wanted")


def as_template(node: Node) -> str:
    """The name of a template."""
    return _matching(as_text(node), TEMPLATE, "1 to 64 of A-Z, a-z, 0-9, _ and - are wanted")


def as_metres(node: Node) -> float:
    """A distance."""
    found = DISTANCE.fullmatch(as_text(node))
    if found is None:
        raise ValueError("a number of m, km or miles is wanted")
    metres = float(found[1]) * METRES.get(found[2].removesuffix("les").removesuffix("le"), 1.0)
    if not 0 < metres <= FURTHEST:
        raise ValueError("more than nothing, and less than half round the Earth is wanted")
    return metres


def as_percent(node: Node) -> float:
    """`10 percent`, `10%` or 10."""
    if isinstance(node, Scalar) and isinstance(node.value, float):
        percent = float(node.value)
    else:
        found = PERCENT.fullmatch(as_text(node))
        percent = float(found[1]) if found else 0.0
    if not 0 < percent <= 100:
        raise ValueError("more than 0 and at most 100 percent are wanted")
    return percent


def one_of(words: tuple[str, ...]) -> Callable[[Node], str]:
    """A reader of one of these words."""

    def read(node: Node) -> str:
        word = node.value if isinstance(node, Scalar) else None
        if not isinstance(word, str) or word not in words:
            raise ValueError(f"one of {', '.join(words)} is wanted")
        return word

    return read


def _name(node: Node) -> str:
    """A name as it is written, spaces and all."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        raise ValueError("names in quotes are wanted")
    return node.value


def _matching(text: str, pattern: re.Pattern[str], why: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(why)
    return text


# What an operator takes, with an example of it.
OPERANDS: dict[Op, tuple[Callable[[Node], Any], str]] = {
    Op.IS: (as_scalar, "pro"),
    Op.IS_NOT: (as_scalar, "pro"),
    **dict.fromkeys(LISTS, (as_scalars, "[pro, team]")),
    Op.CONTAINS: (as_part, "pro"),
    Op.CONTAINS_NOT: (as_part, "pro"),
    **dict.fromkeys(TEXTS, (as_piece, "pro")),
    **dict.fromkeys(NUMBERS, (as_number, "10")),
    Op.BETWEEN: (as_ends, "[10, 20]"),
    **dict.fromkeys(MOMENTS, (as_day, "2026-11-21")),
    **dict.fromkeys(SPANS, (as_span, "30 days")),
    Op.EXISTS: (as_flag, "true"),
}
