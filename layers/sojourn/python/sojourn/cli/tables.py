"""Tables as the commands print them."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text


def table(title: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> Table:
    """Rows of cells; what is None is empty, and nothing in a cell is markup."""
    found = Table(*columns, title=title, title_justify="left")
    for row in rows:
        found.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return found
