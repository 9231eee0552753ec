"""`sojourn journey presets | new`: the journeys that ship, and one of them as files of your own. No cloud is asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from sojourn.cli.brands import brand_of
from sojourn.cli.files import loaded
from sojourn.cli.options import show
from sojourn.cli.tables import table
from sojourn.journeys.files import journey_files
from sojourn.journeys.folder import FOLDER as TEMPLATES
from sojourn.journeys.model import Journey
from sojourn.journeys.presets import as_own, branded, letters_of, segments_in
from sojourn.messages.files import SUFFIX

ROOT = Path(__file__).parents[5] / "statemachines"
JOURNEYS, SEGMENTS = ROOT / "journeys", ROOT / "segments"
NAME = re.compile(r"[a-z0-9-]{1,40}")
LAYOUT = re.compile(r"^layout: *(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Copied:
    """A file to be; one that is `shared` may be there already, for other journeys need it as well."""

    path: Path
    text: str
    shared: bool = False


@click.command("presets")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_presets(as_json: bool) -> None:
    """The journeys that ship; take one with `sojourn journey new NAME --from PRESET`."""
    found = [{"preset": each.name, "does": each.description, "kpi": each.kpi} for each in presets().values()]
    show(found, as_json, _listed)


@click.command("new")
@click.argument("name")
@click.option("--from", "preset", required=True, help="The preset to begin with; `sojourn journey presets`.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("journeys"),
    show_default=True,
    help="Where your journeys are.",
)
def new_journey(name: str, preset: str, folder: Path) -> None:
    """Begin a journey NAME with a preset: its file, its templates under names of your own, and its segments."""
    if not NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is no name of a journey: use 1 to 40 of a-z, 0-9 and -")
    if preset not in presets():
        raise click.UsageError(f"there is no preset {preset!r}; there are {', '.join(presets())}")
    brand = brand_of(folder.parent)
    copies = [
        replace(each, text=branded(each.text, brand)) if TEMPLATES in each.path.parts else each
        for each in copied(name, presets()[preset], folder)
    ]
    _refuse_what_is_there(copies)
    written = [each for each in copies if not each.path.exists()]
    for each in written:
        each.path.parent.mkdir(parents=True, exist_ok=True)
        each.path.write_text(each.text, encoding="utf-8")
        click.echo(f"wrote {each.path}")
    for each in copies:
        if each not in written:
            click.echo(f"kept  {each.path}")
    click.echo(f"Put your own words into them, then: sojourn check {folder} && sojourn apply {folder}")


@cache
def presets() -> dict[str, Journey]:
    """By name. Without this repository's files there are none, and the error says so."""
    if not JOURNEYS.is_dir():
        raise click.ClickException(f"the presets are not at {JOURNEYS}: run sojourn from its repository")
    return {journey.name: journey for journey in map(loaded, journey_files([JOURNEYS]))}


def copied(name: str, preset: Journey, folder: Path) -> Iterator[Copied]:
    """The journey's file first. Templates get the journey's name before their own, for edits are its own."""
    text = _text(JOURNEYS / f"{preset.name}.journey.yaml")
    mine = letters_of(name, preset)
    if long := [each for each in mine.values() if not NAME.fullmatch(each)]:
        raise click.UsageError(
            f"a template would be called {long[0]}, which is too long; take a shorter name"
        )
    text = as_own(text, name, preset)
    yield Copied(folder / f"{name}.journey.yaml", text)
    layouts: set[str] = set()
    for theirs, ours in mine.items():
        letter = _text(JOURNEYS / TEMPLATES / f"{theirs}{SUFFIX}")
        layouts |= set(LAYOUT.findall(letter))
        letter = re.sub(r"^template: .*$", f"template: {ours}", letter, count=1, flags=re.MULTILINE)
        yield Copied(folder / TEMPLATES / f"{ours}{SUFFIX}", letter)
    for layout in sorted(layouts):
        file = f"{layout}.layout.html"
        yield Copied(folder / TEMPLATES / file, _text(JOURNEYS / TEMPLATES / file), shared=True)
    for segment in segments_in(text, _segments()):
        file = f"{segment}.segment.yaml"
        yield Copied(folder / "segments" / file, _text(SEGMENTS / file), shared=True)


def _segments() -> list[str]:
    """Those that ship."""
    return [path.name.partition(".")[0] for path in sorted(SEGMENTS.glob("*.segment.yaml"))]


def _refuse_what_is_there(copies: list[Copied]) -> None:
    there = [str(each.path) for each in copies if not each.shared and each.path.exists()]
    if there:
        raise click.ClickException(
            f"{', '.join(there)}: there already, and stays as it is; take another name"
        )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _listed(found: list[dict[str, str]]) -> Iterator[Any]:
    yield table("Presets", ("preset", "what it does"), ((each["preset"], each["does"]) for each in found))
    yield Text("Take one: sojourn journey new NAME --from PRESET")
