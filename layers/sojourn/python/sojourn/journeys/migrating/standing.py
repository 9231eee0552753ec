"""Who stands where: counted over the index of open runs, without reading a run."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.journeys.store import OPEN_SHARDS
from sojourn.tables import OpenRow


@dataclass(frozen=True, slots=True)
class Stands:
    """One open run, as the index knows it."""

    enrolment: str
    version: int
    at: str


def standing(journey: str) -> dict[int, Counter[str]]:
    """Version → step → how many stand there; a moment old, as indexes are."""
    found: dict[int, Counter[str]] = {}
    for shard in range(OPEN_SHARDS):
        for run, _ in open_runs(journey, shard):
            found.setdefault(run.version, Counter())[run.at] += 1
    return found


def open_runs(
    journey: str, shard: int, *, after: Mapping[str, Any] | None = None
) -> Iterator[tuple[Stands, Mapping[str, Any]]]:
    """The open runs of a journey in one shard of the index, each with its key there: behind it one may go on."""
    prefix = f"ENROL#{journey}#"
    for row in OpenRow.open_index.query(str(shard), last_evaluated_key=dict(after) if after else None):
        if row.sk.startswith(prefix):
            id_ = f"{row.pk.removeprefix('C#')}.{journey}.{row.sk.removeprefix(prefix)}"
            key = {"pk": row.pk, "sk": row.sk, "open": str(shard), "until": row.until}
            stands = Stands(id_, int(row.version or 0), row.at or "")
            yield stands, {name: {"S": value} for name, value in key.items()}
