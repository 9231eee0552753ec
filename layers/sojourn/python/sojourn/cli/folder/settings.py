"""project.yaml against the workspace: what `plan` tells of it, and what `apply` does."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api, ApiRefusal
from sojourn.cli.folder.project import OF_STACK, Project, body_of, foreign_words, read_project
from sojourn.cli.folder.things import JOURNEY, Key, Thing

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """What the workspace would be told, and what only a deployment sets."""

    body: Mapping[str, Any] = field(default_factory=dict)
    there: Mapping[str, Any] = field(default_factory=dict)
    by_deploy: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_to_do(self) -> bool:
        """Whether `apply` has something to do."""
        return bool(self.body)

    def to_json(self) -> dict[str, Any]:
        """For programs; nothing where no project.yaml is."""
        told = {"workspace": dict(self.body), "set_by_deploy": dict(self.by_deploy)}
        return told if any(told.values()) else {}

    def told(self) -> Iterator[Text]:
        """For people."""
        for name, said in self.body.items():
            before = json.dumps(self.there.get(name), ensure_ascii=False)
            if said != self.there.get(name):
                yield Text(f"~ workspace {name}: {before} → {json.dumps(said, ensure_ascii=False)}")
        for name, said in self.by_deploy.items():
            yield Text(f"! {name}: the stack says {said!r}; on AWS, `make deploy GUIDED=1` sets it")

    def applied(self, api: Api) -> list[dict[str, Any]]:
        """Told before anything is published, so that hours and caps hold for its first message."""
        if not self.body:
            return []
        api.put("workspace", body=json.dumps(self.body).encode())
        return [{"kind": "workspace", "name": ", ".join(self.body), "is_live": True}]


def planned_project(folder: Path, here: Mapping[Key, Thing], api: Api) -> PlannedProject:
    """What the folder's project.yaml would change; a journey with a word that it does not know ends the command."""
    project = read_project(folder)
    if project is None:
        return PlannedProject()
    _refuse_foreign_words(project, here)
    there = api.get("workspace")
    return PlannedProject(body_of(project, there), there, dict(_by_deploy(project, stack_of(api))))


def _by_deploy(project: Project, stack: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Parameters of the stack that the file says otherwise."""
    for name in OF_STACK:
        known = stack.get(name.replace("-", "_"))
        if name in project.said and known is not None and str(project.said[name] or "") != known:
            yield name, known


def stack_of(api: Api) -> dict[str, str]:
    """What the deployment said; a stack from before tells nothing."""
    try:
        found: dict[str, str] = api.get("workspace", "stack")
    except ApiRefusal as refused:
        if refused.status != NOT_FOUND:
            raise
        return {}
    return found


def _refuse_foreign_words(project: Project, here: Mapping[Key, Thing]) -> None:
    faults = [
        f"{thing.path}: {problem}: mend the journey, or add the word there"
        for thing in here.values()
        if thing.kind == JOURNEY
        for problem in foreign_words(project, thing.said)
    ]
    if faults:
        raise click.ClickException("\n".join(faults))
