"""Holds what the running local cloud saw used against what the template grants: `python -m infra.local.proof`.

MiniStack writes the lines (permissions.py); what is judged is said in docs/iam.md. Run it with the SOJOURN_FOLDER of
the cloud that is meant; `--all` lists every grant of every function with what became of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from infra.lint.grants import Grant, flat, function_roles, grants, grants_of
from infra.lint.iam_reasons import Reason, faults, idle, reason_for, reasons
from infra.lint.stacks import Stack, load
from infra.local import stack, state
from infra.local.state import Local

Asked = tuple[str, str, str]  # role, action, resource: as the running cloud names them
FILE = "permissions.jsonl"
USED = "used"
OURS = f"{state.STACK}-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a run has shown of what the template grants."""

    known: tuple[Grant, ...]
    used: frozenset[Grant]
    refused: tuple[str, ...]  # what a function of the template asked for in vain
    given: tuple[Reason, ...]

    @property
    def faults(self) -> list[str]:
        """What fails it."""
        return [*faults(self.known, self.used, self.given), *(f"refused: {each}" for each in self.refused)]

    @property
    def idle(self) -> list[str]:
        """What is only told."""
        return list(idle(self.known, self.used, self.given))

    def listing(self) -> Iterator[str]:
        """Every function with all its grants, and what became of each."""
        for role, mine in groupby(sorted(self.known), key=lambda grant: grant.role):
            told = [(self._standing(grant), grant) for grant in mine]
            used = sum(standing == USED for standing, _ in told)
            yield f"{role}: {used} of {len(told)} used"
            yield from (f"  {standing:<10} {grant.action} on {grant.resource}" for standing, grant in told)

    def _standing(self, grant: Grant) -> str:
        if grant in self.used:
            return USED
        reason = reason_for(grant, self.given)
        return reason.sort if reason else "UNUSED"

    def __str__(self) -> str:
        unused = len(self.known) - len(self.used)
        told = (
            f"IAM: {len(self.used)} of {len(self.known)} grants used, {unused} not, {len(self.faults)} faults"
        )
        return "\n".join([told, *self.faults, *self.idle])


def judge(local: Local, folder: Path) -> Proof:
    """What the cloud that runs in this folder has shown so far."""
    template = load(folder / "build")  # what was deployed
    names = running(template, local.endpoint_url)
    lines = lines_of(folder)
    return Proof(
        known=tuple(dict.fromkeys(grants(template))),
        used=frozenset(used_of(lines, names)),
        refused=tuple(refused_of(lines)),
        given=tuple(reasons()),
    )


def lines_of(folder: Path) -> list[dict[str, str]]:
    """What MiniStack has written down since its start."""
    return [json.loads(line) for line in (folder / FILE).read_text().splitlines()]


def used_of(lines: Iterable[Mapping[str, str]], known: Mapping[Asked, Grant]) -> Iterator[Grant]:
    """The grants that allowed something; a role that is not of this template (a test's own) has none."""
    for line in lines:
        grant = known.get((line["role"], line["action"], line["granted"]))
        if line["said"] == "allowed" and grant:
            yield grant


def refused_of(lines: Iterable[Mapping[str, str]], of: str = OURS) -> Iterator[str]:
    """What the template's roles asked for in vain, each once; or others, whose names begin `of` something else."""
    told = (
        f"{_logical(line['role'])}: {line['action']} on {line['resource']}"
        for line in lines
        if line["said"] == "refused" and line["role"].startswith(of)
    )
    return iter(dict.fromkeys(told))


def _logical(role: str) -> str:
    """As the template names it: `ApiRole` for `sojourn-local-ApiRole-1A2B3C`."""
    return role.removeprefix(OURS).rpartition("-")[0] if role.startswith(OURS) else role


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


def main(words: Sequence[str] = ()) -> int:
    """0 when every grant was used, or has its reason."""
    local = state.read()
    if local is None or state.daemon_pid() is None:
        print("Nothing runs here. Start it with: make up", file=sys.stderr)
        return 2
    proof = judge(local, state.FOLDER)
    print("\n".join(proof.listing()) + "\n" if "--all" in words else "", end="")
    print(proof)
    return 1 if proof.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
