"""The state of a send."""

from sojourn.asl.model import Catch, State
from sojourn.errors import FailedError, SkippedError
from sojourn.journeys.compiling.around import HELD, HOLD, Around
from sojourn.journeys.steps import Send, Way

HELD_WORDS = "{% $parse($parse($states.errorOutput.Cause).errorMessage) %}"


def send(step: Send, around: Around) -> State:
    """A Task; what must wait goes to Hold, and comes back in the round in which it was held."""
    held = Catch((HELD,), HOLD, {"at": step.name, "hold": HELD_WORDS, **around.round_of(step)})
    paths = around.ways[step.name].paths
    skipped = caught(step.on_skip, SkippedError, paths.get("on skip", ""))
    failed = caught(step.on_fail, FailedError, paths.get("on fail", ""))
    return around.act(step, around.target.send_function_arn, held, *skipped, *failed)


def caught(way: Way, error: type[Exception], head: str) -> tuple[Catch, ...]:
    """The path of what could not be done; where there is none the function writes down what follows."""
    return (Catch((error.__name__,), head),) if way.steps else ()
