"""Charts of bars in text."""

from collections.abc import Iterator, Sequence

from rich.text import Text

MOST_ROWS = 35
WIDTH = 50


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
