"""How far a command is that takes over two seconds: a bar on a terminal, nothing in a pipe or beside JSON.

Ctrl-C ends the looking and names the command that goes on: `look` where the cloud works on, `again` where nothing does.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 2.0  # seconds without a sign before a bar is shown
EVERY = 0.5  # seconds between two looks at what runs in the cloud
RUNNING = "running"
INTERRUPTED = 130  # what a shell gets after Ctrl-C

Run = dict[str, Any]
Place = tuple[str, int | None, int | None]  # what it does, of how many, how many it has done


class Move(Protocol):
    """Says how far it is; what is left out stays as it was."""

    def __call__(
        self, done: int | None = None, /, *, what: str | None = None, total: int | None = None
    ) -> None: ...


@contextmanager
def progress(
    what: str,
    *,
    total: int | None = None,
    quiet: bool = False,
    look: str = "",
    again: str = "",
    patience: float = PATIENCE,
    on: TextIO | None = None,
) -> Iterator[Move]:
    """A bar for whoever has waited so long."""
    stream = on or sys.stderr
    try:
        if quiet or not stream.isatty():
            yield _unseen
        else:
            with _bar(what, total, patience, stream) as move:
                yield move
    except KeyboardInterrupt:
        if not (look or again):
            raise
        way = f"It goes on in the cloud. Look: {look}" if look else f"Again: {again}"
        click.echo(way, err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


def is_running(run: Run) -> bool:
    """What most of them say of themselves."""
    return bool(run["status"] == RUNNING)


def followed(
    first: Run | None,
    read: Callable[[], Run | None],
    place: Callable[[Run], Place],
    *,
    look: str,
    quiet: bool,
    goes_on: Callable[[Run], bool] = is_running,
) -> Run | None:
    """The run as it stands in the end, read again and again from the first on; whoever looks away loses nothing."""
    pause, run = threading.Event(), first
    with progress("begins", quiet=quiet, look=look) as move:
        while run and goes_on(run):
            what, total, done = place(run)
            move(done, what=what, total=total)
            pause.wait(EVERY)
            run = read()
    return run


def _unseen(done: int | None = None, /, *, what: str | None = None, total: int | None = None) -> None:
    """Nobody looks."""


@contextmanager
def _bar(what: str, total: int | None, patience: float, stream: TextIO) -> Iterator[Move]:
    bar = _made(stream, is_counted=total is not None)
    task = bar.add_task(what, total=total, figures="")

    def move(done: int | None = None, /, *, what: str | None = None, total: int | None = None) -> None:
        said = {"completed": done, "description": what, "total": total}
        bar.update(task, **{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
        now = bar.tasks[0]
        of = f" of {now.total:,.0f}" if now.total is not None else ""
        bar.update(task, figures=f"{now.completed:,.0f}{of}" if now.completed or of else "")

    with _late(bar, patience):
        yield move


@contextmanager
def _late(bar: "Progress", patience: float) -> Iterator[None]:
    """Shown after so long, whether or not anything moves: a request that waits for its answer tells nothing."""
    over = threading.Event()

    def wait() -> None:
        if not over.wait(patience):
            bar.start()

    waiting = threading.Thread(target=wait, daemon=True)
    if patience > 0:
        waiting.start()
    else:
        bar.start()
    try:
        yield
    finally:
        over.set()
        if waiting.ident is not None:
            waiting.join()
        bar.stop()


def _made(stream: TextIO, *, is_counted: bool) -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    figures = TextColumn("{task.fields[figures]}")
    clock = TimeRemainingColumn() if is_counted else TimeElapsedColumn()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), figures, clock)
    return Progress(*columns, console=Console(file=stream), transient=True)
