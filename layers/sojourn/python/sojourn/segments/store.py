"""Rows of segments: drafts that change, generations that never do, the one row that says what is in force.

Config rows: `SEGMENT` / `<name>#draft` and `<name>#<00001>`; `LIVE` / `segments`; `SEGMENT_CUTS` / `<00001>`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sojourn import config
from sojourn.config import Row
from sojourn.errors import NotFoundError
from sojourn.segments.index import SegmentIndex
from sojourn.segments.model import Segment, Why

KIND, CUTS = "SEGMENT", "SEGMENT_CUTS"
LIVE = ("LIVE", "segments")
MOST_KEPT = 5_000  # generations that a container remembers
NONE = SegmentIndex()

Ref = tuple[str, int]  # name and generation


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDraft:
    """What an author saved; `revision` is what the next save must name."""

    name: str
    revision: int
    source: str
    definition: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One immutable generation; `cuts` is the table of quantiles that it was judged by, 0 for none."""

    name: str
    number: int
    source: str
    definition: Any
    published_at: str
    why: str = Why.NEW.value
    cuts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is in force of a segment, and what is being filled."""

    live: int | None = None
    pending: int | None = None
    previous: int | None = None
    hash: str = ""  # of the definition that was published last
    invalid: tuple[str, ...] = ()  # attributes that it names and that were deleted: nobody comes or goes

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Standing":
        """From its part of the row."""
        known = {name: data[name] for name in ("live", "pending", "previous", "hash") if name in data}
        return cls(**known, invalid=tuple(data.get("invalid", ())))

    def as_json(self) -> dict[str, Any]:
        """Its part of the row; what is not there is left out."""
        told = {"live": self.live, "pending": self.pending, "previous": self.previous, "hash": self.hash}
        return {name: value for name, value in {**told, "invalid": list(self.invalid)}.items() if value}


def save_draft(draft: SegmentDraft) -> SegmentDraft:
    """Write the revision after the one named; StaleWriteError when somebody saved in between."""
    data = {"source": draft.source, "definition": draft.definition}
    revision = config.put_next(Row(KIND, f"{draft.name}#draft", draft.revision, data))
    return SegmentDraft(name=draft.name, revision=revision, source=draft.source, definition=draft.definition)


def get_draft(name: str) -> SegmentDraft | None:
    """The draft as last saved."""
    row = config.get(KIND, f"{name}#draft")
    return SegmentDraft(name=name, revision=row.revision, **row.data) if row else None


def drafts() -> Iterator[SegmentDraft]:
    """Every segment that was ever saved."""
    for row in config.query(KIND):
        name, _, what = row.id.partition("#")
        if what == "draft":
            yield SegmentDraft(name=name, revision=row.revision, **row.data)


def put_generation(generation: Generation) -> None:
    """Write a generation; repeating it writes the same."""
    data = {
        "source": generation.source,
        "definition": generation.definition,
        "published_at": generation.published_at,
        "why": generation.why,
        "cuts": generation.cuts,
    }
    config.put(KIND, _id(generation.name, generation.number), data)


def get_generation(name: str, number: int) -> Generation:
    """One generation; NotFoundError when there is none."""
    row = config.get(KIND, _id(name, number))
    if row is None:
        raise NotFoundError(f"segment {name} has no generation {number}")
    return _generation(row)


def generations(name: str) -> list[Generation]:
    """All generations of a segment, the first first."""
    rows = config.query(KIND, f"{name}#0")
    return [_generation(row) for row in rows]


def live() -> dict[str, Standing]:
    """What is in force and what is being filled, by name: one read."""
    return _stands(config.get(*LIVE))


def change_live(change: Callable[[dict[str, Standing]], Mapping[str, Standing]]) -> dict[str, Standing]:
    """Write what `change` makes of it; StaleWriteError when somebody else did in between."""
    row = config.get(*LIVE)
    stands = _stands(row)
    changed = dict(change(dict(stands)))
    if changed != stands:
        data = {name: stand.as_json() for name, stand in sorted(changed.items())}
        config.put_next(Row(*LIVE, row.revision if row else 0, data))
    return changed


def live_index() -> SegmentIndex:
    """The index of what is in force and what is being filled, as of now."""
    return index_of(config.get(*LIVE))


def standings() -> tuple[dict[str, Standing], SegmentIndex]:
    """What is in force and what is being filled, by name, and its index: one read."""
    row = config.get(*LIVE)
    return _stands(row), index_of(row)


def standing(name: str) -> tuple[SegmentDraft | None, dict[str, Standing], SegmentIndex]:
    """The same with the draft of one: one read."""
    rows = {(row.kind, row.id): row for row in config.get_all([(KIND, f"{name}#draft"), LIVE])}
    draft, row = rows.get((KIND, f"{name}#draft")), rows.get(LIVE)
    found = SegmentDraft(name=name, revision=draft.revision, **draft.data) if draft else None
    return found, _stands(row), index_of(row)


def index_of(row: Row | None) -> SegmentIndex:
    """The index that this row asks for. Generations never change, so a container reads each once."""
    if row is None or not row.data:
        return NONE
    stands = sorted((name, data.get("live"), data.get("pending")) for name, data in row.data.items())
    return _index(tuple(stands), frozenset(name for name, data in row.data.items() if data.get("invalid")))


def segment(name: str, number: int) -> Segment:
    """One generation, ready to be judged by."""
    return _segments([(name, number)])[name, number]


def put_cuts(number: int, cuts: Mapping[str, Sequence[float]], *, made_at: str) -> None:
    """Write a table of quantiles, once and for all."""
    config.put(CUTS, f"{number:05d}", {"cuts": dict(cuts), "made_at": made_at})


def newest_cuts() -> tuple[int, Mapping[str, Sequence[float]]]:
    """The number of the newest table, and the table; 0 when there is none."""
    rows = list(config.query(CUTS))
    return (int(rows[-1].id), rows[-1].data["cuts"]) if rows else (0, {})


def forget() -> None:
    """As a container that has just begun."""
    _known.clear()
    _index.cache_clear()
    _cuts.cache_clear()


@lru_cache(maxsize=4)
def _index(stands: tuple[tuple[str, int | None, int | None], ...], invalid: frozenset[str]) -> SegmentIndex:
    live = {name: number for name, number, _ in stands if number}
    pending = {name: number for name, _, number in stands if number}
    found = _segments([*live.items(), *pending.items()])
    found = {ref: replace(each, invalid=ref[0] in invalid) for ref, each in found.items()}
    return SegmentIndex.of(
        {name: found[name, number] for name, number in live.items()},
        {name: found[name, number] for name, number in pending.items()},
    )


_known: dict[Ref, Segment] = {}


def _segments(wanted: Iterable[Ref]) -> dict[Ref, Segment]:
    refs = list(wanted)
    if len(_known) > MOST_KEPT:
        _known.clear()
    if missing := [ref for ref in refs if ref not in _known]:
        rows = config.get_all((KIND, _id(*ref)) for ref in missing)
        _known.update({(found.name, found.number): _made(found) for found in map(_generation, rows)})
    if lost := [ref for ref in refs if ref not in _known]:
        raise NotFoundError(f"there is no generation {lost[0][1]} of the segment {lost[0][0]}")
    return {ref: _known[ref] for ref in refs}


def _made(generation: Generation) -> Segment:
    from sojourn.rules.compile import compile_rule
    from sojourn.rules.definition import from_definition

    rule = from_definition(generation.definition)
    cuts = _cuts(generation.cuts) if generation.cuts else {}
    return Segment(generation.name, generation.number, rule, compile_rule(rule), Why(generation.why), cuts)


@lru_cache(maxsize=16)
def _cuts(number: int) -> Mapping[str, Sequence[float]]:
    row = config.get(CUTS, f"{number:05d}")
    if row is None:
        raise NotFoundError(f"there is no table {number} of quantiles")
    cuts: Mapping[str, Sequence[float]] = row.data["cuts"]
    return cuts


def _generation(row: Row) -> Generation:
    name, _, number = row.id.partition("#")
    return Generation(name=name, number=int(number), **row.data)


def _stands(row: Row | None) -> dict[str, Standing]:
    return {name: Standing.of(data) for name, data in row.data.items()} if row else {}


def _id(name: str, number: int) -> str:
    return f"{name}#{number:05d}"
