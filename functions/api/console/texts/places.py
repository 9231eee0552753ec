"""Where each value of a text stands, beside what it means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from sojourn.rules.parse import LOADER, PAIR, parse
from sojourn.rules.tree import MalformedError, Mapping, Node, Scalar

Path = tuple[str | int, ...]

COMMENTS_ALONE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?(?:\n|\Z))*\Z")
BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")  # what YAML takes for ends of lines and editors do not
BETWEEN = re.compile(r"(?:\s|(?<![^\s,\[{])#[^\n]*)*")


class UneditableError(ValueError):
    """A text, or a place in it, that no edit by form can change; says where and the way out."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"line {line}: {problem}; {remedy}")
        self.line = line
        self.problem = problem
        self.remedy = remedy


@dataclass(slots=True)
class Key:
    """A key of a mapping, as it is written."""

    name: str
    start: int
    end: int


@dataclass(slots=True)
class Spot:
    """A value and its place: from its first character to behind its last, comments and blank lines not counted."""

    value: Any
    start: int
    end: int
    is_flow: bool = False
    style: str = ""
    keys: list[Key] = field(default_factory=list)
    items: "list[Spot]" = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        """Whether it is a list or a mapping that indentation holds together."""
        return isinstance(self.value, list | dict) and not self.is_flow

    def find(self, key: str | int) -> int | None:
        """Which of its items that is; a name may be written with spaces or underscores."""
        if isinstance(self.value, list) and isinstance(key, int):
            return key if 0 <= key < len(self.items) else None
        if not isinstance(self.value, dict) or not isinstance(key, str):
            return None
        names = [each.name for each in self.keys]
        alike = [*(number for number, name in enumerate(names) if name == key)]
        alike = alike or [number for number, name in enumerate(names) if plainly(name) == plainly(key)]
        return alike[-1] if alike else None


def plainly(name: str) -> str:
    """One spelling of a name for both."""
    return name.replace("_", " ")


def read(text: str) -> Any:
    """What the text says in plain values, words as journeys and segments read them; None where it says nothing."""
    spot = spotted(text)
    return None if spot is None else spot.value


def line_of(text: str, path: Path) -> int:
    """The line on which the value at this path begins, or its nearest parent that is there; the first is 1."""
    spot, start = spotted(text), 0
    for key in path:
        number = spot.find(key) if spot else None
        if spot is None or number is None:
            break
        start = spot.keys[number].start if spot.keys else spot.items[number].start
        spot = spot.items[number]
    return text.count("\n", 0, start) + 1


def spotted(text: str) -> Spot | None:
    """The document's value with all places in it; None where there are only comments."""
    if COMMENTS_ALONE.match(text.removeprefix("\ufeff")):
        return None
    try:
        tree = parse(text.removeprefix("\ufeff"))
    except MalformedError as error:
        raise UneditableError(error.line, error.problem, error.remedy) from error
    builder = _Builder(text, iter(_scalars(tree)), len(text) - len(text.removeprefix("\ufeff")))
    for event in yaml.parse(_as_long(text.removeprefix("\ufeff")), Loader=LOADER):
        builder.take(event)
    return builder.root


def refuse_odd_breaks(text: str) -> None:
    """Edits go by lines: what YAML takes for the end of one must be one to everybody."""
    if found := BREAKS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        problem = f"the character U+{ord(found[0]):04X} ends a line in YAML and nowhere else"
        raise UneditableError(line, problem, "type the line anew, or save the text with usual line ends")


def next_token(text: str, position: int) -> int:
    """The first place from here on that is neither blank nor of a comment."""
    found = BETWEEN.match(text, position)
    return found.end() if found else position


def _as_long(text: str) -> str:
    """What the parser reads, with every character where it stands in the text."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    return PAIR.sub(lambda pair: "x" * len(pair[0]), text.replace("\t", " "))


def _scalars(node: Node) -> Iterator[tuple[Any, str]]:
    """Values and letters of all scalars, in the order in which they are written."""
    if isinstance(node, Scalar):
        yield _number(node), node.written
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield key.written, key.written
            yield from _scalars(value)
    else:
        for item in node.items:
            yield from _scalars(item)


def _number(scalar: Scalar) -> Any:
    value = scalar.value
    if isinstance(value, float) and re.fullmatch(r"[-+]?[0-9]{1,300}", scalar.written):
        return int(scalar.written)
    return value


@dataclass(slots=True)
class _Builder:
    text: str
    scalars: Iterator[tuple[Any, str]]
    offset: int
    root: Spot | None = None
    open: list[Spot] = field(default_factory=list)
    key: list[Key | None] = field(default_factory=list)

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
                start, _ = self._place(event)
                self.open.append(Spot(value, start, start, bool(event.flow_style)))
                self.key.append(None)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(self._place(event)[1])

    def _place(self, event: Any) -> tuple[int, int]:
        return event.start_mark.index + self.offset, event.end_mark.index + self.offset

    def _scalar(self, event: Any) -> None:
        value, written = next(self.scalars)
        start, end = self._place(event)
        if self.open and isinstance(self.open[-1].value, dict) and self.key[-1] is None:
            self.key[-1] = Key(written, start, end)
            return
        style = event.style or ""
        if style in ("|", ">"):
            end = _end_of_block(self.text, start, end)
        self._put(Spot(value, start, end, style=style))

    def _close(self, end: int) -> None:
        spot = self.open.pop()
        self.key.pop()
        spot.end = end if spot.is_flow else max([spot.end, *(each.end for each in spot.items[-1:])])
        self._put(spot)

    def _put(self, spot: Spot) -> None:
        if not self.open:
            self.root = spot
            return
        parent, key = self.open[-1], self.key[-1]
        parent.items.append(spot)
        if isinstance(parent.value, list):
            parent.value.append(spot.value)
        elif key is not None:
            parent.keys.append(key)
            parent.value[key.name] = spot.value
            self.key[-1] = None


def _end_of_block(text: str, start: int, end: int) -> int:
    header = text[start : text.find("\n", start)].split("#", maxsplit=1)[0]
    if "+" in header:
        return end - 1 if text[end - 1 : end] == "\n" else end
    return start + len(text[start:end].rstrip())
