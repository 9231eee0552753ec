"""The states of the steps that do something beside sending."""

from sojourn.asl.model import State
from sojourn.errors import FailedError
from sojourn.journeys.compiling.around import CALL_AGAIN, CALL_SECONDS, ENTERED, Around
from sojourn.journeys.compiling.sending import caught
from sojourn.journeys.steps import Call, EndJourney, Exit, StartJourney, Update


def take(step: Update | StartJourney | EndJourney | Exit, around: Around) -> State:
    """A Task that does it, once."""
    return around.take(step)


def call(step: Call, around: Around) -> State:
    """A Task that asks another system; its answer stays in the row."""
    failed = caught(step.on_fail, FailedError, around.ways[step.name].paths.get("on fail", ""))
    function = around.target.call_function_arn
    return around.act(step, function, *failed, seconds=CALL_SECONDS, retry=CALL_AGAIN, entered=ENTERED)
