"""A small player of compiled machines on a virtual clock, with the real handlers as functions.

```
walker = Walker(clock=ManualClock(start), functions={"send": send_handler, "park": park_handler})
walker.publish("arn:aws:states:r:1:stateMachine:m:1", compiled)
run = walker.start("arn:aws:states:r:1:stateMachine:m:1", name="run-1", input={"at": ""})
walker.at(start + timedelta(days=3), lambda: walker.complete(token))
walker.run_until(start + timedelta(days=30))
assert walker.executions[run].states == ["Resume", ...]
```

It plays machines that were compiled with pace 1: all seconds are calendar seconds. A function takes no time unless it
moves the clock. Jitter is left out: a retry comes after the longest delay that it may draw.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from types import TracebackType
from typing import Any

from sojourn.asl.agenda import Action, Agenda, VirtualClock
from sojourn.asl.execution import (
    Execution,
    ExecutionAlreadyExistsError,
    ExecutionDoesNotExistError,
    InvalidTokenError,
    StateMachineDoesNotExistError,
    Status,
    Stay,
    TaskTimedOutError,
    Visit,
    execution_arn,
)
from sojourn.asl.expressions import Closure, EvaluationError
from sojourn.asl.machine import Machine, matches, prepare

Function = Callable[[Any, Any], Any]
TIMED_OUT = "States.Timeout"
NOT_EVALUATED = "States.QueryEvaluationError"
# Events of the history: a state's own, and those of a call: scheduled, started, ended. A token adds that it was sent.
ENTERED_AND_LEFT, ATTEMPT = 2, 3


class Crash(BaseException):
    """Raised by a test inside a handler: the function dies there, without a word."""

    def __init__(self, error: str = "Runtime.ExitError") -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """What a handler is given beside its event."""

    invoked_function_arn: str
    aws_request_id: str
    function_name: str = "walked"
    memory_limit_in_mb: int = 256

    def get_remaining_time_in_millis(self) -> int:
        """Always enough."""
        return 30_000


class UnknownFunctionError(BaseException):
    """A machine calls a function that the walker was not given: a mistake of the test, for nobody to catch."""


class Walker:
    """Many executions of many machines, interleaved by one agenda."""

    def __init__(self, *, clock: VirtualClock, functions: Mapping[str, Function]) -> None:
        self.clock = clock
        self.functions = functions
        self.agenda = Agenda(clock)
        self.machines: dict[str, Machine] = {}
        self.executions: dict[str, Execution] = {}
        self.invocations = 0
        self._tokens: dict[str, Stay] = {}
        self._numbers = count(1)

    def publish(self, arn: str, definition: Mapping[str, Any]) -> None:
        """Make a machine (or a version of it) known; running executions keep what they began with."""
        self.machines[arn] = prepare(arn, definition)

    def start(self, machine_arn: str, *, name: str, input: Any) -> str:  # noqa: A002 - AWS's word
        """Begin an execution and answer its ARN; the same name with the same input is the same execution."""
        if machine_arn not in self.machines:
            raise StateMachineDoesNotExistError(machine_arn)
        arn = execution_arn(machine_arn, name)
        data = _copy(input)
        if known := self.executions.get(arn):
            if known.running and known.input == data:
                return arn
            raise ExecutionAlreadyExistsError(arn)
        machine = self.machines[machine_arn]
        execution = Execution(
            arn=arn, name=name, machine=machine, input=data, started_at=self.clock.calendar()
        )
        self.executions[arn] = execution
        self._go(execution, machine.start_at, data)
        return arn

    def stop(self, arn: str, *, error: str = "", cause: str = "") -> None:
        """End an execution from outside; a function in flight runs to its end."""
        if arn not in self.executions:
            raise ExecutionDoesNotExistError(arn)
        self.executions[arn].close(Status.ABORTED, self.clock.calendar(), error=error, cause=cause)

    def complete(self, token: str, output: Any = None) -> None:
        """SendTaskSuccess."""
        self._leave_by_output(self._redeem(token), _copy(output))

    def fail(self, token: str, *, error: str = "", cause: str = "") -> None:
        """SendTaskFailure."""
        self._trouble(self._redeem(token), error, cause)

    def at(self, moment: datetime, action: Action) -> None:
        """Let something happen from outside at a moment."""
        self.agenda.at(moment, action)

    def run_until(self, moment: datetime) -> None:
        """Play up to the moment, and leave the clock there."""
        self.agenda.run_until(moment)

    def run(self) -> None:
        """Play until nothing is left to do."""
        self.agenda.run()

    def _go(self, execution: Execution, state: str, data: Any) -> None:
        self.agenda.after(0, lambda: self._enter(execution, state, data))

    def _enter(self, execution: Execution, name: str, data: Any) -> None:
        if not execution.running:
            return
        now = self.clock.calendar()
        execution.transitions += 1
        execution.events += ENTERED_AND_LEFT
        execution.trace.append(Visit(name, now))
        stay = Stay(
            execution=execution,
            state=execution.machine.states[name],
            input=data,
            entered_at=now,
            order=len(execution.trace),
        )
        self._play(stay)

    def _play(self, stay: Stay) -> None:
        state = stay.state
        if state.type == "Task":
            self._attempt(stay)
        elif state.type == "Wait":
            self.agenda.after(
                state.seconds, lambda: self._leave_by_output(stay, stay.input), unless=stay.ended
            )
        elif state.type == "Choice":
            self._choose(stay)
        else:
            self._leave_by_output(stay, stay.input)

    def _choose(self, stay: Stay) -> None:
        rule = stay.state.choose(stay.scope())
        target = rule.next if rule else stay.state.next
        if target is None:
            self._trouble(stay, "States.NoChoiceMatched", "")
        elif self._assigns(stay, rule.assign if rule else stay.state.assign, stay.scope()):
            self._leave(stay, target, stay.input)

    def _assigns(self, stay: Stay, assign: Closure | None, scope: Mapping[str, Any]) -> bool:
        """Set the variables of a state that is left; False when they have no value, which breaks the execution."""
        try:
            stay.execution.variables |= _evaluated(assign, scope, {})
        except EvaluationError as error:
            self._break(stay, NOT_EVALUATED, str(error))
            return False
        return True

    def _attempt(self, stay: Stay) -> None:
        """One call of the function; a token state then waits for its answer."""
        stay.execution.events += ATTEMPT + stay.state.waits_for_token
        token = stay.token = self._open_token(stay) if stay.state.waits_for_token else ""
        before = self.clock.calendar()
        with _Runtime() as runtime:
            result = self._invoke(stay)
        if stay.ended() or stay.token != token:
            return
        late = not token and (self.clock.calendar() - before).total_seconds() > stay.state.timeout
        if runtime.error or late:
            self._trouble(stay, runtime.error or TIMED_OUT, runtime.cause)
        elif not token:
            self._leave_by_output(stay, {"StatusCode": 200, "Payload": result})

    def _invoke(self, stay: Stay) -> Any:
        self.invocations += 1
        arguments = stay.state.arguments(stay.scope()) if stay.state.arguments else stay.input
        arn = arguments["FunctionName"]
        if arn not in self.functions:
            raise UnknownFunctionError(arn)
        context = FunctionContext(arn, f"request-{self.invocations}")
        return _copy(self.functions[arn](_copy(arguments.get("Payload")), context))

    def _open_token(self, stay: Stay) -> str:
        """A new token for each attempt, and its deadline."""
        token = f"token-{next(self._numbers)}"
        self._tokens[token] = stay
        self.agenda.after(
            stay.state.timeout,
            lambda: self._trouble(stay, TIMED_OUT, ""),
            unless=lambda: stay.ended() or stay.token != token,
        )
        return token

    def _redeem(self, token: str) -> Stay:
        """The stay that a token belongs to, while it is good."""
        if token not in self._tokens:
            raise InvalidTokenError(token)
        stay = self._tokens[token]
        if stay.ended() or stay.token != token:
            raise TaskTimedOutError(token)
        return stay

    def _trouble(self, stay: Stay, error: str, cause: str) -> None:
        """Retry, catch, or fail."""
        delay = stay.next_delay(error)
        if delay is not None:
            stay.token = ""
            stay.execution.transitions += 1
            self.agenda.after(delay, lambda: self._attempt(stay), unless=stay.ended)
            return
        catcher = next((each for each in stay.state.catchers if matches(each.errors, error)), None)
        if catcher is None:
            self._break(stay, error, cause)
            return
        known = {"Error": error, "Cause": cause}
        scope = stay.scope(errorOutput=known)
        try:
            output = _evaluated(catcher.output, scope, known)
        except EvaluationError as unknown:
            self._break(stay, NOT_EVALUATED, str(unknown))
        else:
            if self._assigns(stay, catcher.assign, scope):
                self._leave(stay, catcher.next, output)

    def _break(self, stay: Stay, error: str, cause: str) -> None:
        stay.execution.close(Status.FAILED, self.clock.calendar(), error=error, cause=cause)

    def _leave_by_output(self, stay: Stay, result: Any) -> None:
        scope = stay.scope(result=result)
        try:
            output = _evaluated(stay.state.output, scope, result)
        except EvaluationError as error:
            self._trouble(stay, NOT_EVALUATED, str(error))
        else:
            if self._assigns(stay, stay.state.assign, scope):
                self._leave(stay, stay.state.next, output)

    def _leave(self, stay: Stay, target: str | None, output: Any) -> None:
        stay.over = True
        if target is None:
            stay.execution.close(Status.SUCCEEDED, self.clock.calendar(), output=output)
        else:
            self._go(stay.execution, target, output)


class _Runtime:
    """What Lambda makes of a handler that raises: the class's name, and a JSON text as the cause."""

    def __init__(self) -> None:
        self.error = ""
        self.cause = ""

    def __enter__(self) -> "_Runtime":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> bool:
        if isinstance(error, EvaluationError):
            self.error, self.cause = NOT_EVALUATED, str(error)
        elif isinstance(error, Crash):
            self.error, self.cause = error.error, "RequestId: … Error: Runtime exited"
        elif isinstance(error, Exception):
            self.error = type(error).__name__
            self.cause = json.dumps({"errorMessage": str(error), "errorType": self.error})
        return bool(self.error)


def _evaluated(output: Closure | None, scope: Mapping[str, Any], otherwise: Any) -> Any:
    return output(scope) if output else otherwise


def _copy(value: Any) -> Any:
    """The value as it comes out of JSON: what travels between states and functions is text."""
    return json.loads(json.dumps(value))
