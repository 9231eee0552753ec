"""Step Functions task: write the file with everything of one person.

Runs twice: a job that is done stays done, and the file of one that is not is written anew. Dies midway: nothing of an
upload stays, and the machine repeats it. Of somebody who is erased meanwhile no file is left.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import exporter, store_errors_translated
from sojourn.privacy.export import run_export


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """{job} → {job}."""
    with store_errors_translated():
        done = run_export(event["job"], exporter=exporter())
    telemetry.note("contact exported", export=event["job"], bytes=done.bytes if done else 0)
    return {"job": event["job"]}
