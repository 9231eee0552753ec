"""A queue of what people text us: STOP, START, HELP, replies.

Runs twice: `SMS Received` says that all is done. Dies midway: the queue hands the record out again. A record that
nobody can read fails alone, and ends among the dead letters.
"""

from typing import TYPE_CHECKING, Any

from sojourn import telemetry
from sojourn.bootstrap import clock, settings, store_errors_translated
from sojourn.feedback.letters import Letter
from sojourn.feedback.sms import take_sms
from sojourn.segments.keep import judge_again

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext


def take(record: "SQSRecord") -> None:
    """One record of the batch."""
    with store_errors_translated():
        if not take_sms(Letter.from_record(record.raw_event), clock=clock(), judge_again=_judge_again):
            telemetry.count(telemetry.Metric.FEEDBACK_IGNORED)
            telemetry.note("text ignored", record=record.message_id)


def _judge_again(contact: str) -> None:
    judge_again(contact, clock=clock(), shards=int(settings().due_shards))


@telemetry.measured
def handler(event: dict[str, Any], context: "LambdaContext") -> Any:
    """{"batchItemFailures": […]}."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    settings()
    processor = BatchProcessor(event_type=EventType.SQS)
    return process_partial_response(event=event, record_handler=take, processor=processor, context=context)
