"""Step Functions task: one step of forgetting a person, or as much of it as there is time for.

Runs twice: what is gone already is found gone. Dies midway: the machine repeats the step. A job that is not there
raises NotFoundError, and the execution fails; there is no other poison, for the input is an id and a step's name.
"""

from typing import TYPE_CHECKING, Any

from sojourn import telemetry
from sojourn.bootstrap import eraser, store_errors_translated
from sojourn.privacy.budget import Budget
from sojourn.privacy.erase import run
from sojourn.privacy.model import Step

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@telemetry.measured
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, str]:
    """{job, step} → {job, then}: `again` while there is more of this step."""
    budget = Budget(lambda: context.get_remaining_time_in_millis() / 1000)
    with store_errors_translated():
        is_more = run(Step(event["step"]), event["job"], eraser=eraser(), budget=budget)
    return {"job": event["job"], "then": "again" if is_more else "on"}
