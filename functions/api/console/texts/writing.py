"""Values as this house writes them in YAML: steps in blocks, what is small in one line."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from functions.api.console.texts.places import UneditableError
from sojourn.rules.parse import NUMBER, WORDS

# What a step begins with; a mapping that does is never written in one line of a block.
KINDS = frozenset(
    (
        "send",
        "wait",
        "wait for",
        "branch",
        "split",
        "repeat",
        "update",
        "call",
        "task",
        "start",
        "end",
        "exit",
    )
)
WIDEST = 72  # characters that a small value may take
LONGEST_KEY = 500
PLAIN = re.compile(r"[\w/+$(](?:[\w/.+$()%@~;=<>!*&'|^ -]|[^\x00-\xa0]|:(?=[\w/]))*")
PLAIN_ALONE = re.compile(r"[\w/+$(](?:[\w/.+$()%@~;=<>!*&'|^ ,?-]|[^\x00-\xa0]|:(?=[\w/]))*")
ODD = re.compile(
    "[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\xa0\u2028\u2029\u200b\u3000\ufeff]"
)
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a text is laid out: its indentation, and whether blank lines stand between its steps."""

    mapping: int = 2
    sequence: int = 2
    is_spaced: bool = False
    is_json: bool = False


def flow(value: Any, *, is_json: bool = False) -> str:
    """The value in one line: `{event: Signed Up}`."""
    if isinstance(value, dict):
        said = (
            f"{key_text(name, is_json=is_json)}: {flow(each, is_json=is_json)}"
            for name, each in value.items()
        )
        return "{" + ", ".join(said) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each, is_json=is_json) for each in value) + "]"
    return scalar(value, in_flow=True, is_json=is_json)


def block(value: Any, shape: Shape) -> list[str]:
    """The value in lines of its own, from the margin."""
    if isinstance(value, dict) and value:
        return [line for name, each in value.items() for line in entry(name, each, shape)]
    if isinstance(value, list) and value:
        return _items(value, shape)
    return [flow(value) if isinstance(value, dict | list) else scalar(value)]


def entry(name: str, value: Any, shape: Shape) -> list[str]:
    """A key with its value."""
    head = key_text(name) + ":"
    if is_inline(value):
        return [f"{head} {inline(value)}"]
    if isinstance(value, str):
        return [f"{head} {literal_head(value)}", *_indented(value.rstrip("\n").split("\n"), shape.mapping)]
    step = shape.sequence if isinstance(value, list) else shape.mapping
    return [head, *_indented(block(value, shape), step)]


def item(value: Any, shape: Shape) -> list[str]:
    """An item of a list, with its dash."""
    if is_inline(value):
        return [f"- {inline(value)}"]
    if isinstance(value, str):
        return [f"- {literal_head(value)}", *_indented(value.rstrip("\n").split("\n"), shape.mapping)]
    first, *rest = block(value, shape)
    return [f"- {first}", *_indented(rest, 2)]


def is_inline(value: Any) -> bool:
    """Whether the value is written beside its key."""
    if isinstance(value, str):
        return not _is_literal(value)
    if not isinstance(value, dict | list):
        return True
    return not _has_blocks(value) and len(flow(value)) <= WIDEST


def inline(value: Any) -> str:
    """What stands beside a key or a dash."""
    return flow(value) if isinstance(value, dict | list) else scalar(value)


def scalar(value: Any, *, in_flow: bool = False, is_json: bool = False, style: str = "") -> str:
    """A single value: bare where it reads the same, in quotes where it must; `style` is the quote that it had."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, str):
        raise UneditableError(1, f"a {type(value).__name__} cannot be written", "say it as text or a number")
    if is_json or style == '"':
        return quoted(value)
    if style == "'" and not ODD.search(value) and "\n" not in value:
        return "'" + value.replace("'", "''") + "'"
    return value if _is_plain(value, in_flow=in_flow) else quoted(value)


def key_text(name: str, *, is_json: bool = False) -> str:
    """A key: bare where it may be."""
    if len(name) > LONGEST_KEY:
        raise UneditableError(1, f"a key of {len(name)} characters", f"use at most {LONGEST_KEY}")
    is_bare = PLAIN.fullmatch(name) and not ODD.search(name) and name == name.strip()
    return name if is_bare and not is_json else quoted(name)


def quoted(text: str) -> str:
    """Text in double quotes, whatever stands in it."""
    if SURROGATE.search(text):
        raise UneditableError(1, "half of a character (a lone surrogate)", "type the text anew")
    return ODD.sub(_escaped, json.dumps(text, ensure_ascii=False))


def literal_head(text: str) -> str:
    """The sign before lines that are taken as they are."""
    return "|" if text.endswith("\n") else "|-"


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise UneditableError(1, f"{value} is no number", "write one with digits")
    return repr(int(value) if value == int(value) and abs(value) < 1e15 else value)


def _is_plain(text: str, *, in_flow: bool) -> bool:
    if text in WORDS or NUMBER.fullmatch(text) or text != text.strip() or len(text) > 400:
        return False
    allowed = PLAIN if in_flow else PLAIN_ALONE
    return bool(allowed.fullmatch(text)) and not ODD.search(text)


def _is_literal(text: str) -> bool:
    """Whether text of several lines can stand as it is, in lines of its own."""
    body = text.removesuffix("\n")
    if "\n" not in text or not body.strip() or ODD.search(body.replace("\n", "")) or "\t" in text:
        return False
    return body == body.rstrip() and not body.startswith((" ", "\n"))


def _has_blocks(value: Any) -> bool:
    if isinstance(value, dict):
        first = next(iter(value), "").replace("_", " ")
        return first in KINDS or any(map(_has_blocks, value.values()))
    if isinstance(value, list):
        return any(map(_has_blocks, value))
    return isinstance(value, str) and _is_literal(value)


def _items(value: list[Any], shape: Shape) -> list[str]:
    lines: list[str] = []
    for number, each in enumerate(value):
        if number and shape.is_spaced and isinstance(each, dict) and not is_inline(each):
            lines.append("")
        lines += item(each, shape)
    return lines


def _indented(lines: list[str], by: int) -> list[str]:
    return [f"{' ' * by}{line}" if line else line for line in lines]
