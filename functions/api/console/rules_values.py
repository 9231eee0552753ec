"""Single values of a rule as fields show them, and what typing into those writes. Pure."""

import re
from typing import Any

from functions.api.console.texts.writing import scalar
from sojourn.rules.literals import LISTS, SPANS
from sojourn.rules.nodes import Op
from sojourn.rules.parse import NUMBER, WORDS

SPAN = re.compile(r"([0-9]{1,6}) (minute|hour|day|week|month)s?")
TIMES = re.compile(r"(at least|at most|exactly) ([0-9]{1,6})")
YES, NO = "true", "false"


def shown(value: Any, type_name: str = "") -> str:
    """Text as it is where the type says that it is text; else in quotes where it would be read as something else."""
    if isinstance(value, str) and (type_name == "text" or (typed(value) == value and value)):
        return value
    return "" if value is None else scalar(value)


def typed(said: str, type_name: str = "") -> Any:
    """What a field says: text, a number or a truth value."""
    said = said.strip()
    if type_name == "text":
        return said
    if len(said) > 1 and said[0] == said[-1] == '"':
        return said[1:-1]
    if NUMBER.fullmatch(said):
        return float(said)
    return WORDS[said] if said and WORDS.get(said) is not None else said


def compared(op: str, value: Any, type_name: str) -> dict[str, str]:
    """The fields of a comparison's value."""
    if op in SPANS:
        return span(value)
    if op == Op.EXISTS:
        return {"value": YES if value is True else NO}
    if op == Op.BETWEEN and isinstance(value, list) and len(value) == 2:
        return {"value": shown(value[0]), "until": shown(value[1])}
    if op in LISTS and isinstance(value, list):
        return {"value": ", ".join(shown(each, type_name) for each in value)}
    return {"value": shown(value, type_name)}


def comparison(op: str, said: dict[str, str], type_name: str) -> Any:
    """The value that these fields say."""
    value = said.get("value", "")
    if op in SPANS:
        return spanned(said) or "30 days"
    if op == Op.EXISTS:
        return value != NO
    if op == Op.BETWEEN:
        return [typed(value), typed(said.get("until", ""))]
    if op in LISTS:
        return [typed(each, type_name) for each in value.split(",") if each.strip()]
    return typed(value, type_name)


def span(value: Any) -> dict[str, str]:
    """The two fields of `30 days`."""
    found = SPAN.fullmatch(value) if isinstance(value, str) else None
    return {"amount": found[1], "unit": found[2]} if found else {"amount": "", "unit": "day"}


def spanned(said: dict[str, str]) -> str:
    """`30 days`; nothing where no number is said."""
    amount, unit = said.get("amount", "").strip(), said.get("unit", "day")
    return f"{amount} {unit}{'' if amount == '1' else 's'}" if amount else ""


def times(value: Any) -> dict[str, str]:
    """The two fields of `at least 2`."""
    if value in (None, "never"):
        return {"times": value or "", "n": ""}
    found = TIMES.fullmatch(value) if isinstance(value, str) else None
    return {"times": found[1], "n": found[2]} if found else {"times": "", "n": ""}


def timed(said: dict[str, str]) -> dict[str, Any]:
    """`times`, where it is said."""
    how, n = said.get("times", ""), said.get("n", "").strip()
    if how in ("", "never"):
        return {"times": how} if how else {}
    return {"times": f"{how} {n or 1}"}


def window(value: dict[str, Any]) -> dict[str, str]:
    """The fields of when it was."""
    if "in the last" in value:
        return {"when": "last", **span(value["in the last"])}
    if "since" in value or "until" in value:
        return {"when": "between", "since": shown(value.get("since")), "until": shown(value.get("until"))}
    return {"when": ""}


def windowed(said: dict[str, str]) -> dict[str, Any]:
    """`in the last`, or `since` and `until`."""
    if said.get("when") == "last":
        return {"in the last": spanned(said) or "30 days"}
    if said.get("when") == "between":
        return {key: said[key].strip() for key in ("since", "until") if said.get(key, "").strip()}
    return {}
