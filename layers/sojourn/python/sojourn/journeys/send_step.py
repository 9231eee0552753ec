"""A send step of a leg: read everything at once, let delivery bring the message to its end, move on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sojourn.clock import Clock, iso
from sojourn.delivery import store as delivery_store
from sojourn.delivery.deliver import Desk, deliver
from sojourn.delivery.model import AlreadyClaimedError, ClaimStaleError, Receipt, SendRequest, Window
from sojourn.errors import EnrolmentEndedError, StoreBusyError
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.model import Journey
from sojourn.journeys.moments import due_after
from sojourn.journeys.steps import Send
from sojourn.journeys.store import EnrolmentRow, key_of, step_forward, still_runs
from sojourn.journeys.versions import published
from sojourn.messages.model import SETTLED, Message, message_digest
from sojourn.transactions import Key, Write

TRIES = (
    5  # how often consent may change between reading and claiming before the engine is asked to come again
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask:
    """What the state machine hands to send_message."""

    enrolment: str
    leg: int
    step: str
    next: str
    attempt: int

    @classmethod
    def from_task(cls, event: Mapping[str, Any]) -> Self:
        """Decode the Task's payload."""
        return cls(
            enrolment=event["enrolment"],
            leg=int(event["leg"]),
            step=event["step"],
            next=event["next"],
            attempt=int(event["attempt"]),
        )


@dataclass(frozen=True, slots=True)
class Leg:
    """A run, as delivery sees it: the fence of the claim, and the step forward."""

    task: SendTask
    enrolment: Enrolment
    journey: Journey
    clock: Clock

    @property
    def key(self) -> Key:
        """Row key of the enrolment."""
        return key_of(self.task.enrolment)

    def guard(self) -> Write:
        """The enrolment is active and this leg runs it."""
        return still_runs(self.key, self.task.leg)

    def advance(self) -> Write:
        """Stand at the next state, once: whoever comes second finds `at` moved."""
        until = iso(due_after(self.journey, self.task.next, self.clock.calendar()))
        return step_forward(self.enrolment, to=self.task.next, until=until)


def send_step(task: SendTask, *, desk: Desk) -> Receipt:
    """Send the step's message, or say why not. Raises HeldError and EnrolmentEndedError, which the machine catches."""
    for _ in range(TRIES):
        try:
            return _attempt(task, desk)
        except (ClaimStaleError, AlreadyClaimedError):
            continue  # somebody else wrote meanwhile: read again and decide again
    raise StoreBusyError(task.enrolment)


def _attempt(task: SendTask, desk: Desk) -> Receipt:
    digest = message_digest(task.enrolment, task.step)
    facts, row = delivery_store.read(task.enrolment.partition(".")[0], digest, key_of(task.enrolment))
    if not isinstance(row, EnrolmentRow):
        raise EnrolmentEndedError(task.enrolment)
    enrolment = row.to_enrolment()
    if enrolment.status is not Status.ACTIVE or enrolment.leg != task.leg:
        raise EnrolmentEndedError(task.enrolment)
    journey, templates = published(enrolment.journey, enrolment.version)
    leg = Leg(task, enrolment, journey, desk.clock)
    if facts.message and facts.message.state in SETTLED:
        return _already(facts.message, leg)
    request = _request(task, enrolment, journey, templates)
    return deliver(request, facts, run=leg, desk=desk)


def _already(message: Message, leg: Leg) -> Receipt:
    """An earlier attempt settled it. If it could not move the run on (a provider's event settled it), do so now."""
    if not _has_moved_on(leg):
        delivery_store.move_on(message, leg)
    return Receipt(message.id, message.state, message.reason)


def _has_moved_on(leg: Leg) -> bool:
    """Whether the run stands at or behind the step that follows this one."""
    order = list(steps_by_name(leg.journey))
    here, mine = leg.enrolment.at, leg.task.step
    return here not in order or order.index(here) > order.index(mine)


def _request(
    task: SendTask, enrolment: Enrolment, journey: Journey, templates: Mapping[str, int]
) -> SendRequest:
    step = steps_by_name(journey)[task.step]
    assert isinstance(step, Send)
    message = Message(
        contact=enrolment.contact,
        digest=message_digest(task.enrolment, task.step),
        enrolment=task.enrolment,
        journey=enrolment.journey,
        version=enrolment.version,
        step=task.step,
        channel=step.channel.value,
        template=step.template,
        template_version=templates[step.template],
        identity=enrolment.identity,
        topic=journey.topic or "",
        purpose=journey.purpose.value,
        owner=f"{enrolment.execution}/{task.attempt}",
        due=enrolment.until,
    )
    hours = Window(f"{step.hours.start:%H:%M}", f"{step.hours.end:%H:%M}") if step.hours else None
    return SendRequest(message=message, window=hours)
