"""Every minute: do what is due. Runs twice or dies midway: rows go after their effect, and effects may be repeated."""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import engine, store_errors_translated
from sojourn.journeys.sweep import sweep


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """{"done": rows}."""
    with store_errors_translated():
        done = sweep(engine=engine())
    telemetry.note("due rows done", done=done)
    return {"done": done}
