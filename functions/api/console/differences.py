"""What somebody typed beside what stands there, as the diff of a page shows it."""

from collections.abc import Iterator

from sojourn.journeys.migrating.difference import difference

HEADINGS = 2  # its two names
KINDS = {"+": "add", "-": "del"}


def compared(there: str, typed: str) -> list[tuple[str, str]]:
    """Lines and what saving would do to them: add, del, same, or skip for those between."""
    return list(_marked(list(difference(there, typed, names=("", "")))[HEADINGS:]))


def _marked(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield ("skip", line) if line.startswith("@@") else (KINDS.get(line[:1], "same"), line[1:])
