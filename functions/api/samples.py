"""Made-up values for fields that nobody gave: their names in brackets, so that a look shows where they stand. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import nodes

from sojourn.messages.faults import MissingFieldError
from sojourn.messages.render import Rendered, render
from sojourn.messages.sandbox import html_environment, text_environment
from sojourn.messages.template import Template
from sojourn.messages.urls import OURS, UNSUBSCRIBE, expressions

NOWHERE = "#"  # where the ways out and in lead
OWN = {*OURS, UNSUBSCRIBE, "postal_address"}
Path = tuple[str, ...]


def looked_at(
    template: Template, facts: Mapping[str, Any], *, postal_address: str
) -> tuple[Rendered, list[str]]:
    """The message for these facts, and the fields that had to be made up."""
    wanted, known = fields_of(template), dict(facts)
    made: list[str] = []
    doors = dict.fromkeys(OURS, NOWHERE)
    while True:
        try:
            told = render(
                template, known, unsubscribe_url=NOWHERE, doors=doors, postal_address=postal_address
            )
            return told, made
        except MissingFieldError as error:
            lacking = [path for path in wanted if path[-1] == error.field and not _is_known(known, path)]
            if not lacking:  # a part of what a loop goes through: nobody can make that up
                raise
            for path in lacking:
                made.append(".".join(path))
                known = _with(known, path, [] if wanted[path] else f"[{made[-1]}]")


def fields_of(template: Template) -> dict[Path, bool]:
    """Every field that it names, in their order; whether a loop goes through it."""
    links = (f"{{{{{part}}}}}" for target in template.links for part in expressions(target))
    trees = [text_environment().parse(text) for text in (template.subject, template.text, *links)]
    found: dict[Path, bool] = {}
    for tree in [*trees, html_environment().parse(template.html)]:
        loops = {path for loop in tree.find_all(nodes.For) if (path := _path(loop.iter))}
        for path in _paths(tree):
            if path[0] not in OWN and not path[0].startswith("_"):
                found[path] = found.get(path, False) or path in loops
    return found


def _paths(tree: nodes.Node) -> Iterator[Path]:
    """The longest chains of names: `home.city`, not `home` too."""
    for node in tree.iter_child_nodes():
        path = _path(node)
        if path:
            yield path
        else:
            yield from _paths(node)


def _path(node: nodes.Node) -> Path:
    if isinstance(node, nodes.Name) and node.ctx == "load":
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return (*before, node.attr) if before else ()
    return ()


def _is_known(facts: Any, path: Path) -> bool:
    for name in path:
        if not isinstance(facts, Mapping) or facts.get(name) in (None, ""):
            return False
        facts = facts[name]
    return True


def _with(facts: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The same with a value at a path; what stands in its way gives way."""
    first, rest = path[0], path[1:]
    below = facts.get(first)
    inner = _with(below if isinstance(below, dict) else {}, rest, value) if rest else value
    return {**facts, first: inner}
