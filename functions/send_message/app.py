"""Step Functions Task: bring one message to its end. The API hands it proofs of templates as well (`{"proof": …}`).

Runs twice: the intent's claim lets one attempt send, and the second answers as the first did. Dies midway: the next
attempt finds `sending` and answers `unknown`, or finds nothing and sends. Bad payload: the Task fails, and reconcile
writes `failed` on the row.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import desk, store_errors_translated
from sojourn.errors import HeldError
from sojourn.journeys.send_step import SendTask, send_step
from sojourn.telemetry import Metric

METRICS = {
    "sent": Metric.MESSAGES_SENT,
    "skipped": Metric.MESSAGES_SKIPPED,
    "failed": Metric.MESSAGES_FAILED,
    "unknown": Metric.MESSAGES_UNKNOWN,
}


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Send the step's message, or say why not; SkippedError and FailedError lead along a path of their own."""
    if "proof" in event:
        return _proof(event["proof"])
    task = SendTask.from_task(event)
    try:
        with store_errors_translated():
            sent = send_step(task, desk=desk())
    except HeldError as held:
        about = {"enrolment": task.enrolment, "step": task.step, "until": held.until, "reason": held.reason}
        telemetry.tell(Metric.MESSAGES_HELD, "message held", **about)
        raise
    receipt = sent.receipt
    result = {"state": receipt.state, "reason": receipt.reason}
    correlation = telemetry.correlation_of(sent.begun_by)
    about = {"message_id": receipt.message, "step": task.step, "correlation": correlation, **result}
    telemetry.tell(METRICS[receipt.state], "message settled", **about)
    if sent.error is not None:
        raise sent.error
    return {"message": receipt.message, **result, "path": dict(sent.path)}


def _proof(asked: dict[str, Any]) -> dict[str, Any]:
    """A template to somebody of the team; no metric counts it."""
    from sojourn.delivery.proof import Proof, prove

    with store_errors_translated():
        told = prove(Proof.from_task(asked), desk=desk())
    telemetry.note("proof settled", template=asked["template"], **told)
    return told
