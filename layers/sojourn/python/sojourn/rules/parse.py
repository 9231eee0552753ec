"""First stage: YAML (or JSON) text to a tree of plain values that know their lines.

Nothing is constructed from tags and nothing is repeated by aliases; size, depth and number of values are
limited. So no text, however hostile, costs more than a second or yields anything but a tree or a `MalformedError`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from sojourn.rules.tree import MalformedError, Mapping, Node, Scalar, Sequence

LARGEST = 512 * 1024
DEEPEST = 40
MOST_NODES = 50_000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# YAML 1.2's core words only: `on`, `no` and `12:30` are text here.
WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
INVISIBLE = re.compile(
    "[\x85\u00a0\u200b\u2028\u2029\u3000\ufeff]"
)  # YAML takes them for words, or for line breaks
JSON = re.compile(r"\s*\{\s*\"")
PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


def parse(text: str, *, deepest: int = DEEPEST) -> Node:
    """The tree of one document: `parse("journey: welcome")`."""
    if len(text) > LARGEST:
        raise MalformedError(1, f"the file is larger than {LARGEST // 1024} KB", "split the file")
    if control := CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise MalformedError(line, "a control character", "delete it; the line may have to be typed anew")
    builder = _Builder(deepest)
    try:
        for event in yaml.parse(_as_yaml(text), Loader=LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _malformed(text, error) from error
    if builder.root is None:
        raise MalformedError(1, "the file is empty", "begin with `journey: <name>` or `segment: <name>`")
    return builder.root


def decode(data: bytes) -> str:
    """The text of a file's bytes: UTF-8, with or without its mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MalformedError(line, "the file is not UTF-8 text", "save it as UTF-8") from error


def _as_yaml(text: str) -> str:
    """JSON is YAML but for tabs between values and for characters written as two \\u escapes."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    return PAIR.sub(_joined, text.replace("\t", " "))


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return pair[1] + chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _malformed(text: str, error: yaml.YAMLError) -> MalformedError:
    if found := INVISIBLE.search(text):
        problem = f"not YAML, and there is an invisible character (U+{ord(found[0]):04X}) in this line"
        return MalformedError(text.count("\n", 0, found.start()) + 1, problem, "type the line anew")
    if JSON.match(text) and (unread := _not_json(text)):
        return unread
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if "end of stream" in said and (opened := getattr(error, "context_mark", None)):
        mark, said = opened, "what begins here is not closed"
    position = getattr(error, "position", None)
    line = mark.line + 1 if mark else text.count("\n", 0, position or 0) + 1
    line = min(line, len(text.splitlines()) or 1)  # what is missing at the end is said of the last line
    remedy = "mend the line or the one before it; names with `: ` or ` #` in them need quotes"
    return MalformedError(line, f"not YAML: {said}", remedy)


def _not_json(text: str) -> MalformedError | None:
    """Of what was meant as JSON, what a reader of JSON says is clearer."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} at column {error.colno}"
        return MalformedError(error.lineno, problem, "mend the line or the one before it")
    except RecursionError:
        pass
    return None


@dataclass(slots=True)
class _Builder:
    """Puts the parser's events together, without recursion."""

    deepest: int
    root: Node | None = None
    open: list[list[Node]] = field(default_factory=list)
    nodes: int = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                raise MalformedError(line, "a second document begins", "keep one of them in a file")
            case yaml.AliasEvent():
                raise MalformedError(line, "anchors and aliases (& and *) are not read", "write it out again")
            case yaml.ScalarEvent(tag=str(tag)) | yaml.CollectionStartEvent(tag=str(tag)):
                raise MalformedError(line, f"the tag {tag} is not read", "leave the tag out")
            case yaml.ScalarEvent():
                self._put(Scalar(_value(event), event.value, line), line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()

    def _begin(self, event: Any, line: int) -> None:
        node: Node = Mapping([], line) if isinstance(event, yaml.MappingStartEvent) else Sequence([], line)
        if len(self.open) >= self.deepest:
            raise MalformedError(line, f"nested deeper than {self.deepest} levels", "flatten it")
        self._put(node, line)
        # The parts collect behind their node, for a mapping key and value in turn.
        self.open.append([node])

    def _end(self) -> None:
        node, *parts = self.open.pop()
        if isinstance(node, Mapping):
            node.entries.extend(_pairs(parts))
        elif isinstance(node, Sequence):
            node.items.extend(parts)

    def _put(self, node: Node, line: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise MalformedError(line, f"more than {MOST_NODES} values", "split the file")
        if self.open:
            self.open[-1].append(node)
        else:
            self.root = node


def _pairs(parts: list[Node]) -> Iterator[tuple[Scalar, Node]]:
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise MalformedError(key.line, "a key is a list or a mapping", "use a word as the key")
        yield key, value


def _value(event: Any) -> str | float | bool | None:
    """What a scalar means: quoted it is text, bare it may be a number, true, false or nothing."""
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in WORDS:
        return WORDS[text]
    return float(text) if NUMBER.fullmatch(text) else text
