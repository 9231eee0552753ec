"""Step Functions Task: take a step that neither sends nor waits.

Runs twice, or dies midway: the row says which step was taken last and by which way, so the next attempt answers the
same; events that a step writes have ids made of run, step and round. Bad payload: the Task fails, and reconcile writes
`failed` on the row.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import engine, store_errors_translated
from sojourn.journeys.taking.take import take_step
from sojourn.journeys.taking.task import TakeTask


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Take the step; Path<n>, Parked and EnrolmentEndedError are for the machine to catch."""
    task = TakeTask.from_task(event)
    telemetry.detail("step taken", enrolment=task.enrolment, step=task.step, leg=task.leg)
    with store_errors_translated():
        return take_step(task, engine=engine())
