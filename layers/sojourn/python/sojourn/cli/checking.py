"""`sojourn check`: journeys with the segments and templates beside them, as `plan` and `apply` read a folder."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from sojourn.cli.findings import say
from sojourn.cli.folder.project import ProjectRefusedError, read_project
from sojourn.cli.init import PROJECT
from sojourn.journeys.files import examine_files, journey_files
from sojourn.journeys.folder import known_beside
from sojourn.messages.faults import Fault
from sojourn.messages.files import SUFFIX as TEMPLATES
from sojourn.rules.findings import Finding
from sojourn.rules.load import SUFFIXES as SEGMENTS
from sojourn.rules.tree import MalformedError

SHIPPED = Path("statemachines/journeys")


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--json", "as_json", is_flag=True, help="Print the errors and warnings as JSON.")
def check_command(paths: tuple[Path, ...], strict: bool, as_json: bool) -> None:
    """Check journeys, segments, templates and project.yaml: files, or folders of them; each error on a line."""
    wanted = paths or (SHIPPED,)
    segments, templates = _named(wanted, SEGMENTS), _named(wanted, (TEMPLATES,))
    projects = _named(wanted, (PROJECT,))
    journeys = [path for path in journey_files(wanted) if path not in {*segments, *templates, *projects}]
    if not (journeys or segments or templates or projects):
        raise click.ClickException(
            "no *.journey.yaml found; name a journey file, or the folder that holds it"
        )
    examined = examine_files(journeys, known_beside(wanted))
    findings = [finding for each in examined for finding in each.findings]
    warnings = [warning for each in examined for warning in each.warnings]
    for finding, is_warning in chain(
        _of_projects(projects), _of_segments(segments), _of_templates(templates)
    ):
        (warnings if is_warning else findings).append(finding)
    say(findings, warnings, as_json)
    if findings or (strict and warnings):
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo("Sound. Publish one: sojourn publish FILE" if journeys else "Sound.")


def _named(paths: tuple[Path, ...], suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a kind among the paths, and in the folders among them."""
    found: list[Path] = []
    for path in paths:
        each = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [file for file in each if file.name.endswith(suffixes) and not file.is_dir()]
    return found


def _of_projects(paths: list[Path]) -> Iterator[tuple[Finding, bool]]:
    for path in paths:
        try:
            read_project(path.parent)
        except ProjectRefusedError as refused:
            yield refused.finding, False


def _of_segments(paths: list[Path]) -> Iterator[tuple[Finding, bool]]:
    from sojourn.rules.load import examine_all
    from sojourn.rules.parse import decode

    texts: dict[str, str] = {}
    for path in paths:
        try:
            texts[str(path)] = decode(path.read_bytes())
        except OSError as error:
            yield Finding(str(path), 1, "", f"cannot be read: {error.strerror}", "check the path"), False
        except MalformedError as error:
            yield Finding(str(path), error.line, "", error.problem, error.remedy), False
    for examined in examine_all(texts).values():
        yield from ((finding, False) for finding in examined.findings)
        yield from ((warning, True) for warning in examined.warnings)


def _of_templates(paths: list[Path]) -> Iterator[tuple[Finding, bool]]:
    if not paths:
        return  # the template engine is large
    from sojourn.messages.check import check
    from sojourn.messages.faults import TemplateRefusedError
    from sojourn.messages.files import read_template

    for path in paths:
        try:
            faults = check(read_template(path))
        except TemplateRefusedError as refused:
            faults = list(refused.faults)
        except OSError as error:
            yield Finding(str(path), 1, "", f"cannot be read: {error.strerror}", "check the path"), False
            continue
        for fault in faults:
            yield Finding(str(path), _line_of(fault, path), fault.field, fault.problem, fault.remedy), False


def _line_of(fault: Fault, path: Path) -> int:
    """A fault counts from where its field begins; that of a layout's text is told where the field stands."""
    if fault.field == "file":
        return fault.line
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        if found := re.match(rf"{re.escape(fault.field)}:\s*([|>]?)", line):
            within = number + fault.line if found[1] else number
            return within if within <= len(lines) else number
    return 1
