"""Small typed builders for the Amazon States Language that journeys compile to (JSONata only).

```
machine("nap v1", start_at="Nap", states={"Nap": wait(60, next_state="Left"), "Left": succeed()})
```
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

State = dict[str, Any]
NOTHING: Mapping[str, Mapping[str, str]] = {}

INVOKE = "arn:aws:states:::lambda:invoke"
INVOKE_AND_WAIT = "arn:aws:states:::lambda:invoke.waitForTaskToken"

TIMED_OUT = "States.Timeout"
# What a Lambda function meets on its way and on its end: worth another attempt, whatever the function does.
LAMBDA_TROUBLE = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.SdkClientException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "Runtime.ExitError",
)


@dataclass(frozen=True, slots=True)
class Retry:
    """The errors that deserve another attempt, by name, and how patiently."""

    errors: tuple[str, ...]
    interval: int = 2
    backoff: int = 2
    attempts: int = 6
    longest: int = 120

    def to_asl(self) -> State:
        """The entry of a Retry list."""
        return {
            "ErrorEquals": list(self.errors),
            "IntervalSeconds": self.interval,
            "BackoffRate": self.backoff,
            "MaxAttempts": self.attempts,
            "MaxDelaySeconds": self.longest,
            "JitterStrategy": "FULL",
        }


@dataclass(frozen=True, slots=True)
class Catch:
    """The errors that lead to another state, what that state is given, and the variables that are set on the way."""

    errors: tuple[str, ...]
    next: str
    output: Mapping[str, Any] = field(default_factory=dict)
    assign: Mapping[str, str] = field(default_factory=dict)

    def to_asl(self) -> State:
        """The entry of a Catch list."""
        assign = {"Assign": dict(self.assign)} if self.assign else {}
        return {"ErrorEquals": list(self.errors), "Output": dict(self.output), **assign, "Next": self.next}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A call of a Lambda function; with `token`, the state lasts until someone answers the token."""

    function_arn: str
    payload: Mapping[str, Any]
    timeout: int
    retry: tuple[Retry, ...]
    catch: tuple[Catch, ...]
    output: Mapping[str, Any] = field(default_factory=dict)
    token: bool = False
    next: str | None = None

    def to_asl(self) -> State:
        """The state."""
        return {
            "Type": "Task",
            "Resource": INVOKE_AND_WAIT if self.token else INVOKE,
            "Arguments": {"FunctionName": self.function_arn, "Payload": dict(self.payload)},
            "TimeoutSeconds": self.timeout,
            "Retry": [retry.to_asl() for retry in self.retry],
            "Catch": [catch.to_asl() for catch in self.catch],
            "Output": dict(self.output),
            **({"Next": self.next} if self.next else {"End": True}),
        }


def wait(seconds: int, *, next_state: str) -> State:
    """Sleep, and go on."""
    return {"Type": "Wait", "Seconds": seconds, "Next": next_state}


def choice(
    rules: Iterable[tuple[str, str]],
    *,
    default: str,
    assign: Mapping[str, Mapping[str, str]] = NOTHING,
) -> State:
    """Go where the first true condition points; `rules` are pairs of condition and state, `assign` has the variables
    that the way to a state sets."""
    choices = [
        {"Condition": condition, "Next": to, **({"Assign": dict(assign[to])} if to in assign else {})}
        for condition, to in rules
    ]
    return {"Type": "Choice", "Choices": choices, "Default": default}


def succeed() -> State:
    """The end of the road."""
    return {"Type": "Succeed"}


def machine(comment: str, *, start_at: str, states: Mapping[str, State]) -> State:
    """The whole definition."""
    return {"Comment": comment, "QueryLanguage": "JSONata", "StartAt": start_at, "States": dict(states)}


def to_text(definition: State) -> str:
    """The definition as Step Functions is sent it: compact, so that the limit of 1 MB is far."""
    return json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
