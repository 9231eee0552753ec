"""The walker plays machines as Step Functions does, on a clock that stands still until it is moved."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.asl.execution import (
    Execution,
    ExecutionAlreadyExistsError,
    ExecutionDoesNotExistError,
    InvalidTokenError,
    StateMachineDoesNotExistError,
    Status,
    TaskTimedOutError,
)
from sojourn.asl.expressions import UnknownExpressionError, equals, path, variable
from sojourn.asl.machine import UnknownStateError
from sojourn.asl.model import Catch, Retry, State, Task, choice, machine, succeed, wait
from sojourn.asl.walk import Crash, UnknownFunctionError, Walker
from sojourn.clock import ManualClock

START = datetime(2030, 1, 1, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:m"


class BusyError(Exception):
    """An error to retry."""


class EndedError(Exception):
    """An error to catch."""


def task(*, next_state: str | None = None, **payload: Any) -> State:
    return Task(
        function_arn="f",
        payload={"n": path("context", "State", "RetryCount"), **payload},
        timeout=60,
        retry=(Retry(("BusyError", "Runtime.ExitError", "States.Timeout")),),
        catch=(Catch(("States.Timeout",), "Late"), Catch(("EndedError",), "Left", {"why": CAUSE})),
        next=next_state,
    ).to_asl()


CAUSE = "{% $parse($states.errorOutput.Cause).errorMessage %}"


def a_walker(function: Callable[[Any, Any], Any], **states: State) -> Walker:
    walker = Walker(clock=ManualClock(START), functions={"f": function})
    ends = {"Late": succeed(), "Left": succeed()}
    walker.publish(ARN, machine("m", start_at=next(iter(states)), states=ends | states))
    return walker


def run_of(walker: Walker, name: str = "run", **data: Any) -> Execution:
    return walker.executions[walker.start(ARN, name=name, input=data)]


def silent(event: Any, context: Any) -> None:
    return None


def tokens(kept: list[str]) -> Callable[[Any, Any], None]:
    return lambda event, context: kept.append(event["token"])


TOKEN = path("context", "Task", "Token")


def test_a_wait_lasts_as_long_as_it_says():
    walker = a_walker(silent, Nap=wait(300, next_state="Left"))
    run = run_of(walker)

    walker.run_until(START + timedelta(seconds=299))
    assert run.states == ["Nap"]

    walker.run()
    assert [(visit.state, visit.at) for visit in run.trace] == [
        ("Nap", START),
        ("Left", START + timedelta(seconds=300)),
    ]
    assert (run.status, run.transitions) == (Status.SUCCEEDED, 2)


def test_a_choice_goes_where_the_input_says_or_to_its_default():
    fork = choice([(equals("input.at", "Late"), "Late")], default="Left")
    walker = a_walker(silent, Fork=fork)
    late, left = run_of(walker, "a", at="Late"), run_of(walker, "b", at="elsewhere")

    walker.run()

    assert (late.states, left.states) == (["Fork", "Late"], ["Fork", "Left"])


def test_a_task_is_given_its_payload_and_gives_its_output():
    seen: list[Any] = []
    walker = a_walker(lambda event, context: seen.append(event), Do=task(who=path("input", "who")))
    run = run_of(walker, who="ada")

    walker.run()

    assert seen == [{"n": 0, "who": "ada"}]
    assert (run.status, run.output) == (Status.SUCCEEDED, {})


def test_a_function_that_raises_is_tried_again_and_later_each_time():
    times: list[datetime] = []

    def busy(event: Any, context: Any) -> None:
        times.append(walker.clock.calendar())
        raise BusyError

    walker = a_walker(busy, Do=task())
    run = run_of(walker)
    walker.run()

    assert [(moment - START).total_seconds() for moment in times] == [0, 2, 6, 14, 30, 62, 126]
    assert (run.status, run.error, run.transitions) == (Status.FAILED, "BusyError", 7)
    assert json.loads(run.cause) == {"errorMessage": "", "errorType": "BusyError"}


def test_a_retry_counts_itself_and_may_succeed():
    def second_time_lucky(event: Any, context: Any) -> None:
        if event["n"] == 0:
            raise Crash

    walker = a_walker(second_time_lucky, Do=task())
    run = run_of(walker)
    walker.run()

    assert (run.status, run.transitions, run.states) == (Status.SUCCEEDED, 2, ["Do"])


def test_an_error_that_is_caught_hands_on_its_message():
    def ended(event: Any, context: Any) -> None:
        raise EndedError("goal")

    walker = a_walker(ended, Do=task())
    run = run_of(walker)
    walker.run()

    assert (run.states, run.output) == (["Do", "Left"], {"why": "goal"})


def test_an_error_that_nobody_names_fails_the_execution():
    def broken(event: Any, context: Any) -> None:
        raise ZeroDivisionError("by zero")

    walker = a_walker(broken, Do=task())
    run = run_of(walker)
    walker.run()

    assert (run.status, run.error) == (Status.FAILED, "ZeroDivisionError")


def test_a_function_that_takes_too_long_times_out():
    def slow(event: Any, context: Any) -> None:
        clock.advance(61)

    clock = ManualClock(START)
    walker = Walker(clock=clock, functions={"f": slow})
    once = {key: value for key, value in task().items() if key != "Retry"}
    walker.publish(
        ARN, machine("m", start_at="Do", states={"Do": once, "Late": succeed(), "Left": succeed()})
    )
    run = run_of(walker)
    walker.run()

    assert run.states == ["Do", "Late"]


def a_question(kept: list[str], timeout: int = 600) -> Walker:
    asking = Task(
        function_arn="f",
        payload={"token": TOKEN},
        timeout=timeout,
        retry=(Retry(("Runtime.ExitError",)),),
        catch=(Catch(("States.Timeout", "WaitEndedError"), "Late"),),
        token=True,
        next="Left",
    )
    return a_walker(tokens(kept), Ask=asking.to_asl())


def test_a_token_ends_its_state_when_it_is_answered():
    kept: list[str] = []
    walker = a_question(kept)
    run = run_of(walker)
    walker.at(START + timedelta(seconds=90), lambda: walker.complete(kept[0]))

    walker.run()

    assert run.trace[-1].state == "Left"
    assert run.trace[-1].at == START + timedelta(seconds=90)
    assert walker.clock.calendar() == START + timedelta(seconds=90)


def test_a_token_that_nobody_answers_times_out_once():
    kept: list[str] = []
    walker = a_question(kept)
    run = run_of(walker)

    walker.run()

    assert [(visit.state, (visit.at - START).total_seconds()) for visit in run.trace] == [
        ("Ask", 0),
        ("Late", 600),
    ]
    with pytest.raises(TaskTimedOutError):
        walker.complete(kept[0])


def test_a_token_is_answered_once():
    kept: list[str] = []
    walker = a_question(kept)
    run_of(walker)
    walker.run_until(START)
    walker.complete(kept[0])

    with pytest.raises(TaskTimedOutError):
        walker.complete(kept[0])
    with pytest.raises(InvalidTokenError):
        walker.complete("forged")


def test_a_token_may_fail_by_name():
    kept: list[str] = []
    walker = a_question(kept)
    run = run_of(walker)
    walker.run_until(START)

    walker.fail(kept[0], error="WaitEndedError")
    walker.run()

    assert run.states == ["Ask", "Late"]
    assert walker.clock.calendar() == START


def test_a_token_may_be_answered_while_its_function_still_runs():
    walker = a_question([])

    def at_once(event: Any, context: Any) -> None:
        walker.complete(event["token"])
        raise Crash

    walker.functions = {"f": at_once}
    run = run_of(walker)
    walker.run()

    assert (run.states, run.transitions) == (["Ask", "Left"], 2)


def test_each_retry_has_a_token_of_its_own():
    kept: list[str] = []
    walker = a_question(kept)

    def dies_first(event: Any, context: Any) -> None:
        kept.append(event["token"])
        if len(kept) == 1:
            raise Crash

    walker.functions = {"f": dies_first}
    run = run_of(walker)
    walker.run_until(START + timedelta(seconds=10))

    with pytest.raises(TaskTimedOutError):
        walker.complete(kept[0])
    walker.complete(kept[1])
    walker.run()
    assert run.states == ["Ask", "Left"]


def test_a_stopped_execution_stands_still():
    walker = a_walker(silent, Nap=wait(300, next_state="Left"))
    run = run_of(walker)
    walker.at(START + timedelta(seconds=10), lambda: walker.stop(run.arn, error="exited", cause="goal"))

    walker.run()

    assert (run.status, run.error, run.states) == (Status.ABORTED, "exited", ["Nap"])
    assert run.stopped_at == START + timedelta(seconds=10)
    with pytest.raises(ExecutionDoesNotExistError):
        walker.stop("arn:nobody")


def test_a_function_may_stop_the_execution_that_called_it():
    walker = a_walker(silent, Do=task(next_state="Left"))
    run = run_of(walker)
    walker.functions = {"f": lambda event, context: walker.stop(run.arn)}

    walker.run()

    assert (run.status, run.states) == (Status.ABORTED, ["Do"])


def test_a_name_is_given_once():
    walker = a_walker(silent, Nap=wait(300, next_state="Left"))
    run = run_of(walker, at="")

    assert walker.start(ARN, name="run", input={"at": ""}) == run.arn
    with pytest.raises(ExecutionAlreadyExistsError):
        walker.start(ARN, name="run", input={"at": "x"})
    walker.run()
    with pytest.raises(ExecutionAlreadyExistsError):
        walker.start(ARN, name="run", input={"at": ""})
    with pytest.raises(StateMachineDoesNotExistError):
        walker.start("arn:nobody", name="run", input={})


def test_many_executions_share_one_clock():
    order: list[str] = []
    walker = a_walker(
        lambda event, context: order.append(event["who"]), Nap=wait(60, next_state="Do"), Do=WHO
    )
    walker.at(START, lambda: walker.start(ARN, name="a", input={"who": "a"}))
    walker.at(START + timedelta(seconds=30), lambda: walker.start(ARN, name="b", input={"who": "b"}))
    walker.at(START + timedelta(seconds=10), lambda: walker.start(ARN, name="c", input={"who": "c"}))

    walker.run()

    assert order == ["a", "c", "b"]


WHO = task(who=path("context", "Execution", "Input", "who"))


def test_a_running_execution_keeps_the_definition_it_began_with():
    walker = a_walker(silent, Nap=wait(60, next_state="Left"))
    run = run_of(walker)
    walker.publish(
        ARN, machine("m", start_at="New", states={"New": wait(1, next_state="End"), "End": succeed()})
    )

    walker.run()

    assert run.states == ["Nap", "Left"]
    assert run_of(walker, "later").machine.start_at == "New"


def test_a_value_that_is_missing_fails_as_on_aws():
    walker = a_walker(silent, Do=task(who=path("input", "who")))
    run = run_of(walker)

    walker.run()

    assert (run.status, run.error) == (Status.FAILED, "States.QueryEvaluationError")


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ({"Type": "Map"}, UnknownStateError),
        ({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"}, UnknownStateError),
        ({"Type": "Wait", "Timestamp": "2030-01-01T00:00:00Z", "Next": "Left"}, UnknownStateError),
        ({"Type": "Wait", "Seconds": 1, "Next": "Nowhere"}, UnknownStateError),
        ({"Type": "Succeed", "Output": "{% $now() %}"}, UnknownExpressionError),
    ],
)
def test_what_the_walker_does_not_know_it_refuses_to_begin(state: State, error: type[Exception]):
    with pytest.raises(error):
        a_walker(silent, Strange=state)


def test_a_machine_may_only_call_functions_that_were_given():
    walker = a_walker(silent, Do=task())
    walker.functions = {}
    run_of(walker)

    with pytest.raises(UnknownFunctionError):
        walker.run()


def test_a_variable_lasts_as_long_as_the_execution_and_is_set_on_the_way_out():
    seen: list[Any] = []
    count = {**task(next_state="Nap", n=path("input", "n")), "Assign": {"n": path("result", "Payload", "n")}}
    fork = choice([(equals("input.way", "a"), "Do")], default="Left", assign={"Do": {"n": "one"}})
    tell = task(n=variable("n"))

    def keep(event: Any, context: Any) -> dict[str, str]:
        seen.append(event["n"])
        return {"n": "two"}

    walker = a_walker(
        keep,
        Fork=fork,
        Do={**count, "Arguments": {"FunctionName": "f", "Payload": {"n": variable("n")}}},
        Nap=wait(60, next_state="Tell"),
        Tell=tell,
    )
    run_of(walker, way="a")

    walker.run()

    assert seen == ["one", "two"]


def test_a_catch_sets_variables_too():
    def end(event: Any, context: Any) -> None:
        raise EndedError

    caught = {**task(), "Catch": [Catch(("EndedError",), "Left", {}, {"n": CAUSE}).to_asl()]}
    walker = a_walker(end, Do=caught)
    run = run_of(walker)

    walker.run()

    assert (run.status, run.variables) == (Status.SUCCEEDED, {"n": ""})


def test_a_variable_without_a_value_breaks_the_execution():
    nap = {**task(), "Assign": {"n": path("result", "nothing")}}
    run = run_of(walker := a_walker(silent, Do=nap))

    walker.run()

    assert (run.status, run.error) == (Status.FAILED, "States.QueryEvaluationError")


@pytest.mark.parametrize(
    "strange",
    [
        {"Arguments": {"FunctionName": "f", "Payload": variable("nobody")}},
        {"Catch": [{"ErrorEquals": ["X"], "Next": "Left", "ResultPath": "$"}]},
    ],
    ids=["a variable that nothing assigns", "a field of another language"],
)
def test_what_the_walker_would_have_to_guess_is_refused(strange: State):
    with pytest.raises(UnknownStateError):
        a_walker(silent, Do={**task(), **strange})


def test_a_token_that_fails_by_name_goes_its_way_with_its_cause():
    kept: list[str] = []
    named = Catch(("Path2",), "Left", {"said": CAUSE})
    state = Task(
        function_arn="f",
        payload={"token": TOKEN},
        timeout=60,
        retry=(),
        catch=(named,),
        token=True,
        next="Late",
    )
    run = run_of(walker := a_walker(tokens(kept), Ask=state.to_asl()))
    walker.run_until(START)

    walker.fail(kept[0], error="Path2", cause=json.dumps({"errorMessage": "second"}))
    walker.run()

    assert (run.states, run.output) == (["Ask", "Left"], {"said": "second"})


def test_a_history_is_counted_as_step_functions_keeps_it():
    walker = a_walker(silent, Do=task(next_state="Nap"), Nap=wait(60, next_state="Left"))
    run = run_of(walker)

    walker.run()

    # started; entered, scheduled, started, succeeded, exited; entered, exited; entered, exited
    assert run.events == 1 + 5 + 2 + 2
