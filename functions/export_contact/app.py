"""Step Functions task: one step of writing the file with everything of a person, or as much of it as there is time for.

Runs twice: a job that is done stays done, and the file of one that is not is written anew. Dies midway: nothing of an
upload stays, and the machine repeats it. Of somebody who is erased meanwhile no file is left.
"""

from typing import TYPE_CHECKING, Any

from sojourn import telemetry
from sojourn.bootstrap import exporter, store_errors_translated
from sojourn.privacy.budget import Budget
from sojourn.privacy.export import run_export
from sojourn.privacy.search import look

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@telemetry.measured
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, str]:
    """{job, step} → {job, then}: `again` while there is more of this step."""
    job, budget = event["job"], Budget(lambda: context.get_remaining_time_in_millis() / 1000)
    with store_errors_translated():
        if event["step"] == "look":
            is_more = look(job, exporter=exporter(), budget=budget)
            return {"job": job, "then": "again" if is_more else "on"}
        done = run_export(job, exporter=exporter())
    telemetry.note("contact exported", export=job, bytes=done.bytes if done else 0)
    return {"job": job, "then": "on"}
