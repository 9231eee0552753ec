"""Step Functions Task: ask another system, by HTTPS or one of the account's functions.

Runs twice: the row keeps the answer with the step forward, so the second attempt asks nobody. Dies between answer and
write: the same question is asked again, under the same id. Bad payload: the Task fails, and reconcile writes `failed`
on the row. What was asked and answered is never logged.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import caller, engine, store_errors_translated
from sojourn.errors import CallUnansweredError, FailedError
from sojourn.journeys.calls import call_step
from sojourn.journeys.taking.task import TakeTask
from sojourn.telemetry import Metric


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Ask; FailedError and EnrolmentEndedError are for the machine to catch, CallUnansweredError to try again."""
    task, attempt = TakeTask.from_task(event), int(event.get("attempt", 0))
    about = {"enrolment": task.enrolment, "step": task.step, "leg": task.leg}
    try:
        with store_errors_translated():
            called = call_step(task, attempt=attempt, caller=caller(), engine=engine())
    except CallUnansweredError as error:
        telemetry.note("call not answered yet", reason=str(error), attempt=attempt, **about)
        raise
    except FailedError:
        telemetry.tell(Metric.CALLS_FAILED, "call failed", **about)
        raise
    if called.failure:
        telemetry.tell(Metric.CALLS_FAILED, "call failed", reason=called.failure.value, **about)
    else:
        telemetry.detail("call answered", **about)
    return called.answer
