"""A contact's diary as JSON, with the contact's own time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sojourn.planning.runs import Line
from sojourn.planning.stage import Stage
from sojourn.segments.view import zone_of


def in_order(lines: Iterable[Line]) -> list[Line]:
    """A diary by time; what happens at one moment stays in its order."""
    return sorted(lines, key=lambda line: line.at)


def told(stage: Stage, until: datetime) -> list[dict[str, Any]]:
    """The diary as JSON, with the contact's own time."""
    assert stage.journal is not None
    zone = zone_of(stage.profile, stage.workspace)
    return [line.to_json(zone) for line in in_order(stage.journal.lines) if line.at <= until]
