"""A send step of a leg: read everything at once, let delivery bring the message to its end, move on.

What stands behind the step is looked up before anything goes out: between the provider's yes and the row that says so
there is no request but the one that writes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self

from sojourn.clock import Clock, iso, parse_iso
from sojourn.delivery import store as delivery_store
from sojourn.delivery.deliver import Desk, deliver
from sojourn.delivery.model import AlreadyClaimedError, ClaimStaleError, Facts, Receipt, SendRequest, Skip
from sojourn.errors import EnrolmentEndedError, FailedError, SkippedError, SojournError, StoreBusyError
from sojourn.journeys.carrying import Ahead, ahead_of, rules_ahead
from sojourn.journeys.delivering import request_of
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.live import LIVE, LiveJourney
from sojourn.journeys.model import END, Journey
from sojourn.journeys.modes import sending_of
from sojourn.journeys.reputation import standing_of
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Send, Then, Way
from sojourn.journeys.store import EnrolmentRow, Stand, key_of, step_forward, still_runs
from sojourn.journeys.versions import published
from sojourn.journeys.views import view_in
from sojourn.messages.model import SETTLED, Message, MessageState, message_digest
from sojourn.rules.view import MessageSeen, View
from sojourn.transactions import Key, Write

PACED_SLACK = timedelta(
    minutes=5
)  # of the wall, where the calendar runs faster: nothing expires for the machine's sake
TRIES = (
    5  # how often consent may change between reading and claiming before the engine is asked to come again
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask:
    """What the state machine hands to send_message; `round` inside a repeat."""

    enrolment: str
    leg: int
    step: str
    next: str
    attempt: int
    round: str = ""

    @classmethod
    def from_task(cls, event: Mapping[str, Any]) -> Self:
        """Decode the Task's payload."""
        return cls(
            enrolment=event["enrolment"],
            leg=int(event["leg"]),
            step=event["step"],
            next=event["next"],
            attempt=int(event["attempt"]),
            round=event.get("round", ""),
        )

    @property
    def digest(self) -> str:
        """What the message's id is made of."""
        return message_digest(self.enrolment, self.step, self.round)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the message, the paths of the branches behind it, or what the machine is told in their place."""

    receipt: Receipt
    path: Mapping[str, str] = field(default_factory=dict)
    error: SojournError | None = None
    begun_by: str = ""  # key of the event that let the run in


@dataclass(slots=True)
class Leg:
    """A run, as delivery sees it: the fence of the claim, and the step forward by what became of the message."""

    task: SendTask
    enrolment: Enrolment
    journey: Journey
    step: Send
    clock: Clock
    view: View | None = None  # of the branches that are judged here

    @property
    def key(self) -> Key:
        """Row key of the enrolment."""
        return key_of(self.task.enrolment)

    def guard(self) -> Write:
        """The enrolment is active and this leg runs it."""
        return still_runs(self.key, self.task.leg)

    def advance(self, message: Message) -> Write:
        """Stand at the state that follows, or be out: from where the run was seen to stand."""
        now = iso(self.clock.calendar())
        messaged = now if _went(message) else ""
        if reason := self.reason_to_leave(message):
            return step_forward(self.enrolment, Stand(at=END, until=now, reason=reason, messaged_at=messaged))
        ahead = self.ahead(message)
        until = ahead.until(self.journey, self.clock.calendar())
        stand = Stand(at=ahead.at, until=until, carried=ahead.carried, messaged_at=messaged)
        return step_forward(self.enrolment, stand)

    def ahead(self, message: Message) -> Ahead:
        """Where the run goes on: along a path of the step's own, else behind the branches that are judged here."""
        key, _, way = self.way(message)
        if way is not None and way.steps:
            return Ahead(shape_of(self.journey).ways[self.step.name].paths[key])
        return ahead_of(self.journey, self.task.next, lambda rules: self._look(message))

    def way(self, message: Message) -> tuple[str, type[SkippedError | FailedError], Way | None]:
        """The way of a message that did not go, under its key, with the error that leads along it."""
        if message.state is MessageState.SKIPPED and message.reason != Skip.HOLDOUT:
            return "on skip", SkippedError, self.step.on_skip
        if message.state is MessageState.FAILED:
            return "on fail", FailedError, self.step.on_fail
        return "", SkippedError, None

    def reason_to_leave(self, message: Message) -> str:
        """Why the run is over by this; a stopped journey has no way on."""
        if message.reason == Skip.JOURNEY_STOPPED:
            return Skip.JOURNEY_STOPPED.value
        _, _, way = self.way(message)
        is_out = way is not None and way.then is Then.EXIT and not way.steps
        return f"{message.state}:{message.reason}"[:200] if is_out else ""

    def told(self, receipt: Receipt, message: Message, carried: Mapping[str, str]) -> Sent:
        """What the machine hears."""
        _, error, way = self.way(message)
        begun_by = self.enrolment.entered_by
        if self.reason_to_leave(message):
            return Sent(receipt, error=EnrolmentEndedError(self.task.enrolment), begun_by=begun_by)
        if way is not None and way.steps:
            return Sent(receipt, error=error(), begun_by=begun_by)
        return Sent(receipt, carried, begun_by=begun_by)

    def _look(self, message: Message) -> View:
        """The contact, and this message among those that were sent."""
        assert self.view is not None
        if message.state is not MessageState.SENT:
            return self.view
        return replace(self.view, messages=(*self.view.messages, _seen(message)))


def send_step(task: SendTask, *, desk: Desk) -> Sent:
    """Send the step's message, or say why not. Raises HeldError and EnrolmentEndedError, which the machine catches."""
    for _ in range(TRIES):
        try:
            return _attempt(task, desk)
        except (ClaimStaleError, AlreadyClaimedError):
            continue  # somebody else wrote meanwhile: read again and decide again
    raise StoreBusyError(task.enrolment)


def _attempt(task: SendTask, desk: Desk) -> Sent:
    contact = task.enrolment.partition(".")[0]
    facts, row, live = delivery_store.read_with(contact, task.digest, key_of(task.enrolment), LIVE)
    if not isinstance(row, EnrolmentRow):
        raise EnrolmentEndedError(task.enrolment)
    enrolment = row.to_enrolment()
    there = facts.message
    is_settled = there is not None and there.state in SETTLED
    is_over = enrolment.status is not Status.ACTIVE and not (
        is_settled and enrolment.status is Status.COMPLETED
    )
    if is_over or enrolment.leg != task.leg:
        raise EnrolmentEndedError(task.enrolment)
    if there and is_settled and there.moved:
        return _already(there, enrolment, task, desk)
    journey, templates = published(enrolment.journey, enrolment.version)
    leg = _leg(task, enrolment, journey, facts, desk)
    if there and is_settled:  # by a provider's event, which moves nobody
        delivery_store.move_on(there, leg)
        return leg.told(Receipt(there.id, there.state, there.reason), there, leg.ahead(there).carried)
    receipt = deliver(_request(leg, facts, templates, live), facts, run=leg, desk=desk)
    message = replace(
        _message(leg, facts, templates), state=MessageState(receipt.state), reason=receipt.reason
    )
    return leg.told(receipt, message, leg.ahead(message).carried)


def _already(there: Message, run: Enrolment, task: SendTask, desk: Desk) -> Sent:
    """An earlier attempt settled it and moved the run on: the answer is the same."""
    journey, _ = published(run.journey, run.version)
    step = shape_of(journey).steps[task.step]
    assert isinstance(step, Send)
    leg = Leg(task, run, journey, step, desk.clock)
    return leg.told(Receipt(there.id, there.state, there.reason), there, run.carried)


def _leg(task: SendTask, enrolment: Enrolment, journey: Journey, facts: Facts, desk: Desk) -> Leg:
    step = shape_of(journey).steps[task.step]
    assert isinstance(step, Send)
    rules = rules_ahead(journey, task.next)
    view = view_in(enrolment, facts.profile, rules, now=desk.clock.calendar()) if rules else None
    return Leg(task, enrolment, journey, step, desk.clock, view)


def _request(leg: Leg, facts: Facts, templates: Mapping[str, int], live: Mapping[str, Any]) -> SendRequest:
    """What delivery is asked for."""
    message, name = _message(leg, facts, templates), leg.enrolment.journey
    ghost = leg.enrolment.holdout or leg.step.name in shape_of(leg.journey).held_out
    slack = PACED_SLACK * leg.clock.pace if leg.clock.pace > 1 else timedelta()
    more = {"ghost": ghost, "slack": slack, "sending": sending_of(live), "standing": standing_of(live)}
    asked = request_of(leg.journey, leg.step, message, templates, **more)
    return as_resumed(asked, LiveJourney.from_json(name, live[name])) if name in live else asked


def as_resumed(asked: SendRequest, live: LiveJourney) -> SendRequest:
    """Whether the journey goes on. What is late because it was paused, and is to go all the same, expires later."""
    asked = replace(asked, journey_state=live.state.value)
    if not live.late or not live.since or asked.message.due >= live.since:
        return asked
    spread = timedelta(seconds=live.late["seconds"] if live.late.get("how") == "spread" else 0)
    return replace(asked, late_from=parse_iso(live.since) + spread)


def _message(leg: Leg, facts: Facts, templates: Mapping[str, int]) -> Message:
    task, run, step = leg.task, leg.enrolment, leg.step
    return Message(
        contact=run.contact,
        digest=task.digest,
        enrolment=task.enrolment,
        journey=run.journey,
        version=run.version,
        step=task.step,
        channel=step.channel.value,
        template=step.template,
        template_version=templates[step.template],
        identity=run.identity,
        topic=leg.journey.topic or "",
        purpose=leg.journey.purpose.value,
        owner=f"{run.execution}/{task.attempt}",
        followed=step.name in shape_of(leg.journey).followed,
        due=facts.message.due if facts.message and facts.message.due else _came_at(leg),
    )


def _came_at(leg: Leg) -> str:
    """When the run came to the step. The row tells it, unless states that write nothing lie between: then it is now."""
    run, now = leg.enrolment, iso(leg.clock.calendar())
    before = shape_of(leg.journey).ways.get(run.at)
    is_told = run.at == leg.step.name or (before and leg.step.name in {before.then, *before.paths.values()})
    return min(run.until, now) if is_told else now


def _went(message: Message) -> bool:
    """Whether it went, perhaps, or would have gone."""
    return message.state in {MessageState.SENT, MessageState.UNKNOWN} or message.reason == Skip.HOLDOUT


def _seen(message: Message) -> MessageSeen:
    return MessageSeen(
        channel=message.channel,
        journey=message.journey,
        template=message.template,
        sent_at=parse_iso(message.sent_at) if message.sent_at else None,
        step=message.step,
    )
