"""Templates as data: immutable versions, and the latest of each.

Config rows: `TEMPLATE` / `<name>#<00001>` and `<name>#live`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from sojourn.config import Row, get, put, put_next, query
from sojourn.errors import NotFoundError
from sojourn.messages.template import Template

KIND = "TEMPLATE"


@lru_cache(maxsize=256)
def get_template(name: str, version: int) -> Template:
    """One version of a template: immutable, so read once per container."""
    row = get(KIND, f"{name}#{version:05d}")
    if row is None:
        raise NotFoundError(f"template {name} has no version {version}")
    return Template.from_definition(row.data["template"])


def latest(name: str) -> int | None:
    """The newest version's number, or None when there is no such template."""
    row = get(KIND, f"{name}#live")
    return int(row.data["version"]) if row else None


def latest_versions() -> dict[str, tuple[int, str]]:
    """Every template's newest version and channel."""
    live = (row for row in query(KIND) if row.id.endswith("#live"))
    return {
        row.id.removesuffix("#live"): (int(row.data["version"]), str(row.data["channel"])) for row in live
    }


def save_template(template: Template, *, source: dict[str, object]) -> Template:
    """Keep a checked template as the next version; saving what is live already changes nothing.

    The version is written before the pointer: a crash between leaves a version that nobody names, and the next save
    writes it again. StaleWriteError when somebody else saved meanwhile.
    """
    there = get(KIND, f"{template.name}#live")
    number = int(there.data["version"]) if there else 0
    if there and replace(get_template(template.name, number), version=0) == replace(template, version=0):
        return replace(template, version=number)
    saved = replace(template, version=number + 1)
    put(KIND, f"{saved.name}#{saved.version:05d}", {"template": saved.to_definition(), "source": source})
    pointer = {"version": saved.version, "channel": saved.channel}
    put_next(Row(KIND, f"{saved.name}#live", there.revision if there else 0, pointer))
    return saved


def sources() -> Iterator[tuple[int, dict[str, object]]]:
    """Number and source of the newest version of each template."""
    for name, (number, _) in latest_versions().items():
        if source := source_of(name, number):
            yield number, source


def source_of(name: str, number: int) -> dict[str, object]:
    """One version as its author wrote it; {} of one that is not there."""
    row = get(KIND, f"{name}#{number:05d}")
    return dict(row.data["source"]) if row else {}
