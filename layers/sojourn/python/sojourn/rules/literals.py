"""The values of a rule's nodes as JSON, and back. Pure."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sojourn.rules.nodes import Op
from sojourn.rules.spans import Span

EXACT = 2**53  # up to here a float knows its whole numbers

SCALARS = frozenset({Op.IS, Op.IS_NOT, Op.CONTAINS, Op.CONTAINS_NOT})
LISTS = frozenset({Op.ONE_OF, Op.NOT_ONE_OF})
TEXTS = frozenset({Op.STARTS_WITH, Op.ENDS_WITH})
NUMBERS = frozenset({Op.OVER, Op.AT_LEAST, Op.UNDER, Op.AT_MOST})
MOMENTS = frozenset({Op.BEFORE, Op.AFTER})
SPANS = frozenset({Op.IN_THE_LAST, Op.IN_THE_NEXT})


def said(value: Any) -> Any:
    """A value of a node as JSON."""
    match value:
        case tuple():
            return [said(each) for each in value]
        case float() if value.is_integer() and abs(value) < EXACT:
            return int(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Span():
            return str(value)
    return value


def path_said(path: tuple[str, ...]) -> str | list[str]:
    """`address.city`; the list where the text would mean another path."""
    text = ".".join(path)
    plain = all(path) and text.strip() == text and not any("." in name for name in path)
    return text if plain else list(path)


def path_of(said: str | list[str]) -> tuple[str, ...]:
    """The path that `path_said` wrote."""
    return tuple(said.split(".")) if isinstance(said, str) else tuple(said)


def moment_of(text: str) -> date:
    """A day, or a moment in UTC; ValueError when it is neither, or a time without its offset."""
    if len(text) == len("2026-11-21"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def value_of(op: Op, said: Any) -> Any:
    """The value that `said` wrote for this operator."""
    return FROM_JSON.get(op, _same)(said)


def _same(said: Any) -> Any:
    return said


def _end(said: Any) -> Any:
    return moment_of(said) if isinstance(said, str) else said


FROM_JSON: dict[Op, Callable[[Any], Any]] = {
    **dict.fromkeys(LISTS, tuple),
    **dict.fromkeys(MOMENTS, moment_of),
    **dict.fromkeys(SPANS, Span.from_text),
    Op.BETWEEN: lambda said: tuple(_end(each) for each in said),
}
