"""Step Functions Task: keep a task token until its event, its moment, its person or its deadline; or note a long wait.

Runs twice: the second registration overwrites the first with a newer token. Dies midway: the state is retried, and
the look-back sees what came meanwhile. A run that is over is told so through the token.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import reader, store_errors_translated
from sojourn.journeys.wait import ParkTask, park


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """Register the wait."""
    task = ParkTask.from_task(event)
    with store_errors_translated():
        park(task, engine=reader())
    telemetry.detail("wait registered", enrolment=task.enrolment, step=task.step, leg=task.leg)
    return {}
