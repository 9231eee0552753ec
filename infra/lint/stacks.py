"""The stack as CloudFormation will see it: the SAM template translated, its nested stacks beside it.

root = load()                                   # root.children["Data"] is infra/data.yaml
root.origin({"Ref": "QueueName"})               # "Email.FeedbackQueue": the resource behind an expression
"""

import copy
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `address` is its logical id with the nested stacks it lies in: `Email.FeedbackQueue`."""

    address: str
    stack: "Stack"
    body: Node

    @property
    def logical_id(self) -> str:
        return self.address.rpartition(".")[2]

    @property
    def properties(self) -> Node:
        properties: Node = self.body.get("Properties", {})
        return properties


@dataclass(slots=True)
class Stack:
    """A template, plain CloudFormation, with where it came from and what its parent gives it."""

    path: Path
    template: Node
    address: str = ""
    parent: "Stack | None" = None
    arguments: Node = field(default_factory=dict)
    children: dict[str, "Stack"] = field(default_factory=dict)

    def resources(self, kind: str) -> Iterator[Resource]:
        """Every resource of a type, here and in the nested stacks."""
        for name, body in self.template["Resources"].items():
            if body["Type"] == kind:
                yield Resource(self.address + name, self, body)
        for child in self.children.values():
            yield from child.resources(kind)

    def origin(self, expression: Any) -> str:
        """Address of the resource that an expression names, through parameters and outputs; "" for none."""
        if not isinstance(expression, dict):
            return ""
        if name := expression.get("Ref"):
            return self._of_name(name)
        if target := expression.get("Fn::GetAtt"):
            name, _, attribute = (target if isinstance(target, str) else ".".join(target)).partition(".")
            return self._of_attribute(name, attribute)
        if choice := expression.get("Fn::If"):
            return self.origin(choice[2])  # what stands unless somebody asked for another
        return ""

    def _of_name(self, name: str) -> str:
        if self.parent and name in self.template.get("Parameters", {}):
            return self.parent.origin(self.arguments.get(name))
        return self.address + name

    def _of_attribute(self, name: str, attribute: str) -> str:
        if name in self.children and attribute.startswith("Outputs."):
            child = self.children[name]
            return child.origin(child.template["Outputs"][attribute.removeprefix("Outputs.")]["Value"])
        return self.address + name


def load(root: Path = ROOT) -> Stack:
    """The whole stack, nested ones too."""
    source = source_of(root / "template.yaml")
    return _with_children(Stack(root / "template.yaml", translate(source)), root)


def source_of(path: Path) -> Node:
    """A template as written, its short forms (`!Ref`) spelled out."""
    template: Node = yaml_parse(path.read_text())
    return template


def translate(source: Node) -> Node:
    """What CloudFormation makes of a SAM template; code is taken to lie in a bucket already."""
    # The translator asks the environment for a Region to know the partition by; any real one will do.
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    packaged = copy.deepcopy(source)
    for body in packaged["Resources"].values():
        for place in ("CodeUri", "ContentUri", "DefinitionUri"):
            if place in body.get("Properties", {}):
                body["Properties"][place] = "s3://bucket/key"
    translated: Node = transform(packaged, {}, _NoManagedPolicies())
    return translated


def sources(root: Path = ROOT) -> list[Path]:
    """Every template file of the stack."""
    return [root / "template.yaml", *sorted((root / "infra").glob("*.yaml"))]


def strings(node: Any) -> Iterator[str]:
    """Every text in a piece of a template."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def references(node: Any) -> set[str]:
    """Logical ids that a piece of a template refers to in its own stack."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    found = {node["Ref"]} if "Ref" in node else set()
    if target := node.get("Fn::GetAtt"):
        found.add((target if isinstance(target, str) else target[0]).partition(".")[0])
    if text := node.get("Fn::Sub"):
        found |= set(re.findall(r"\$\{(\w+)", text if isinstance(text, str) else text[0]))
    return found.union(*(references(value) for value in node.values()))


def _with_children(stack: Stack, root: Path) -> Stack:
    for name, body in stack.template["Resources"].items():
        if body["Type"] == "AWS::CloudFormation::Stack":
            path, arguments = (
                root / body["Properties"]["TemplateURL"],
                body["Properties"].get("Parameters", {}),
            )
            child = Stack(path, source_of(path), f"{stack.address}{name}.", stack, arguments)
            stack.children[name] = _with_children(child, root)
    return stack


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}
