"""From the text of a cell to a value of its column's type. Pure."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sojourn.clock import iso
from sojourn.events.times import client_time

TRUE = frozenset(
    {"true", "yes", "y", "1", "on", "t", "x", "oui", "si", "ja", "subscribed", "opted in", "given"}
)
FALSE = frozenset(
    {"false", "no", "n", "0", "off", "f", "", "non", "nein", "unsubscribed", "opted out", "withdrawn"}
)
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
EPOCH = re.compile(r"[0-9]{10}([0-9]{3})?")
NO_MORE = frozenset(
    {"unsubscribed", "opted out", "opted-out", "optout", "withdrawn", "cleaned", "complained", "bounced"}
)
LIST_ENDS = re.compile(r"\s*[;|]\s*")


class ValueRefusedError(ValueError):
    """A cell that is not of its column's type; the text says what would be. `code`, where it is not about the type."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def typed(value: Any, kind: str, form: str = "") -> Any:
    """The value of a cell; what JSON typed already keeps its type where it fits."""
    return CONVERSIONS[kind](value, form)


def guess(cells: Iterable[str]) -> str:
    """The type that all of these cells are of; text when there are none."""
    filled = [cell for cell in cells if cell]
    for kind, pattern in (("number", NUMBER), ("date", DATE), ("datetime", MOMENT)):
        if filled and all(pattern.fullmatch(cell) for cell in filled):
            return kind
    words = {cell.lower() for cell in filled}
    return "boolean" if words and words <= {"true", "false"} else "text"


def is_yes(value: Any) -> bool:
    """Whether a cell says yes; what says neither yes nor no says no: consent is not guessed at."""
    return value is True or str(value).strip().lower() in TRUE


def require_yes_or_no(value: Any) -> None:
    """Someone else's word for yes would else be a person lost without a word."""
    if isinstance(value, bool) or str(value).strip().lower() in TRUE | FALSE | NO_MORE:
        return
    raise ValueRefusedError(
        f"{str(value).strip()[:40]!r} is neither yes nor no, and consent is not guessed at: write yes or no",
        "unclear_consent",
    )


def is_no_more(value: Any) -> bool:
    """Whether a cell says that somebody left: that is kept, whatever the column asked."""
    return str(value).strip().lower() in NO_MORE


def moment(value: Any, form: str = "") -> datetime:
    """When; a date alone is its midnight, no offset is UTC."""
    text = str(value).strip()
    found = _by_form(text, form) if form else _by_look(text)
    if found is None:
        wanted = (
            f"a moment like {form}"
            if form
            else 'a moment like 2026-03-01T09:30:00Z, or its format in a mapping (--map): {to: …, format: "%d.%m.%Y"}'
        )
        raise ValueRefusedError(f"must be {wanted}")
    return found


def _by_form(text: str, form: str) -> datetime | None:
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007  the next line knows
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _by_look(text: str) -> datetime | None:
    if EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC)
    if len(text) == 8 and text.isascii() and text.isdigit():  # 19970101
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return client_time(text)


def _text(value: Any, _: str) -> Any:
    return value.strip() if isinstance(value, str) else value


def _number(value: Any, _: str) -> int | float:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    try:
        return int(text) if text.lstrip("+-").isdigit() and len(text) < 20 else _finite(text)
    except ValueError:
        raise ValueRefusedError("must be a number like 12.50") from None


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0 or "_" in text:  # infinite, not a number, or Python's own spelling
        raise ValueError(text)
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _boolean(value: Any, _: str) -> bool:
    word = str(value).strip().lower()
    if word not in TRUE | FALSE:
        raise ValueRefusedError("must be true or false")
    return word in TRUE


def _date(value: Any, form: str) -> str:
    return moment(value, form).date().isoformat()


def _datetime(value: Any, form: str) -> str:
    return iso(moment(value, form))


def _list(value: Any, _: str) -> list[Any]:
    if isinstance(value, list):
        return value
    return [part for part in LIST_ENDS.split(str(value).strip()) if part]


CONVERSIONS: dict[str, Callable[[Any, str], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "list": _list,
}
