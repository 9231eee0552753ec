"""A rule as the builder shows it: groups in groups and conditions in them, each with its line and findings. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from functions.api.console.rules_conditions import Said, fields, is_simple, kind_of
from functions.api.console.texts import Path, read
from functions.api.console.texts.writing import Shape, block, flow
from sojourn.rules.findings import Finding
from sojourn.rules.load import examine
from sojourn.rules.parse import parse
from sojourn.rules.read import GROUPS
from sojourn.rules.tree import Mapping as MappingNode
from sojourn.rules.tree import Node, Scalar
from sojourn.rules.tree import Sequence as ListNode

MOST_FIELDS = 200  # conditions with forms: as many as a rule may have


class Remark(Protocol):
    """What is wrong or doubtful, whoever found it: a segment's check, or a journey's."""

    @property
    def problem(self) -> str:
        """What it is."""

    @property
    def remedy(self) -> str:
        """What to do about it."""


@dataclass(slots=True)
class Shown:
    """One node: a group with its parts, or a condition with the fields of its form (or with its text, `is_text`)."""

    path: Path
    kind: str
    line: int
    parts: "list[Shown]" = field(default_factory=list)
    said: Said = field(default_factory=dict)
    text: str = ""
    is_group: bool = False
    is_text: bool = False
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The path as forms say it."""
        return "/".join(map(str, self.path))

    @property
    def id(self) -> str:
        """The same for ids of the page."""
        return self.place.replace("/", "-").replace(" ", "_")

    @property
    def is_movable(self) -> bool:
        """Whether it is one of several that stand in a list."""
        return isinstance(self.path[-1], int)


def path_of(place: str) -> Path:
    """What `place` wrote."""
    return tuple(int(part[:6]) if part.isascii() and part.isdigit() else part for part in place.split("/"))


def shown_rule(text: str, at: Path, types: Mapping[str, str]) -> Shown:
    """The rule at a place of the text, always as a group; `UneditableError` when the text is no YAML."""
    said = read(text)
    value, node = _at(said, at), None if said is None else _node_at(parse(text, deepest=64), at)
    if value is None or value == []:
        return Shown(at, "all", node.line if node else 1, is_group=True)
    root = _shown(value, node, at, types)
    return (
        root if root.is_group and root.kind != "not" else Shown(at, "all", root.line, [root], is_group=True)
    )


def with_findings(root: Shown, errors: list[Finding], warnings: list[Finding]) -> list[Finding]:
    """Each finding at the condition where its line is; those of no condition come back."""
    nodes = sorted(walked(root), key=lambda node: node.line)
    first = root.line
    rest = []
    for each, is_error in [*((e, True) for e in errors), *((w, False) for w in warnings)]:
        before = [node for node in nodes if node.line <= each.line]
        if each.line < first or not before:
            rest.append(each)
        else:
            _nearest(before).append(each) if is_error else _nearest(before, warnings=True).append(each)
    return rest


def _nearest(before: list[Shown], *, warnings: bool = False) -> list[Remark]:
    """Of what begins in that line, the innermost."""
    latest = before[-1].line
    there = [node for node in before if node.line == latest]
    chosen = next((node for node in there if not node.is_group), there[-1])
    return chosen.warnings if warnings else chosen.errors


def walked(root: Shown) -> Iterator[Shown]:
    """It and all below it."""
    yield root
    for part in root.parts:
        yield from walked(part)


def findings_of(text: str, types: Mapping[str, str]) -> tuple[list[Finding], list[Finding]]:
    """What is wrong with a segment's text, and what is doubtful, as far as its own words say; the API knows more."""
    from sojourn.rules.check import Known

    examined = examine(text, known=Known(attributes=dict(types)))
    return list(examined.findings), list(examined.warnings)


def _shown(value: Any, node: Node | None, path: Path, types: Mapping[str, str]) -> Shown:
    kind, line = kind_of(value), node.line if node else 1
    if isinstance(value, list):
        return Shown(path, "all", line, list(_parts(value, node, path, types)), is_group=True)
    if kind in GROUPS and len(value) == 1:
        key = next(iter(value))
        inner = _node_at(node, (key,))
        if isinstance(value[key], list):
            return Shown(
                path, kind, line, list(_parts(value[key], inner, (*path, key), types)), is_group=True
            )
    if kind == "not" and len(value) == 1 and isinstance(value[next(iter(value))], dict):
        key = next(iter(value))
        inner = _node_at(node, (key,))
        return Shown(path, "not", line, [_shown(value[key], inner, (*path, key), types)], is_group=True)
    if is_simple(kind, value, types):
        return Shown(path, kind, line, said=fields(kind, value, types))
    return Shown(path, kind, line, text=_written(value), is_text=True)


def _parts(value: list[Any], node: Node | None, path: Path, types: Mapping[str, str]) -> Iterator[Shown]:
    for number, each in enumerate(value):
        yield _shown(each, _node_at(node, (number,)), (*path, number), types)


def _written(value: Any) -> str:
    return "\n".join(block(value, Shape())) if isinstance(value, dict) else flow(value)


def _at(value: Any, path: Path) -> Any:
    for key in path:
        if isinstance(value, dict):
            value = value.get(key, value.get(str(key).replace(" ", "_")))
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _node_at(node: Node | None, path: Path) -> Node | None:
    for key in path:
        match node:
            case MappingNode(entries=entries):
                node = next((inner for name, inner in entries if _said(name) == key), None)
            case ListNode(items=items):
                node = items[key] if isinstance(key, int) and key < len(items) else None
            case _:
                return None
    return node


def _said(key: Scalar) -> str:
    return key.written
