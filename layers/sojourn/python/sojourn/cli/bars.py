"""Charts of bars in text, and the bar that shows how far a long command is."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.text import Text

MOST_ROWS = 35
WIDTH = 50
PATIENCE = 2.0  # seconds without a sign before a bar is shown


def bars(title: str, figures: Sequence[tuple[str, int]]) -> Iterator[Text]:
    """A line a day; where those are many, a line for several."""
    if not figures:
        return
    each = -(-len(figures) // MOST_ROWS)
    rows = [
        (figures[at][0], sum(n for _, n in figures[at : at + each])) for at in range(0, len(figures), each)
    ]
    most = max(count for _, count in rows) or 1
    yield Text(title if each == 1 else f"{title}, {each} days a line", style="italic")
    for name, count in rows:
        filled = "█" * round(count * WIDTH / most)
        yield Text(f"{name} {filled}{' ' if filled else ''}{count:,}")


@contextmanager
def counting(total: int | None, what: str) -> Iterator[Callable[[int], Any]]:
    """A bar for whoever has waited two seconds; `progress(done)` moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task, began = bar.add_task(what, total=total), time.monotonic()

    def progress(done: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > PATIENCE:
            bar.start()
        bar.update(task, completed=done)

    try:
        yield progress
    finally:
        bar.stop()
