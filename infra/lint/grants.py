"""What each function's role allows, grant by grant: one action on one resource, named as the template names it.

grants(load())     # [Grant("ApiRole", "dynamodb:GetItem", "PeopleTable"), …]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.lint.stacks import Node, Resource, Stack

ARN = re.compile(r"^arn:aws:(\w+):[^:]*:[^:]*:")
PSEUDO = {"AWS::Partition": "aws", "AWS::StackName": "<stack>"}


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action on one resource, in the words of the template."""

    role: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.role}: {self.action} on {self.resource}"


def grants(stack: Stack) -> list[Grant]:
    """All of every function's role, role by role."""
    return [grant for role in function_roles(stack) for grant in grants_of(role)]


def function_roles(stack: Stack) -> list[Resource]:
    """The roles that Lambda takes on for our code."""
    roles = (role for role in stack.resources("AWS::IAM::Role") if role.address == role.logical_id)
    ours = (role for role in roles if "lambda.amazonaws.com" in _trusted(role))
    return sorted(ours, key=lambda role: role.logical_id)


def grants_of(role: Resource) -> list[Grant]:
    """Of one role: as many, and in the same order, as `flat` makes of its policies on a running stack."""
    documents = [policy["PolicyDocument"] for policy in role.properties.get("Policies", [])]
    return [Grant(role.logical_id, action, spoken(resource)) for action, resource in flat(documents)]


def flat(documents: Sequence[Node]) -> Iterator[tuple[str, Any]]:
    """The pairs of action and resource that policies allow."""
    for document in documents:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                resources = _listed(statement["Resource"])
                yield from ((action, one) for action in _listed(statement["Action"]) for one in resources)


def spoken(expression: Any) -> str:
    """A resource as a person would name it: `PeopleTable/index/Open`, `states stateMachine:<stack>-j-*`."""
    if isinstance(expression, str):
        return expression
    if "Fn::Sub" in expression:
        node = expression["Fn::Sub"]
        text, given = (node, {}) if isinstance(node, str) else (node[0], node[1])
        told = re.sub(r"\$\{([^}]+)\}", lambda found: _named(found[1], given), text)
        return ARN.sub(r"\1 ", told)
    target = expression.get("Ref") or expression["Fn::GetAtt"]
    return _named(target if isinstance(target, str) else ".".join(target), {})


def _named(reference: str, given: Node) -> str:
    """`Data.Outputs.PeopleTableArn` is PeopleTable, `CollectLog.Arn` CollectLog."""
    if reference.startswith("AWS::"):
        return PSEUDO.get(reference, "")
    if isinstance(given.get(reference), dict) and "Fn::GetAtt" in given[reference]:
        return spoken(given[reference])
    name, _, output = reference.partition(".Outputs.")
    return output.removesuffix("Arn") if output else name.partition(".")[0]


def _trusted(role: Resource) -> list[str]:
    statements = role.properties["AssumeRolePolicyDocument"]["Statement"]
    return [service for one in statements for service in _listed(one["Principal"].get("Service", []))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
