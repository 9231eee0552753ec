"""`make deploy`: asks what only you know, remembers it in samconfig.toml, builds and deploys.

What is remembered is not asked again (GUIDED=1 asks everything); what is missing or no longer good is. `--check` says
what would be done, and does and writes nothing.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import tomlkit

from infra.deploy_questions import QUESTIONS, Answers, Question, WrongAnswerError
from infra.install import ROOT

CONFIG = ROOT / "samconfig.toml"
SAM = ROOT / ".sojourn" / "venvs" / "sam" / "bin" / "sam"
REGION = "Region"  # the one answer that is not a parameter of the template
Ask = Callable[[str], str]
Say = Callable[[str], None]


class NobodyAnswersError(Exception):
    """Something must be asked, and nobody sits at the terminal."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """samconfig.toml: everything in it that is not ours stays, comments too."""

    path: Path

    def read(self) -> dict[str, str]:
        """The Region and all parameters, whoever wrote them."""
        deploy = self._deploy(tomlkit.parse(self.path.read_text()))
        region = {REGION: str(deploy["region"])} if "region" in deploy else {}
        return region | overrides(deploy.get("parameter_overrides", {}))

    def write(self, answers: Answers) -> None:
        """Keep these; all at once, so that whoever is interrupted has the old file or the new one."""
        document = tomlkit.parse(self.path.read_text())
        deploy = self._deploy(document)
        kept = overrides(deploy.pop("parameter_overrides", {}))
        deploy["region"] = answers[REGION]
        deploy["parameter_overrides"] = {**kept, **{k: v for k, v in answers.items() if k != REGION}}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(tomlkit.dumps(document))
        fresh.replace(self.path)

    @staticmethod
    def _deploy(document: Any) -> Any:
        default = document.setdefault("default", tomlkit.table())
        return default.setdefault("deploy", tomlkit.table()).setdefault("parameters", tomlkit.table())


def overrides(written: Any) -> dict[str, str]:
    """Parameters as SAM reads them: a table, as we write it, or `Name="value" …`, as `sam deploy --guided` does."""
    if isinstance(written, Mapping):
        return {str(name): str(value) for name, value in written.items()}
    texts = [written] if isinstance(written, str) else written
    pairs = (pair.partition("=") for text in texts for pair in shlex.split(str(text)))
    return {name: value for name, _, value in pairs}


def gather(known: Mapping[str, str], *, guided: bool, ask: Ask, say: Say) -> tuple[dict[str, str], bool]:
    """All answers, and whether anything was asked."""
    answers: dict[str, str] = {}
    has_asked = False
    for question in QUESTIONS:
        if not question.applies(answers):
            answers[question.name] = ""
        elif not guided and is_good(question, known, answers):
            answers[question.name] = question.checked(known[question.name], answers)
        else:
            answers[question.name] = answer(question, known, answers, ask=ask, say=say)
            has_asked = True
    return answers, has_asked


def is_good(question: Question, known: Mapping[str, str], answers: Answers) -> bool:
    """Whether what is remembered may stand."""
    try:
        question.checked(known[question.name], answers)
    except (KeyError, WrongAnswerError):
        return False
    return True


def answer(question: Question, known: Mapping[str, str], answers: Answers, *, ask: Ask, say: Say) -> str:
    """Ask until the answer is good; Enter takes what stands in brackets, and `-` empties what may be empty."""
    default = known.get(question.name, question.default)
    say(f"\n{question.why}")
    while True:
        typed = ask(f"{question.asks}{f' [{default}]' if default else ''}: ").strip() or default
        try:
            return question.checked("" if typed == "-" else typed, answers)
        except WrongAnswerError as wrong:
            say(f"  {wrong}")


def commands(*, confirm: bool) -> list[list[str]]:
    """What is run; what was just asked is looked at once more before AWS changes anything."""
    deploy = [str(SAM), "deploy", "--config-file", str(CONFIG)]
    deploy.append("--confirm-changeset" if confirm else "--no-confirm-changeset")
    return [[str(SAM), "build", "--cached", "--parallel"], deploy]


def run(path: Path, *, guided: bool, check: bool, ask: Ask, say: Say) -> int:
    """Ask, remember, build, deploy; the first command that fails ends it, and the next run goes on from there."""
    remembered = Remembered(path)
    answers, has_asked = gather(remembered.read(), guided=guided, ask=ask, say=say)
    for name, value in answers.items():
        say(f"  {name:<15} {value or '-'}")
    if check:
        for command in commands(confirm=has_asked):
            say("would run: " + shlex.join([Path(command[0]).name, *command[1:]]))
        return 0
    remembered.write(answers)
    for command in commands(confirm=has_asked):
        if code := subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode:
            return code
    say("\nNext: sojourn setup --stack sojourn")
    return 0


def environment() -> dict[str, str]:
    """SAM looks for the interpreter that the template names, with pip in it: ours."""
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0"}


def at_the_terminal(prompt: str, keyboard: TextIO | None = None) -> str:
    """A line that somebody types."""
    if not (keyboard or sys.stdin).isatty():
        raise NobodyAnswersError(prompt.rstrip(": "))
    return input(prompt)


def main() -> int:
    """`python -m infra.deploy [--guided] [--check]`."""
    guided, check = "--guided" in sys.argv, "--check" in sys.argv
    try:
        return run(CONFIG, guided=guided, check=check, ask=at_the_terminal, say=print)
    except NobodyAnswersError as question:
        print(f"{question}: nobody is here to answer. Run `make deploy` in a terminal once.", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print("\nNothing was deployed.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
