"""Which fields a template shows as they are: a contact who lacks one of them gets no message."""

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import nodes

from sojourn.messages.allowlist import TAKES_FIELDS
from sojourn.messages.sandbox import text_environment

PARTS = ("subject", "preheader", "html", "mjml", "text")
PROVIDED = ("_url", "postal_address")  # the ends of names that every message brings along


def bare_fields(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """Those shown without a `default`, outside of an `if` that asks for them, in the order of the template."""
    sources = (str(definition[part]) for part in PARTS if definition.get(part))
    trees = (text_environment().parse(source) for source in sources)
    return tuple(dict.fromkeys(name for tree in trees for name in _bare(tree, frozenset())))


def _bare(node: nodes.Node, asked: frozenset[str]) -> Iterator[str]:
    if isinstance(node, nodes.Output):
        for shown in node.nodes:
            yield from (name for name in _shown(shown) if not _is_known(name, asked))
        return
    for part in node.iter_child_nodes():
        yield from _bare(part, asked | _asked(node, part))


def _asked(node: nodes.Node, part: nodes.Node) -> set[str]:
    """The fields that are there in one part of an `if` or a `for`."""
    if isinstance(node, nodes.If) and part in node.body:
        return set(_names(node.test))
    if isinstance(node, nodes.For) and part in node.body:
        return {*_names(node.target), *_names(node.iter)}
    return set()


def _shown(node: nodes.Node) -> Iterator[str]:
    """The fields of one `{{ … }}` that must be there."""
    if isinstance(node, nodes.Filter) and node.name in TAKES_FIELDS:
        return
    if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        yield from filter(None, [_path(node)])
        return
    for part in node.iter_child_nodes():
        yield from _shown(part)


def _names(node: nodes.Node) -> Iterator[str]:
    """The roots of all fields in an expression."""
    if isinstance(node, nodes.Name):
        yield node.name
    for part in node.iter_child_nodes():
        yield from _names(part)


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return _path(node.node) if isinstance(node, nodes.Getitem) else ""


def _is_known(name: str, asked: frozenset[str]) -> bool:
    return name.partition(".")[0] in asked or name.endswith(PROVIDED)
