"""Templates as data: immutable versions, and the latest of each.

Config rows: `TEMPLATE` / `<name>#<00001>` and `<name>#live`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sojourn.config import Row, get, get_all, put, put_next, query
from sojourn.errors import NotFoundError, StaleWriteError
from sojourn.messages.template import Template

KIND = "TEMPLATE"
NOBODY: Mapping[str, str] = MappingProxyType({})
WHO = ("saved_by", "saved_at")


class MovedOnError(StaleWriteError):
    """The author read a version that is not the newest any more."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"{name} is at version {version}")
        self.version = version


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


def save_template(
    template: Template,
    *,
    source: Mapping[str, object],
    saved: Mapping[str, str] = NOBODY,
    read: frozenset[int] | None = None,
) -> Template:
    """Keep a checked template as the next version; saving what is live already, word for word, changes nothing.

    `saved` says who does, and when. `read` are the versions that the author may have read; MovedOnError when another is
    live.

    The version is written before the pointer: a crash between leaves a version that nobody names, and the next save
    writes it again. StaleWriteError when somebody else saved meanwhile.
    """
    there = get(KIND, f"{template.name}#live")
    number = int(there.data["version"]) if there else 0
    if read is not None and number not in read:
        raise MovedOnError(template.name, number)
    if there and _is_same(template, number, source):
        return replace(template, version=number)
    new = replace(template, version=number + 1)
    written = {"template": new.to_definition(), "source": dict(source), **saved}
    put(KIND, f"{new.name}#{new.version:05d}", written)
    pointer = {"version": new.version, "channel": new.channel}
    put_next(Row(KIND, f"{new.name}#live", there.revision if there else 0, pointer))
    return new


def _is_same(template: Template, number: int, source: Mapping[str, object]) -> bool:
    """Whether a version is what would be sent and what its author wrote: a description, or MJML, may change alone."""
    row = get(KIND, f"{template.name}#{number:05d}")
    kept = row and replace(Template.from_definition(row.data["template"]), version=0)
    return row is not None and kept == replace(template, version=0) and row.data["source"] == dict(source)


def sources() -> Iterator[tuple[int, dict[str, object]]]:
    """Number and source of the newest version of each template."""
    for name, (number, _) in latest_versions().items():
        if source := source_of(name, number):
            yield number, source


def source_of(name: str, number: int) -> dict[str, object]:
    """One version as its author wrote it; {} of one that is not there."""
    row = get(KIND, f"{name}#{number:05d}")
    return dict(row.data["source"]) if row else {}


def versions_of(name: str, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Of these versions their number, who saved each and when; the latest first, in one request a hundred."""
    rows = get_all((KIND, f"{name}#{number:05d}") for number in numbers)
    told = [{"version": int(row.data["template"]["version"]), **_who(row)} for row in rows]
    return sorted(told, key=lambda each: -int(each["version"]))


def _who(row: Row) -> dict[str, Any]:
    return {word: row.data.get(word) for word in WHO}
