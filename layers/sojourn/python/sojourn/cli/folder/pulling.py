"""project.yaml the other way: what the workspace says, in the file's own lines; every other line stays as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sojourn.cli.api import Api
from sojourn.cli.folder.project import OF_DELIVERY, OF_PLACE, OF_STACK, Project, read_project
from sojourn.cli.folder.settings import stack_of
from sojourn.cli.init import PROJECT
from sojourn.journeys.migrating.difference import difference

HEAD = "# What holds for the whole workspace, as `sojourn pull` found it.\n"


@dataclass(frozen=True, slots=True)
class Pulled:
    """The file as it is, and as the workspace would have it; a file that is not there is empty."""

    path: Path
    here: str
    there: str

    @property
    def is_same(self) -> bool:
        """Whether the file says what the workspace says."""
        return self.here == self.there

    def difference(self) -> Iterator[str]:
        """Line by line, the workspace's first."""
        names = (f"{PROJECT} (workspace)", f"{PROJECT} (folder)")
        return iter([]) if self.is_same else difference(self.there, self.here, names=names)


def pulled_project(folder: Path, api: Api) -> Pulled:
    """Both texts. A folder without the file gets one where the workspace says anything."""
    project = read_project(folder)
    there = said_there(api.get("workspace"))
    stack = {name: said for name, said in stack_of(api).items() if said}
    of_stack = {name: stack[key] for name in OF_STACK if (key := name.replace("-", "_")) in stack}
    if project is None:
        text = written(HEAD, {**of_stack, **there}) if there else ""
        return Pulled(folder / PROJECT, "", text)
    text = project.path.read_text(encoding="utf-8")
    return Pulled(project.path, text, written(text, _changes(project, there, of_stack)))


def said_there(workspace: Mapping[str, Any]) -> dict[str, Any]:
    """What the workspace says by the words of the file, as far as it says anything."""
    delivery = workspace.get("delivery") or {}
    said = {name: workspace.get(name) for name in OF_PLACE} | {
        name: delivery.get(name) for name in OF_DELIVERY
    }
    return {name: value for name, value in said.items() if value}


def written(text: str, changes: Mapping[str, Any]) -> str:
    """The text with these keys changed in their lines, those without a value taken out, and new ones at its end."""
    lines = text.splitlines()
    places = _places(text)
    for name in sorted(places.keys() & changes.keys(), key=lambda name: places[name][0], reverse=True):
        first, end, comment = places[name]
        lines[first:end] = [_line(name, changes[name]) + comment] if changes[name] else []
    lines += [_line(name, value) for name, value in changes.items() if name not in places and value]
    return "".join(f"{line}\n" for line in lines)


def _changes(project: Project, there: Mapping[str, Any], of_stack: Mapping[str, str]) -> dict[str, Any]:
    """Each key of which the workspace says something else; None where it says nothing."""
    ours = {name: project.said.get(name) or None for name in (*OF_PLACE, *OF_DELIVERY)}
    found = {name: there.get(name) for name, said in ours.items() if said != there.get(name)}
    said = {name: str(project.said[name] or "") for name in of_stack if name in project.said}
    return found | {name: of_stack[name] for name, value in said.items() if value != of_stack[name]}


def _places(text: str) -> dict[str, tuple[int, int, str]]:
    """First line, the line after the last, and the comment that follows: of each key."""
    import yaml

    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    lines = text.splitlines()
    found: dict[str, tuple[int, int, str]] = {}
    for key, value in tree.value if isinstance(tree, yaml.MappingNode) else []:
        first, last = key.start_mark.line, value.end_mark
        end = last.line + 1 if last.column else last.line
        while end > first + 1 and _is_apart(lines[end - 1]):
            end -= 1  # a list ends where the next key begins, and what stands between is not its own
        rest = lines[last.line][last.column :] if end == last.line + 1 else ""
        found[str(key.value)] = (first, end, rest if rest.lstrip().startswith("#") else "")
    return found


def _is_apart(line: str) -> bool:
    return not line.strip() or line.startswith("#")


def _line(name: str, value: Any) -> str:
    import yaml

    said = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    value_alone = said.removesuffix("...\n").strip()
    return f"{name}: {value_alone}"
