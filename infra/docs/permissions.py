"""The table of docs/iam.md: what each function may do, from template.yaml."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from infra.lint.grants import Grant, grants
from infra.lint.stacks import ROOT, load

PAGE = ROOT / "docs" / "iam.md"
BEGIN, END = "<!-- drawn: permissions -->", "<!-- end -->"
OF_ALL = (
    "logs:",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


def page(text: str, root: Path = ROOT) -> str:
    """The page with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    return "".join([before, BEGIN, "\n", table(root), END, rest.partition(END)[2]])


def table(root: Path = ROOT) -> str:
    """A line for each function and resource."""
    lines = ["| function | resource | actions |", "| --- | --- | --- |"]
    for role, resources in _by_role(grants(load(root))).items():
        for number, (resource, actions) in enumerate(resources.items()):
            name = f"`{role.removesuffix('Role')}`" if number == 0 else ""
            lines.append(f"| {name} | `{resource}` | {', '.join(dict.fromkeys(actions))} |")
    return "\n".join(lines) + "\n"


def _by_role(known: list[Grant]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for grant in known:
        if not grant.action.startswith(OF_ALL):
            found[grant.role][grant.resource].append(grant.action)
    return found
