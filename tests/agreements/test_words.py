"""Names that two places spell: errors and machines, commands and docs, paths and committed files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import sojourn.errors
from sojourn.cli.main import main
from sojourn.errors import SojournError
from tests.agreements.code import LIBRARY, ROOT, against, files, imports_of, modules, short

# Named by machines, never raised by a handler.
OF_MACHINES = {
    "WaitEndedError": "park_token fails a waiting token under this name; the state catches it",
}
OF_AWS = re.compile(r"(States|Lambda|Sandbox|Runtime)\.")
MACHINES = sorted(ROOT.glob("statemachines/*.asl.*")) + sorted(ROOT.glob("tests/statemachines/*.asl.json"))
# What a page tells people to type beside `make …` and `sojourn …`, each tried by hand.
OTHER_COMMANDS = {
    "git",
    "cd",
    "curl",
    "export",
    "eval",
    "sed",
    "apt-get",
    "sudo",
    "aws",
    "source",
    "python",
    "python3.11",
    "sam",
}
PAGES = [path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if path.exists()]
SHELL_BLOCK = re.compile(r"^```(?:sh|bash|console|shell)\n(.*?)^```", re.S | re.M)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# A person's machine, this project's workshop, a package registry: nothing that is committed may name them.
OF_A_MACHINE = re.compile(
    rb"/home/[a-z]|/Users/[A-Za-z]|/root/|/work/(main|shared|\.library)|/opt/pypi"
    rb"|pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org"
)
SAYS_SO = {"tests/agreements/test_words.py"}


def errors_named_in(machine: Any) -> Iterator[str]:
    """Every ErrorEquals of a definition."""
    if isinstance(machine, dict):
        yield from machine.get("ErrorEquals", [])
        for part in machine.values():
            yield from errors_named_in(part)
    elif isinstance(machine, list):
        for part in machine:
            yield from errors_named_in(part)


def subclasses_of(parent: type[Exception]) -> set[type[Exception]]:
    children = set(parent.__subclasses__())
    return children.union(*(subclasses_of(child) for child in children))


@pytest.mark.parametrize("path", MACHINES, ids=short)
def test_every_error_that_a_machine_names_is_ours(path: Path):
    named = {name for name in errors_named_in(yaml.safe_load(path.read_text())) if not OF_AWS.match(name)}
    assert named <= {error.__name__ for error in subclasses_of(SojournError)} | set(OF_MACHINES)
    assert named


def test_the_tree_of_errors_is_drawn_whole():
    drawn = sojourn.errors.__doc__ or ""
    found = {each.__name__ for each in subclasses_of(SojournError) if each.__module__ == "sojourn.errors"}
    here = {name for name in found if not re.fullmatch(r"Path\d+", name)}  # as many as some test needed
    assert not {name for name in here if not re.search(rf"\b{name}\b", drawn)}


def commands_in(page: Path) -> Iterator[str]:
    """Each command of the fenced shell blocks of a page."""
    for block in SHELL_BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.removeprefix("$ ").split("#")[0].strip()
            if command and not line.startswith((" ", "{", "}")):
                yield command


def is_there(command: str) -> bool:
    words = [word for word in command.split() if not re.fullmatch(r"[A-Z_]+=\S*", word)]
    program = words[0].removeprefix(".venv/bin/")
    names = [word for word in words[1:] if not word.startswith("-")]
    if program == "make":
        return all(re.search(rf"^{target}:", MAKEFILE, re.M) for target in names)
    if program == "sojourn":
        assert isinstance(main, click.Group)
        return bool(names) and names[0] in main.commands
    return program in OTHER_COMMANDS


def test_every_command_of_the_docs_is_there():
    assert not against(lambda page: (each for each in commands_in(page) if not is_there(each)), PAGES)


def test_every_target_of_the_makefile_says_what_it_does():
    declared = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert declared
    for target in declared[1].split():
        assert re.search(rf"^{target}:.*## ", MAKEFILE, re.M), target


def test_nothing_committed_names_a_machine_or_a_registry():
    found = {
        short(path): match[0]
        for path in files()
        if short(path) not in SAYS_SO and (match := OF_A_MACHINE.search(path.read_bytes()))
    }
    assert not found


def test_every_event_that_we_write_ourselves_is_documented():
    written = re.compile(r'"((?:Message|Consent|SMS) [A-Z][a-z]+|Unsubscribed)"')
    names = {name for path in modules(LIBRARY) for name in written.findall(path.read_text(encoding="utf-8"))}
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert names
    assert not {name for name in names if name not in pages}


def test_the_sample_machine_is_the_compilers_work():
    """tests/statemachines/welcome.asl.json is compared with the compiler's output there; here: it is JSON."""
    assert json.loads((ROOT / "tests/statemachines/welcome.asl.json").read_text())["StartAt"]


def test_no_test_reaches_for_the_network():
    reaching = {short(path) for path in modules(ROOT / "tests") if "requests" in set(imports_of(path))}
    assert not reaching
