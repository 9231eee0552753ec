"""What stands behind a key of a journey, as the value that the model takes; ValueError says why it is none. Pure."""

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from sojourn.consent.model import MESSAGING, Channel
from sojourn.journeys.language.times import CLOCK, Clock, Duration, Hours, Unit
from sojourn.rules.fields import as_text
from sojourn.rules.read_values import as_moment, as_number, as_percent
from sojourn.rules.tree import Mapping as MappingNode
from sojourn.rules.tree import Node, Scalar, Sequence

A_DAY = Duration(1, Unit.DAY)
BY_DAY = Hours(time(9), time(20))  # stands in for hours that could not be read
MIDNIGHT = time(0)
LONGEST_PROPERTY = 200
LONGEST_WORDS = 500
SECONDS = re.compile(r"([0-9]{1,6}) *(second|minute)s?")
TIME = re.compile(CLOCK)
MOST_VALUES = 200


def as_duration(node: Node) -> Duration:
    """How long."""
    try:
        duration = Duration.from_text(as_text(node))
    except ValueError:
        raise ValueError("a whole number of minutes, hours, days or weeks is wanted") from None
    if duration.amount == 0:
        raise ValueError("a wait of nothing")
    return duration


def as_per(node: Node) -> Duration:
    """The same, and `day` for `1 day`."""
    word = node.written.strip() if isinstance(node, Scalar) else ""
    return Duration(1, Unit(word)) if word in set(Unit) else as_duration(node)


def as_seconds(least: int, most: int) -> Callable[[Node], int]:
    """A reader of `10 seconds`."""

    def read(node: Node) -> int:
        found = SECONDS.fullmatch(as_text(node))
        seconds = int(found[1]) * (60 if found[2] == "minute" else 1) if found else 0
        if not least <= seconds <= most:
            raise ValueError(f"{least} to {most} seconds are wanted")
        return seconds

    return read


def as_hours(node: Node) -> Hours:
    """Hours of the day, on all days or some."""
    text = as_text(node)
    try:
        return Hours.from_text(text)
    except ValueError:
        if "/" in text or re.search(r"\b(UTC|GMT)\b", text):
            raise ValueError("hours are in the contact's own time zone") from None
        raise ValueError("two times from 00:00 to 23:59 are wanted, after days such as mon-fri") from None


def as_clock(node: Node) -> Clock:
    """`09:00`, `monday` or `monday 09:00`."""
    try:
        return Clock.from_text(as_text(node))
    except ValueError:
        raise ValueError("a time such as 09:00, a weekday, or both are wanted") from None


def as_time(node: Node) -> time:
    """`09:00`."""
    found = TIME.fullmatch(as_text(node))
    if found is None:
        raise ValueError("a time from 00:00 to 23:59 is wanted")
    return time(int(found[1]), int(found[2]))


def as_instant(node: Node) -> datetime:
    """A moment to the millisecond; a day begins at midnight UTC."""
    moment = as_moment(node)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def as_share(node: Node) -> float:
    """A share in percent, with two decimals at most, so that shares can be added up."""
    percent = as_percent(node)
    if round(percent, 2) != percent:
        raise ValueError("two decimals are the most")
    return percent


def as_channel(node: Node) -> Channel:
    """By which a message goes."""
    text = as_text(node)
    if text not in MESSAGING:
        raise ValueError(f"a channel is one of {', '.join(MESSAGING)}")
    return Channel(text)


def as_property(node: Node) -> str:
    """The name of a property of an event."""
    text = as_text(node)
    if len(text) > LONGEST_PROPERTY or not text.isprintable():
        raise ValueError(f"up to {LONGEST_PROPERTY} plain characters are wanted")
    return text


def as_words(node: Node) -> str:
    """A line of prose."""
    text = as_text(node)
    if len(text) > LONGEST_WORDS:
        raise ValueError(f"{LONGEST_WORDS} characters are the most")
    if not text.isprintable():
        raise ValueError("it has control characters or line breaks in it")
    return text


def as_json(node: Node) -> Any:
    """Any value, as JSON has it; whole numbers as such."""
    if isinstance(node, Sequence):
        return [as_json(each) for each in node.items]
    if isinstance(node, MappingNode):
        return {name: as_json(value) for name, value in as_pairs(node)}
    return as_number(node) if isinstance(node.value, float) else node.value


def as_pairs(node: Node) -> list[tuple[str, Node]]:
    """The names of a mapping with what stands behind them; each once."""
    if not isinstance(node, MappingNode):
        raise ValueError("names and values are wanted")
    pairs = [(key.written, value) for key, value in node.entries]
    names = [name for name, _ in pairs]
    if not names:
        raise ValueError("it is empty")
    if len(names) > MOST_VALUES:
        raise ValueError(f"{MOST_VALUES} names are the most")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"'{twice[:40]}' comes twice")
    if not all(name.strip() and len(name) <= LONGEST_PROPERTY for name in names):
        raise ValueError(f"names of 1 to {LONGEST_PROPERTY} characters are wanted")
    return pairs


def as_data(node: Node) -> tuple[tuple[str, Any], ...]:
    """Names with values of any kind."""
    return tuple((name, as_json(value)) for name, value in as_pairs(node))


def as_match(node: Node) -> tuple[tuple[str, str], ...]:
    """`{cart_id: cart_id}`: a property of this event, and one of the entry's; `cart_id` when both are called so."""
    if isinstance(node, Scalar):
        name = as_property(node)
        return ((name, name),)
    return tuple((name, as_property(value)) for name, value in as_pairs(node))
