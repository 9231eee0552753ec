"""A bar that follows an import until it ends; whoever looks away loses nothing, for it runs in the cloud."""

import threading
from typing import Any

import click

from sojourn.cli.api import Api

EVERY = 1.0  # seconds
RUNNING = "running"


def watched(api: Api, job: dict[str, Any], *, quiet: bool = False) -> dict[str, Any]:
    """The import as it stands in the end."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    pause = threading.Event()
    try:
        with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
            task = bar.add_task("reading the file", total=None)
            while job["status"] == RUNNING:
                pause.wait(EVERY)
                job = api.get("imports", job["id"])
                if job["rows"] is not None:
                    bar.update(task, description="rows", total=job["rows"], completed=job["figures"]["rows"])
    except KeyboardInterrupt:
        click.echo(f"It goes on in the cloud. Look: sojourn import show {job['id']}", err=True)
        raise click.exceptions.Exit(130) from None
    return job
