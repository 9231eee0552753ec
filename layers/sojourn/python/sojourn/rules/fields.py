"""The keys of one mapping of a file, taken one by one; what is wrong is noted, never raised.

```
fields = Fields.of(node, place, notes, example="…")
template = fields.text("template", example="welcome")  # "" and a finding, when it is missing or no text
fields.finish()  # what nobody took is an unknown key
```
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sojourn.rules.findings import MOST_FINDINGS, Finding, Place, Source, likeliest, printable
from sojourn.rules.tree import Mapping, Node, Scalar, Sequence

T = TypeVar("T")


@dataclass(slots=True)
class Notes:
    """What reading a file gathers: the lines of places and of a rule's nodes (by who they are), and the findings.

    `seed` is what a random share takes that names none.
    """

    file: str
    lines: dict[Place, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    nodes: dict[int, int] = field(default_factory=dict)
    seed: str = ""

    @property
    def source(self) -> Source:
        """The lines so far."""
        return Source(self.file, self.lines, self.nodes)

    def add(self, line: int, step: str, problem: str, remedy: str) -> None:
        """Note an error."""
        self.findings.append(Finding(self.file, line, printable(step), problem, remedy))


@dataclass(slots=True)
class Fields:
    """The keys and values of one mapping."""

    notes: Notes
    place: Place
    line: int
    values: dict[str, Node]
    key_lines: dict[str, int]
    step: str = ""
    refused: bool = False
    asked: list[str] = field(default_factory=list)
    repeated: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, node: Node, place: Place, notes: Notes, *, step: str = "", example: str) -> "Fields":
        """The fields of a node; none, and a finding, when it is no mapping."""
        notes.lines[place] = node.line
        fields = cls(notes, place, node.line, {}, {}, step)
        if not isinstance(node, Mapping):
            fields.refused = True
            fields.wrong(node.line, f"{describe(node)} where keys belong", f"write {example}")
            return fields
        for key, value in node.entries:
            fields._keep(key, value)
        return fields

    def has(self, key: str) -> bool:
        """Is the key there?"""
        return key in self.values

    def text(self, key: str, *, example: str, otherwise: str | None = None) -> str:
        """A text; `otherwise` makes the key optional."""
        return self.value(key, as_text, example=example, otherwise=otherwise, instead="")

    def flag(self, key: str) -> bool:
        """True or false; false when absent."""
        return self.value(key, as_flag, example="true", otherwise=False, instead=False)

    def items(self, key: str, *, example: str, required: bool = False) -> list[tuple[Place, Node]]:
        """The parts of a list with their places; an empty list is an error."""
        nothing: list[Node] = []
        absent = None if required else nothing
        nodes = self.value(key, as_items, example=example, otherwise=absent, instead=nothing)
        return [((*self.place, key, index), node) for index, node in enumerate(nodes)]

    def node(self, key: str, *, example: str, required: bool = False) -> Node | None:
        """The value as it stands in the tree."""
        if not required and not self.has(key):
            self.asked.append(key)
            return None
        return self.value(key, lambda node: node, example=example, otherwise=None, instead=None)

    def value(
        self, key: str, read: Callable[[Node], T], *, example: str, otherwise: T | None, instead: T
    ) -> T:
        """What `read` makes of the value; `otherwise` when absent, `instead` after an error was noted."""
        self.asked.append(key)
        if key not in self.values:
            if otherwise is None:
                self.wrong(self.line, f"`{key}` is missing", f"write `{key}: {example}`")
            return instead if otherwise is None else otherwise
        node = self.values[key]
        try:
            return read(node)
        except ValueError as error:
            said = f": {error}" if str(error) else ""
            self.wrong(self.key_lines[key], f"`{key}` is {describe(node)}{said}", f"write `{key}: {example}`")
            return instead

    def finish(self) -> None:
        """Every key that was not asked for is unknown; every key comes once."""
        for key, line in self.repeated:
            remedy = f"keep one of them; the first is in line {self.key_lines[key]}"
            self.wrong(line, f"the key `{printable(key)}` comes twice", remedy)
        for key in self.values:
            if key not in self.asked and len(self.notes.findings) < MOST_FINDINGS:
                near = likeliest(key, self.asked)
                known = ", ".join(f"`{name}`" for name in dict.fromkeys(self.asked))
                remedy = f"did you mean `{near}`?" if near else f"delete it; known here: {known}"
                self.wrong(self.key_lines[key], f"unknown key `{printable(key)}`", remedy)

    def wrong(self, line: int, problem: str, remedy: str) -> None:
        """Note an error of this mapping."""
        self.notes.add(line, self.step, problem, remedy)

    def _keep(self, key: Scalar, value: Node) -> None:
        name = key.written.strip().replace("_", " ") if isinstance(key.value, str) else key.written
        if name in self.values:
            self.repeated.append((name, key.line))
            return
        self.values[name] = value
        self.key_lines[name] = key.line
        self.notes.lines[(*self.place, name)] = key.line


def as_text(node: Node) -> str:
    """The text of a value; ValueError when it is none."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        number = isinstance(node, Scalar) and node.value is not None
        raise ValueError("put it in quotes" if number else "a text is wanted")
    if not node.value.strip():
        raise ValueError("it is empty")
    return node.value.strip()


def as_flag(node: Node) -> bool:
    """True or false; ValueError when it is neither."""
    if not isinstance(node, Scalar) or not isinstance(node.value, bool):
        raise ValueError("true or false is wanted")
    return node.value


def as_items(node: Node) -> list[Node]:
    """The parts of a list; ValueError when it is none, or empty."""
    if not isinstance(node, Sequence):
        raise ValueError("a list is wanted")
    if not node.items:
        raise ValueError("it is empty")
    return node.items


def describe(node: Node) -> str:
    """What a value is, in words."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list" if node.items else "an empty list"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, str):
        return f"the text '{printable(node.written, 40)}'"
    kind = "truth value" if isinstance(node.value, bool) else "number"
    return f"the {kind} {printable(node.written, 40)}"
