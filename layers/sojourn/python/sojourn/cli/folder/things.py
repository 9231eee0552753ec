"""What a folder holds and what the workspace holds, in one shape: kind, name, text, and what the text says.

Two things are the same when they say the same; spaces and comments make no difference.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sojourn.cli.api import Api
from sojourn.rules.definition import to_definition
from sojourn.rules.findings import RefusedError

TEMPLATE, SEGMENT, JOURNEY = "template", "segment", "journey"
KINDS = (TEMPLATE, SEGMENT, JOURNEY)  # in the order in which they need each other
MOST = "200"

Key = tuple[str, str]  # kind, name


@dataclass(frozen=True, slots=True)
class Thing:
    """One journey, segment or template. `body` is what the API takes, `text` what a person reads."""

    kind: str
    name: str
    text: str
    said: Any
    body: bytes
    path: Path | None = None
    needs: tuple[str, ...] = ()  # segments that a segment looks at
    revision: int = 0  # of a journey's draft in the workspace

    @property
    def key(self) -> Key:
        """Kind and name."""
        return self.kind, self.name


def of_folder(folder: Path) -> dict[Key, Thing]:
    """Every thing in the files of a folder and those inside it; what is wrong in any ends the command."""
    if not folder.is_dir():
        raise click.ClickException(f"{folder} is no folder: name the one that holds your journeys")
    found: dict[Key, Thing] = {}
    for path in sorted(folder.rglob("*.*.yaml")):
        thing = _read(path)
        if thing is None:
            continue
        if thing.key in found:
            raise click.ClickException(
                f"{path}: the {thing.kind} {thing.name} stands in {found[thing.key].path} too"
            )
        found[thing.key] = thing
    _refuse_rings([thing.path for thing in found.values() if thing.kind == JOURNEY and thing.path])
    return found


def _refuse_rings(paths: list[Path]) -> None:
    """Journeys that are sound alone and not together: better refused before the first of them is live."""
    from sojourn.journeys.files import beside

    if findings := beside(paths):
        raise click.ClickException("\n".join(str(finding) for finding in findings))


def of_workspace(api: Api) -> dict[Key, Thing]:
    """Every thing that was saved there."""
    return {thing.key: thing for thing in (*_templates(api), *_segments(api), *_journeys(api))}


def ordered(things: Mapping[Key, Thing]) -> list[Thing]:
    """Whatever others need comes before them."""
    rest = sorted(things.values(), key=lambda thing: (KINDS.index(thing.kind), thing.name))
    done: dict[Key, Thing] = {}
    while rest:
        ready = next((each for each in rest if not _waits(each, rest)), rest[0])
        rest.remove(ready)
        done[ready.key] = ready
    return list(done.values())


def _waits(thing: Thing, rest: list[Thing]) -> bool:
    there = {each.name for each in rest if each.kind == SEGMENT and each is not thing}
    return thing.kind == SEGMENT and any(name in there for name in thing.needs)


def _read(path: Path) -> Thing | None:
    kind = next((kind for kind in KINDS if path.name.endswith(f".{kind}.yaml")), None)
    try:
        return READERS[kind](path) if kind else None
    except (RefusedError, _template_refused()) as refused:
        raise click.ClickException(str(refused)) from None


def _read_journey(path: Path) -> Thing:
    from sojourn.journeys.files import load_file

    journey = load_file(path)
    text = path.read_text(encoding="utf-8")
    return Thing(JOURNEY, journey.name, text, journey.to_definition(), text.encode(), path)


def _read_segment(path: Path) -> Thing:
    text = path.read_text(encoding="utf-8")
    return _segment(text, path)


def _segment(text: str, path: Path | None = None) -> Thing:
    from sojourn.rules.check import segments_of
    from sojourn.rules.load import load_segment

    segment = load_segment(text, file=str(path or "segment"))
    assert segment.rule is not None
    said = {"description": segment.description, "rule": to_definition(segment.rule)}
    return Thing(SEGMENT, segment.name, text, said, text.encode(), path, tuple(segments_of(segment.rule)))


def _read_template(path: Path) -> Thing:
    from sojourn.messages.files import read_template

    source = read_template(path)
    return _template(str(source.get("template", "")), source, path)


def _template(name: str, source: Mapping[str, Any], path: Path | None = None) -> Thing:
    said = {"template": name, **source}
    body = json.dumps(said, ensure_ascii=False).encode()
    return Thing(TEMPLATE, name, "\n".join(_lines(said)) + "\n", said, body, path)


def _lines(said: Mapping[str, Any]) -> Iterator[str]:
    """A template for the eye: a key a line, texts in full."""
    for key, value in said.items():
        yield f"{key}: {value}" if "\n" not in str(value) else f"{key}: |"
        if "\n" in str(value):
            yield from (f"  {line}" for line in str(value).splitlines())


def _templates(api: Api) -> Iterator[Thing]:
    for each in _items(api, "templates"):
        yield _template(each["name"], api.get("templates", each["name"])["definition"])


def _segments(api: Api) -> Iterator[Thing]:
    for each in _items(api, "segments"):
        if text := api.get("segments", each["name"])["source"]:
            yield _segment(text)


def _journeys(api: Api) -> Iterator[Thing]:
    for each in _items(api, "journeys"):
        told = api.get("journeys", each["name"])
        source = told["source"]
        said, revision = told["definition"], told["revision"]
        yield Thing(JOURNEY, each["name"], source, said, source.encode(), revision=revision)


def _items(api: Api, kind: str) -> Iterator[dict[str, Any]]:
    parameters = {"limit": MOST}
    while True:
        page = api.get(kind, **parameters)
        yield from page["items"]
        if not page.get("next"):
            return
        parameters = {"limit": MOST, "cursor": page["next"]}


def _template_refused() -> type[Exception]:
    from sojourn.messages.faults import TemplateRefusedError

    return TemplateRefusedError


READERS = {JOURNEY: _read_journey, SEGMENT: _read_segment, TEMPLATE: _read_template}
