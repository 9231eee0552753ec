"""Holds what the running local cloud saw used against what the template grants: `python -m infra.local.proof`.

MiniStack writes the lines (permissions.py); what is judged is said in docs/iam.md. Run it with the SOJOURN_FOLDER of
the cloud that is meant.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lint.grants import Grant, faults, flat, function_roles, grants, grants_of, reasons
from infra.lint.stacks import Stack, load
from infra.local import stack, state
from infra.local.state import Local

Asked = tuple[str, str, str]  # role, action, resource: as the running cloud names them
FILE = "permissions.jsonl"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a run has shown."""

    used: frozenset[Grant]
    refused: tuple[str, ...]
    faults: tuple[str, ...]
    grants: int

    def __str__(self) -> str:
        told = f"IAM: {len(self.used)} of {self.grants} grants used, {len(self.faults)} faults"
        return "\n".join([told, *self.faults, *(f"refused: {each}" for each in self.refused)])


def judge(local: Local, folder: Path) -> Proof:
    """What the cloud that runs in this folder has shown so far."""
    template = load(folder / "build")  # what was deployed
    lines = [json.loads(line) for line in (folder / FILE).read_text().splitlines()]
    used = frozenset(used_of(lines, running(template, local.endpoint_url)))
    known = grants(template)
    return Proof(used, tuple(refused_of(lines)), tuple(faults(known, used, reasons())), len(known))


def used_of(lines: Iterable[Mapping[str, str]], known: Mapping[Asked, Grant]) -> Iterator[Grant]:
    """The grants that allowed something; a role that is not of this template (a test's own) has none."""
    for line in lines:
        grant = known.get((line["role"], line["action"], line["granted"]))
        if line["said"] == "allowed" and grant:
            yield grant


def refused_of(lines: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """What was asked for in vain, each once."""
    told = (
        f"{line['role']}: {line['action']} on {line['resource']}"
        for line in lines
        if line["said"] == "refused"
    )
    return iter(dict.fromkeys(told))


def running(template: Stack, endpoint: str) -> dict[Asked, Grant]:
    """Every grant of the running stack's functions, with its name in the template."""
    iam = stack.client("iam", endpoint)
    names = [
        role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]
    ]
    found: dict[Asked, Grant] = {}
    for role in function_roles(template):
        name = next(name for name in names if name.startswith(f"{state.STACK}-{role.logical_id}-"))
        pairs = zip(flat(_policies(iam, name)), grants_of(role), strict=True)
        found |= {(name, action, resource): grant for (action, resource), grant in pairs}
    return found


def _policies(iam: Any, role: str) -> list[dict[str, Any]]:
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


def main() -> int:
    """0 when every grant was used, or has its reason."""
    local = state.read()
    if local is None or state.daemon_pid() is None:
        print("Nothing runs here. Start it with: make up", file=sys.stderr)
        return 2
    proof = judge(local, state.FOLDER)
    print(proof)
    return 1 if proof.faults else 0


if __name__ == "__main__":
    sys.exit(main())
