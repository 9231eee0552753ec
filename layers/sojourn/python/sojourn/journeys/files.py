"""Journey files on disk: `python -m sojourn.journeys.files FOLDER` checks and compiles every one."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sojourn.journeys.checking.check import Known, Templates
from sojourn.journeys.load import NOTHING_KNOWN, Examined, JourneyRefusedError, examine
from sojourn.journeys.model import Journey
from sojourn.rules.findings import Finding
from sojourn.rules.parse import decode
from sojourn.rules.tree import MalformedError

SUFFIXES = (".journey.yaml", ".journey.yml", ".journey.json")


def check_files(
    paths: Iterable[Path],
    *,
    templates: Templates = None,
    known: Known = NOTHING_KNOWN,
    strict: bool = False,
    write: Callable[[str], object] = sys.stdout.write,
) -> int:
    """Check every journey file in the folders; write each error and warning on a line.

    0 when there is no error, else 1; `strict` takes warnings for errors.
    """
    files = list(journey_files(paths))
    examined = examine_files(files, known if templates is None else replace(known, templates=templates))
    findings = [finding for each in examined for finding in each.findings]
    warnings = [warning for each in examined for warning in each.warnings]
    for finding in findings:
        write(f"{finding}\n")
    for warning in warnings:
        write(f"warning: {warning}\n")
    if not files:
        write("no *.journey.yaml found\n")
    return 1 if findings or not files or (strict and warnings) else 0


def examine_files(files: Iterable[Path], known: Known = NOTHING_KNOWN) -> list[Examined]:
    """Each file, held against the others that are sound."""
    return list(_examined(list(files), known))


def load_file(path: Path, *, templates: Templates = None, known: Known = NOTHING_KNOWN) -> Journey:
    """The journey of one file; `JourneyRefusedError` names every error in it."""
    examined = _examine_file(path, known if templates is None else replace(known, templates=templates))
    if examined.journey is None or examined.findings:
        raise JourneyRefusedError(examined.findings)
    return examined.journey


def beside(paths: Iterable[Path]) -> list[Finding]:
    """What is wrong with sound files only when they are held against each other."""
    return [finding for each in examine_files(paths) for finding in each.findings]


def journey_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The journey files among the paths and in the folders among them, in order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.name.endswith(SUFFIXES))
        else:
            yield path


def _examined(files: list[Path], known: Known) -> Iterator[Examined]:
    """Each by itself; then each that is sound beside the others, and names that come twice."""
    alone = {path: _examine_file(path, known) for path in files}
    sound = {each.journey.name: each.journey for each in alone.values() if each.journey and not each.findings}
    beside = replace(known, journeys={**(known.journeys or {}), **sound})
    first: dict[str, Path] = {}
    for path, examined in alone.items():
        yield examined if examined.findings else _examine_file(path, beside)
        if examined.journey is None or not examined.journey.name:
            continue
        name = examined.journey.name
        if name in first:
            problem = f"the journey '{name}' stands in {first[name]} too"
            yield _refused(path, 1, problem, "give each journey a name of its own")
        first.setdefault(name, path)


def _examine_file(path: Path, known: Known) -> Examined:
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        return _refused(path, 1, f"cannot be read: {error.strerror}", "check the path")
    except MalformedError as error:
        return _refused(path, error.line, error.problem, error.remedy)
    return examine(text, file=str(path), known=known)


def _refused(path: Path, line: int, problem: str, remedy: str) -> Examined:
    return Examined(None, (Finding(str(path), line, "", problem, remedy),))


if __name__ == "__main__":
    sys.exit(check_files(Path(argument) for argument in sys.argv[1:]))
