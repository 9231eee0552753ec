"""Bars: on a terminal, after a while; never in a pipe or beside JSON; Ctrl-C names the command that goes on."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import click
import pytest

import sojourn.cli
from sojourn.cli.progress import followed, progress

COMMANDS = Path(sojourn.cli.__file__).parent
LONG = {
    "archive.py": "searches every object", "backtesting.py": "plays many", "doctor.py": "asks a dozen services",
    "exports.py": "page by page", "folder/commands.py": "reads the workspace", "imports.py": "waits for the cloud",
    "privacy.py": "waits for the cloud", "publish.py": "waits for the publisher", "rehearsing.py": "plays many",
    "segments.py": "waits for the cloud", "setup.py": "waits for DNS", "smoke.py": "waits for SES",
    "verifying.py": "waits for the cloud",
}  # fmt: skip


class Terminal(io.StringIO):
    """Somebody looks."""

    def isatty(self) -> bool:
        return True


def test_who_waits_before_a_terminal_sees_how_far_it_is():
    terminal = Terminal()

    with progress("rows", total=2_000, patience=0, on=terminal) as move:
        move(1_500, what="reading")

    assert "reading" in terminal.getvalue()
    assert "1,500 of 2,000" in terminal.getvalue()


def test_a_request_that_waits_for_its_answer_is_shown_too():
    terminal = Terminal()

    with progress("publishing welcome", patience=0, on=terminal):
        pass

    assert "publishing welcome" in terminal.getvalue()
    assert " of " not in terminal.getvalue()


def test_what_is_over_at_once_shows_nothing():
    terminal = Terminal()

    with progress("rows", total=2, on=terminal) as move:
        move(2)

    assert "rows" not in terminal.getvalue()


@pytest.mark.parametrize(
    ("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)], ids=["a pipe", "beside JSON"]
)
def test_nothing_is_shown_where_nobody_looks(stream: io.StringIO, quiet: bool):
    with progress("rows", total=2, quiet=quiet, patience=0, on=stream) as move:
        move(1)

    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ({"look": "sojourn import show i1"}, "It goes on in the cloud. Look: sojourn import show i1"),
        ({"again": "sojourn setup --watch"}, "Again: sojourn setup --watch"),
    ],
    ids=["it goes on", "it does not"],
)
@pytest.mark.parametrize("stream", [Terminal, io.StringIO], ids=["terminal", "pipe"])
def test_who_interrupts_is_told_the_command_that_goes_on(
    way: dict[str, str], said: str, stream: type[io.StringIO], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(click.exceptions.Exit) as left, progress("…", on=stream(), **way):  # type: ignore[arg-type]
        raise KeyboardInterrupt

    assert left.value.exit_code == 130
    assert said in capsys.readouterr().err


def test_what_runs_in_the_cloud_is_read_until_it_is_over():
    answers = [{"status": "running", "n": 1}, {"status": "done", "n": 2}]

    def read() -> dict[str, object]:
        return answers.pop(0)

    assert followed(read(), read, lambda run: ("rows", 2, 1), look="", quiet=True) == {
        "status": "done",
        "n": 2,
    }
    assert followed(None, read, lambda run: ("rows", 2, 1), look="", quiet=True) is None


@pytest.mark.parametrize("name", sorted(LONG), ids=str)
def test_each_command_that_may_take_long_shows_it_and_not_beside_json(name: str):
    tree = ast.parse((COMMANDS / name).read_text(encoding="utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"progress", "followed"}
    ]
    has_json = "as_json" in (COMMANDS / name).read_text(encoding="utf-8")

    assert calls, LONG[name]
    for call in calls:
        quiet = {word.arg for word in call.keywords} & {"quiet"}
        assert quiet or not has_json or name == "privacy.py", ast.unparse(call)
