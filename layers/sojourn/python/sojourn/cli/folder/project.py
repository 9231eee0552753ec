"""project.yaml: what holds for the whole workspace. Read with its lines, so that what is wrong has a place."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sojourn.cli.init import PROJECT
from sojourn.rules.findings import Finding

OF_STACK = ("sender", "from-name", "postal-address")
OF_PLACE = ("country", "timezone")
OF_DELIVERY = ("hours", "caps")
WORDS = ("topics", "purposes")
KNOWN = (*OF_STACK, *OF_PLACE, *OF_DELIVERY, *WORDS, "brand")
PURPOSES = {"marketing", "transactional", "service"}


class ProjectRefusedError(click.ClickException):
    """What is wrong in a project.yaml, and where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Project:
    """What the file says, and on which line each of its keys stands."""

    path: Path
    said: Mapping[str, Any]
    lines: Mapping[str, int]

    def refusal(self, key: str, problem: str, remedy: str) -> ProjectRefusedError:
        """An error with its place and the way on."""
        return ProjectRefusedError(Finding(str(self.path), self.lines.get(key, 1), key, problem, remedy))


def read_project(folder: Path) -> Project | None:
    """The folder's project.yaml; None where there is none."""
    path = folder / PROJECT
    if not path.is_file():
        return None
    project = _parsed(path)
    for check in (_known, _texts, _lists, _brand):
        check(project)
    return project


def body_of(project: Project, there: Mapping[str, Any]) -> dict[str, Any]:
    """What the workspace would be told: what the file does not say stays as it is there. {} when nothing differs."""
    body: dict[str, Any] = {}
    if any(name in project.said for name in OF_PLACE):
        place = {name: project.said.get(name, there.get(name)) for name in OF_PLACE}
        body |= place if place != {name: there.get(name) for name in OF_PLACE} else {}
    if any(name in project.said for name in OF_DELIVERY):
        known = dict(there.get("delivery") or {})
        wanted = known | {name: project.said[name] for name in OF_DELIVERY if name in project.said}
        wanted = {name: said for name, said in wanted.items() if said}
        body |= {"delivery": wanted} if wanted != known else {}
    return body


def foreign_words(project: Project, said: Mapping[str, Any]) -> Iterator[str]:
    """What a journey says that the project does not know: a slip of the pen makes a topic that nobody has."""
    for key, word in (("topics", said.get("topic")), ("purposes", said.get("purpose"))):
        known = project.said.get(key)
        if known and word and word not in known:
            yield f"`{word}` is none of the {key} of {project.path}:{project.lines[key]} ({', '.join(known)})"


def quoted(text: str) -> str:
    """A text as a line of YAML takes it, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False)


def _parsed(path: Path) -> Project:
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        tree, said = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ProjectRefusedError(Finding(str(path), line, "", "no readable YAML", "mend the line")) from None
    if not isinstance(tree, yaml.MappingNode) or not isinstance(said, dict):
        raise ProjectRefusedError(
            Finding(str(path), 1, "", "no project", "`sojourn init` writes one to begin with")
        )
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in tree.value}
    return Project(path, {str(name): value for name, value in said.items()}, lines)


def _known(project: Project) -> None:
    for key in project.said:
        if key not in KNOWN:
            raise project.refusal(key, "nobody knows this key", f"write one of {', '.join(KNOWN)}")


def _texts(project: Project) -> None:
    for key in (*OF_STACK, *OF_PLACE):
        value = project.said.get(key, "")
        if not isinstance(value, str | None):
            raise project.refusal(key, f"{value!r} is no text", "put it into quotes")
    if "sender" in project.said and "@" not in str(project.said["sender"]):
        raise project.refusal("sender", "no e-mail address", "write one, like hello@shop.example")


def _lists(project: Project) -> None:
    for key in WORDS:
        value = project.said.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise project.refusal(key, "no list of words", f"write {key}: [one, another]")
    if odd := [each for each in project.said.get("purposes", []) if each not in PURPOSES]:
        raise project.refusal(
            "purposes", f"no purpose is called {odd[0]}", f"use {', '.join(sorted(PURPOSES))}"
        )
    if not isinstance(project.said.get("hours", {}), dict):
        raise project.refusal("hours", "no hours by channel", "write hours: {sms: 09:00-20:00}")
    if not isinstance(project.said.get("caps", []), list):
        raise project.refusal("caps", "no list of caps", "write caps: [{at most: 3, per: 1 week}]")


def _brand(project: Project) -> None:
    brand = project.said.get("brand", {})
    if not isinstance(brand, dict) or not set(brand) <= {"name", "site", "color"}:
        raise project.refusal("brand", "unknown parts", "write brand: {name: …, site: …, color: …}")
