"""What each function's role allows, grant by grant: one action on one resource, named as the template names it.

grants(load())                      # [Grant("ApiRole", "dynamodb:GetItem", "PeopleTable"), …]
faults(grants, used, reasons())     # what nobody used and no reason excuses, and reasons that are stale
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.lint.stacks import ROOT, Node, Resource, Stack

REASONS = ROOT / "infra" / "lint" / "iam_reasons.yaml"
ARN = re.compile(r"^arn:aws:(\w+):[^:]*:[^:]*:")
PSEUDO = {"AWS::Partition": "aws", "AWS::StackName": "<stack>"}
SORTS = ("never", "rare")


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action on one resource, in the words of the template."""

    role: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.role}: {self.action} on {self.resource}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why grants may stand unused: stories `never` can, or do so by chance, or leave it to other tests: `rare`."""

    sort: str
    actions: tuple[str, ...]
    roles: tuple[str, ...]  # none: any
    resources: tuple[str, ...]
    says: str

    def covers(self, grant: Grant) -> bool:
        """Whether it is about this grant."""
        return (
            grant.action in self.actions
            and (not self.roles or grant.role in self.roles)
            and (not self.resources or grant.resource in self.resources)
        )

    def __str__(self) -> str:
        places = [*self.roles, *self.resources]
        return f"{self.sort}: {', '.join(self.actions)}" + (f" ({', '.join(places)})" if places else "")


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


def reasons(path: Path = REASONS) -> list[Reason]:
    """Those of infra/lint/iam_reasons.yaml."""
    read = yaml.safe_load(path.read_text())
    return [
        Reason(
            sort,
            tuple(one["actions"]),
            tuple(one.get("roles", ())),
            tuple(one.get("resources", ())),
            one["reason"],
        )
        for sort in SORTS
        for one in read[sort]
    ]


def faults(known: Sequence[Grant], used: Collection[Grant], given: Sequence[Reason]) -> Iterator[str]:
    """What nobody used and no reason excuses; reasons about nothing; reasons that the run has disproved."""
    for grant in dict.fromkeys(known):
        if grant not in used and not any(reason.covers(grant) for reason in given):
            yield f"{grant}: no story used it. Take it out, write the story, or say why in {REASONS.name}"
    for reason in given:
        about = [grant for grant in known if reason.covers(grant)]
        if not about:
            yield f"{REASONS.name}: {reason} is about no grant of the template any more"
        for grant in about if reason.sort == "never" else ():
            if grant in used:
                yield f"{REASONS.name}: {reason} is not so: a story used {grant}"


def _trusted(role: Resource) -> list[str]:
    statements = role.properties["AssumeRolePolicyDocument"]["Statement"]
    return [service for one in statements for service in _listed(one["Principal"].get("Service", []))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
