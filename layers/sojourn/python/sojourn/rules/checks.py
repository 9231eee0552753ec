"""Comparisons of what lies under a name with what a rule wants, as functions of all there is. Pure.

The lookup is part of each, for they are asked of every contact: a call less is a third of the time.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sojourn.rules.nodes import Op
from sojourn.rules.values import folded, is_number, is_same, nfc

Values = Mapping[str, Any]
Check = Callable[[Values], bool]


def _is(name: str, wanted: Any) -> Check:
    if isinstance(wanted, str):
        return _is_text(name, nfc(wanted))
    if isinstance(wanted, bool):
        return lambda values: values.get(name) is wanted
    return lambda values: is_same(values.get(name), wanted)


def _is_text(name: str, text: str) -> Check:
    def check(values: Values) -> bool:
        value = values.get(name)
        return value == text or (value.__class__ is str and not value.isascii() and nfc(value) == text)

    return check


def _one_of(name: str, wanted: Any) -> Check:
    choices = _parts(wanted)
    texts = frozenset(nfc(each) for each in choices if isinstance(each, str))
    others = tuple(each for each in choices if not isinstance(each, str))

    def check(values: Values) -> bool:
        value = values.get(name)
        if value.__class__ is str:
            return value in texts or (not value.isascii() and nfc(value) in texts)
        return any(is_same(value, each) for each in others)

    return check


def _contains(name: str, wanted: Any) -> Check:
    """A text within a text, or one element of a list; neither minds case."""
    text = folded(wanted) if isinstance(wanted, str) else None

    def is_it(value: Any) -> bool:
        return is_same(value, wanted) if text is None else isinstance(value, str) and folded(value) == text

    def check(values: Values) -> bool:
        value = values.get(name)
        if isinstance(value, str):
            return text is not None and text in folded(value)
        return isinstance(value, list | tuple) and any(map(is_it, value))

    return check


def _starts(name: str, wanted: Any) -> Check:
    text = folded(f"{wanted}")
    return lambda values: isinstance(value := values.get(name), str) and folded(value).startswith(text)


def _ends_with(name: str, wanted: Any) -> Check:
    text = folded(f"{wanted}")
    return lambda values: isinstance(value := values.get(name), str) and folded(value).endswith(text)


def _over(name: str, wanted: Any) -> Check:
    def check(values: Values) -> bool:
        kind = (value := values.get(name)).__class__
        return (kind is int or kind is float) and value > wanted

    return check if is_number(wanted) else _never


def _at_least(name: str, wanted: Any) -> Check:
    def check(values: Values) -> bool:
        kind = (value := values.get(name)).__class__
        return (kind is int or kind is float) and value >= wanted

    return check if is_number(wanted) else _never


def _under(name: str, wanted: Any) -> Check:
    def check(values: Values) -> bool:
        kind = (value := values.get(name)).__class__
        return (kind is int or kind is float) and value < wanted

    return check if is_number(wanted) else _never


def _at_most(name: str, wanted: Any) -> Check:
    def check(values: Values) -> bool:
        kind = (value := values.get(name)).__class__
        return (kind is int or kind is float) and value <= wanted

    return check if is_number(wanted) else _never


def _between(name: str, wanted: Any) -> Check:
    low, high = ends_of(wanted)

    def check(values: Values) -> bool:
        kind = (value := values.get(name)).__class__
        return (kind is int or kind is float) and low <= value <= high

    return check


def _exists(name: str, wanted: Any) -> Check:
    if wanted:
        return lambda values: values.get(name) is not None
    return lambda values: values.get(name) is None


def _never(values: Values) -> bool:
    return False


def _parts(wanted: Any) -> tuple[Any, ...]:
    return tuple(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else (wanted,)


def ends_of(wanted: Any) -> tuple[Any, Any]:
    """Both ends of `between`; None for what is no pair."""
    parts = _parts(wanted)
    return (parts[0], parts[1]) if len(parts) == 2 else (None, None)


MAKERS: dict[Op, Callable[[str, Any], Check]] = {
    Op.IS: _is,
    Op.ONE_OF: _one_of,
    Op.CONTAINS: _contains,
    Op.STARTS_WITH: _starts,
    Op.ENDS_WITH: _ends_with,
    Op.OVER: _over,
    Op.AT_LEAST: _at_least,
    Op.UNDER: _under,
    Op.AT_MOST: _at_most,
    Op.BETWEEN: _between,
    Op.EXISTS: _exists,
}
