"""A statement that allows "*" anywhere says why, in a comment right above it.

Comments are no part of a template's data, so this rule reads the file; a node of it knows its line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

MAPPING, SEQUENCE, SCALAR = yaml.MappingNode, yaml.SequenceNode, yaml.ScalarNode


def unexplained_wildcards(path: Path) -> Iterator[str]:
    """Every statement with a wildcard in its actions or resources and no comment above it."""
    text = path.read_text()
    lines = text.splitlines()
    for statement in _statements(yaml.compose(text, Loader=yaml.SafeLoader)):
        line = statement.start_mark.line
        if _has_wildcard(statement) and not lines[line - 1].strip().startswith("#"):
            yield f"{path.name}:{line + 1}: a wildcard, and no comment above says why"


def _statements(node: Any) -> Iterator[yaml.MappingNode]:
    if isinstance(node, MAPPING):
        for key, value in node.value:
            if key.value == "Statement" and isinstance(value, SEQUENCE):
                yield from value.value
            else:
                yield from _statements(value)
    elif isinstance(node, SEQUENCE):
        for value in node.value:
            yield from _statements(value)


def _has_wildcard(statement: yaml.MappingNode) -> bool:
    return any(
        "*" in text
        for key, value in statement.value
        if key.value in ("Action", "NotAction", "Resource", "NotResource")
        for text in _texts(value)
    )


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, SCALAR):
        yield str(node.value)
    elif isinstance(node, SEQUENCE):
        for value in node.value:
            yield from _texts(value)
    elif isinstance(node, MAPPING):
        for _, value in node.value:
            yield from _texts(value)
