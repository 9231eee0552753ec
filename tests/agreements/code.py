"""The project's own files, read as text and as syntax."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "layers" / "sojourn" / "python" / "sojourn"


def modules(*folders: Path) -> list[Path]:
    """Every Python file below, in a stable order."""
    return sorted(
        path for folder in folders for path in folder.rglob("*.py") if "__pycache__" not in path.parts
    )


def short(path: Path) -> str:
    """A path as people say it."""
    return str(path.relative_to(ROOT))


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """A module's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Everything in it; several rules walk the same module."""
    return tuple(ast.walk(tree_of(path)))


@functools.cache
def imports_of(path: Path) -> tuple[str, ...]:
    """The dotted name of everything that a module imports, wherever it does."""
    return tuple(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{short(path)}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def against(rule: Callable[[Path], Iterable[str]], paths: Iterable[Path]) -> dict[str, list[str]]:
    """What each file does against a rule; nothing of those that keep it."""
    looked = list(paths)
    assert looked, "the rule is asked of no file"
    found = {short(path): sorted(rule(path)) for path in looked}
    return {name: faults for name, faults in found.items() if faults}


def files() -> list[Path]:
    """What is or would be committed; in an unpacked archive, everything that is not a tool's."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        listed = [str(path) for path in found if not path.parts[0].startswith(".")]
    return [ROOT / name for name in listed if (ROOT / name).is_file()]
