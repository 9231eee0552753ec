"""A bar that follows what runs in the cloud until it ends; whoever looks away loses nothing."""

import threading
from collections.abc import Callable
from typing import Any

import click

EVERY = 1.0  # seconds
RUNNING = "running"

Run = dict[str, Any]
Place = tuple[str, int | None, int]  # what it does, of how many, how many it has done


def followed(
    first: Run | None, read: Callable[[], Run | None], place: Callable[[Run], Place], *, way: str, quiet: bool
) -> Run | None:
    """The run as it stands in the end, read once a second from the first on; `way` is the command that looks again."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    pause, run = threading.Event(), first
    try:
        with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
            task = bar.add_task("begins", total=None)
            while run and run["status"] == RUNNING:
                what, total, done = place(run)
                bar.update(task, description=what, total=total, completed=done)
                pause.wait(EVERY)
                run = read()
    except KeyboardInterrupt:
        click.echo(f"It goes on in the cloud. Look: {way}", err=True)
        raise click.exceptions.Exit(130) from None
    return run
