"""A call step of a run: ask once, keep what was answered, go on; or along the way of a call that failed.

The answer and the step forward are one write, so an attempt that comes after it asks nobody. One that died between the
answer and the write is made again, with the same id in the body and in `Idempotency-Key`: whoever is asked can tell.
What may be over in a moment (nobody took the connection, 5xx, no answer in time) is tried three times in all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sojourn.calling.function import Functions
from sojourn.calling.model import PASSING, CallFailedError, Failure, Reply, Request, body_of
from sojourn.calling.webhook import Webhooks
from sojourn.clock import iso
from sojourn.errors import CallUnansweredError, EnrolmentEndedError, FailedError
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.language.acting import slug_of
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Call, Then
from sojourn.journeys.taking.task import Here, TakeTask
from sojourn.journeys.taking.update import MISSING, event_id, looked_up
from sojourn.journeys.versions import published
from sojourn.journeys.wait import running
from sojourn.rules.values import at_path

TRIES = 3
FAILED = 2  # the number of the way of a call without an answer
ATTRIBUTE = "attribute."
USER = "u#"
ON_FAIL = "on fail"


@dataclass(frozen=True, slots=True)
class Caller:
    """By HTTPS, or a function."""

    webhooks: Webhooks
    functions: Functions

    def call(self, step: Call, request: Request) -> Reply:
        """The answer; CallFailedError when there is none."""
        if step.url:
            return self.webhooks.call(step.url, request)
        return self.functions.call(step.function, request)


@dataclass(frozen=True, slots=True)
class Called:
    """What the state is answered, and what came of the call."""

    answer: dict[str, Any]
    failure: Failure | None = None


def call_step(task: TakeTask, *, attempt: int, caller: Caller, engine: Engine) -> Called:
    """CallUnansweredError asks for another attempt; FailedError and EnrolmentEndedError are caught by the machine."""
    run = running(task.enrolment, task.leg)
    journey, _ = published(run.journey, run.version)
    here = Here(task, run, journey, shape_of(journey).steps[task.step], engine)
    assert isinstance(here.step, Call), task.step
    if run.taken is not None and (run.taken.step, run.taken.entered) == (task.step, task.taken().entered):
        return _again(run, run.taken.way)
    try:
        reply = caller.call(here.step, request_of(here, here.step))
    except CallFailedError as error:
        if error.failure in PASSING and attempt + 1 < TRIES:
            raise CallUnansweredError(error.failure.value) from error
        return _failed(here, here.step, error.failure)
    return Called(_go_on(here, task.next, reply.fields))


def request_of(here: Here, step: Call) -> Request:
    """What is asked: who, where in which journey, what let them in, and what the step sends along."""
    id_ = f"call_{event_id(here)}"
    facts = {
        "id": id_,
        "journey": here.run.journey,
        "version": here.run.version,
        "step": step.name,
        "at": iso(here.arrived),
        "contact": here.run.contact,
        "userId": _user_of(here),
        "entry": dict(here.run.facts),
        "send": {name: found(here, value) for name, value in step.send},
        **({"round": here.round} if here.round else {}),
    }
    return Request(id=id_, body=body_of(facts), seconds=step.timeout)


def found(here: Here, value: Any) -> Any:
    """A value with `entry.…`, `reply.…` and `attribute.…` looked up in it; null where there is nothing."""
    if isinstance(value, Mapping):
        return {name: found(here, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [found(here, each) for each in value]
    if isinstance(value, str) and value.startswith(ATTRIBUTE):
        return at_path(here.contact.attributes, tuple(value.removeprefix(ATTRIBUTE).split(".")))
    known = looked_up(here, value)
    return None if known is MISSING else known


def _go_on(here: Here, to: str, fields: Mapping[str, Any], *, way: int = 1) -> dict[str, Any]:
    """With the answer kept; a branch behind the call sees it already."""
    replies = store.keep_reply(here.run, slug_of(here.step.name), dict(fields))
    here.run = replace(here.run, replies=replies)
    return here.go_on(to, way=way, replies=replies)


def _failed(here: Here, step: Call, failure: Failure) -> Called:
    """Nothing of the answer is kept but why there was none: an older one must not pass for it."""
    way, kept = step.on_fail, {"failed": failure.value}
    if way.steps:
        head = shape_of(here.journey).ways[step.name].paths[ON_FAIL]
        raise FailedError(_go_on(here, head, kept, way=FAILED)["path"])
    if way.then is Then.EXIT:
        here.leave(f"failed:{failure.value}")
        raise EnrolmentEndedError(here.run.id)
    return Called(_go_on(here, here.task.next, kept), failure)


def _again(run: Enrolment, way: int) -> Called:
    if way == FAILED:
        raise FailedError(run.carried)
    return Called({"path": dict(run.carried)})


def _user_of(here: Here) -> str | None:
    """The id under which the account's own systems know the person."""
    mine = here.run.identity
    names = [mine] if mine.startswith(USER) else [*here.contact.identities]
    return next((name.removeprefix(USER) for name in names if name.startswith(USER)), None)
