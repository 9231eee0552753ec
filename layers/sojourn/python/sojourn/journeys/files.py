"""Journey files on disk: `python -m sojourn.journeys.files FOLDER` checks and compiles every one."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sojourn.journeys.check import Templates
from sojourn.journeys.load import Examined, JourneyRefusedError, examine
from sojourn.journeys.model import Journey
from sojourn.rules.findings import Finding
from sojourn.rules.parse import decode
from sojourn.rules.tree import MalformedError

SUFFIXES = (".journey.yaml", ".journey.yml", ".journey.json")


def check_files(
    paths: Iterable[Path], *, templates: Templates = None, write: Callable[[str], object] = sys.stdout.write
) -> int:
    """Check every journey file in the folders; write each error on a line; 0 when there is none, else 1."""
    files = list(journey_files(paths))
    findings = [finding for examined in _examined(files, templates) for finding in examined.findings]
    for finding in findings:
        write(f"{finding}\n")
    if not files:
        write("no *.journey.yaml found\n")
    return 1 if findings or not files else 0


def load_file(path: Path, *, templates: Templates = None) -> Journey:
    """The journey of one file; `JourneyRefusedError` names every error in it."""
    examined = _examine_file(path, templates)
    if examined.journey is None or examined.findings:
        raise JourneyRefusedError(examined.findings)
    return examined.journey


def journey_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The journey files among the paths and in the folders among them, in order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.name.endswith(SUFFIXES))
        else:
            yield path


def _examined(files: list[Path], templates: Templates) -> Iterator[Examined]:
    first: dict[str, Path] = {}
    for path in files:
        examined = _examine_file(path, templates)
        yield examined
        if examined.journey is None or not examined.journey.name:
            continue
        name = examined.journey.name
        if name in first:
            problem = f"the journey '{name}' stands in {first[name]} too"
            yield _refused(path, 1, problem, "give each journey a name of its own")
        first.setdefault(name, path)


def _examine_file(path: Path, templates: Templates) -> Examined:
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        return _refused(path, 1, f"cannot be read: {error.strerror}", "check the path")
    except MalformedError as error:
        return _refused(path, error.line, error.problem, error.remedy)
    return examine(text, file=str(path), templates=templates)


def _refused(path: Path, line: int, problem: str, remedy: str) -> Examined:
    return Examined(None, (Finding(str(path), line, "", problem, remedy),))


if __name__ == "__main__":
    sys.exit(check_files(Path(argument) for argument in sys.argv[1:]))
