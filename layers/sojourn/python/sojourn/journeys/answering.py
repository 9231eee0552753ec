"""What answers a wait for events: which event is which answer, and how the first of them wins (house law 7).

waiting → answering(event, path) → token → answered. A token that is gone sets `late`: something else had won. The first
answer is the state's success; the others, and silence, are errors by name, which the state catches.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sojourn.clock import iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.errors import path_error
from sojourn.events.model import Event
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, WaitKind, WaitState
from sojourn.journeys.model import Journey
from sojourn.journeys.naming import key_text
from sojourn.journeys.rounds import round_of
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Condition, ConditionKind, WaitFor
from sojourn.journeys.versions import published
from sojourn.journeys.views import compiled, view_in
from sojourn.messages.model import Message, MessageState, message_id
from sojourn.messages.store import MessageRow
from sojourn.rules.comparing import passes
from sojourn.rules.literals import path_of
from sojourn.rules.values import at_path, is_same
from sojourn.transactions import read

OTHERWISE = -1  # in place of an answer's number: the path of silence
WAIT_ENDED = "WaitEndedError"  # what a waiting state catches beside its own time-out
OF_A_RULE = "rule"  # stands for the event's key where a rule came true
CLICKED, OPENED, DELIVERED = "Message Clicked", "Message Opened", "Message Delivered"
BOUNCED = "Message Bounced"
PEOPLE: Mapping[str, set[str | None]] = {
    CLICKED: {"human"},
    OPENED: {"human", "proxy"},
    DELIVERED: {None},
}  # whose doing counts, by `class`
HEARD = {
    ConditionKind.CLICKED: (CLICKED,),
    ConditionKind.OPENED: (OPENED, CLICKED),  # nobody clicks in what was not opened
    ConditionKind.DELIVERED: (DELIVERED,),
}
ENGAGEMENT = {kind: names[0] for kind, names in HEARD.items()}
HOPELESS = {MessageState.SKIPPED, MessageState.FAILED}


@dataclass(frozen=True, slots=True)
class Asked:
    """A wait as it is published, and the run that stands in it."""

    step: WaitFor
    journey: Journey
    run: Enrolment

    @classmethod
    def by(cls, run: Enrolment) -> "Asked | None":
        """What the run waits for; None when it does not wait for events, or its version knows no such step."""
        if run.wait is None or run.wait.kind is not WaitKind.EVENT:
            return None
        journey, _ = published(run.journey, run.version)
        step = shape_of(journey).steps.get(run.wait.step)
        return cls(step, journey, run) if isinstance(step, WaitFor) else None

    @property
    def since(self) -> datetime:
        """What happened at this moment or before counts for nothing."""
        grace = self.journey.late_data_grace
        return parse_iso(self.run.entered_at) - timedelta(seconds=grace.seconds if grace else 0)

    def met_by(self, event: Event) -> int:
        """The number of the first answer that this event is, or 0."""
        for number, answer in enumerate(self.step.answers, 1):
            if any(self._meets(event, condition) for condition in answer.any):
                return number
        return 0

    def come_true(self, profile: Profile, now: datetime) -> int:
        """The number of the first answer of which a rule holds, or 0."""
        rules = [each.rule for each in self.step.conditions if each.rule is not None]
        if not rules:
            return 0
        view = view_in(self.run, profile, rules, now=now)
        for number, answer in enumerate(self.step.answers, 1):
            if any(each.rule is not None and compiled(each.rule).holds(view) for each in answer.any):
                return number
        return 0

    def is_hopeless(self, *, bounced: str = "") -> bool:
        """Whether nothing can come any more: it is all about messages, and none of them has arrived, or will."""
        if not all(each.about_a_send for each in self.step.conditions):
            return False
        named = {self.message(each.name) for each in self.step.conditions}
        if named == {bounced}:
            return True
        keys = [
            (f"C#{self.run.contact}", f"MSG#{id_.partition('-')[2]}") for id_ in sorted(named - {bounced})
        ]
        found = [row.to_message() for row in read(keys) if isinstance(row, MessageRow)]
        return all(_is_lost(message) for message in found)  # one that is not there was never to be sent

    def message(self, step: str) -> str:
        """The id of the message of a send step, in the round in which the run stands or last stood."""
        return message_id(self.run.id, step, round_of(self.journey, self.run.rounds, step))

    def _meets(self, event: Event, condition: Condition) -> bool:
        if condition.about_a_send:
            is_mine = event.properties.get("message_id") == self.message(condition.name)
            heard = event.event in HEARD[condition.kind] and event.is_internal
            return is_mine and heard and event.properties.get("class") in PEOPLE[event.event]
        return condition.kind is ConditionKind.EVENT and self._is_of_the_run(event, condition)

    def _is_of_the_run(self, event: Event, condition: Condition) -> bool:
        if event.event != condition.name or event.at <= self.since or event.key == self.run.entered_by:
            return False
        said = event.properties
        return all(passes(said, test, event.at) for test in condition.where) and is_matched(
            said, condition.match, self.run
        )


def is_matched(said: Mapping[str, Any], match: Iterable[tuple[str, str]], run: Enrolment) -> bool:
    """Whether each property of an event is there, and equal to its fellow of the event that let the contact in.

    What can be a key is compared as keys are: one client says 7, another "7", of the same cart.
    """
    for mine, of_entry in match:
        wanted, value = at_path(run.facts, path_of(of_entry)), at_path(said, path_of(mine))
        if wanted is None or not (is_same(value, wanted) or _is_one_key(value, wanted)):
            return False
    return True


def _is_one_key(value: Any, wanted: Any) -> bool:
    key = key_text(wanted)
    return key is not None and key == key_text(value)


def answers(
    event: Event, enrolment: Enrolment, *, profile: Profile | None = None, now: datetime | None = None
) -> int:
    """The number of the answer that an event is to what the run waits for, or 0; OTHERWISE when with it the last
    message that could still have answered is lost. With the profile, rules are asked too."""
    asked = Asked.by(enrolment)
    if asked is None:
        return 0
    if number := asked.met_by(event):
        return number
    if profile is not None and (number := asked.come_true(profile, now or event.received_at)):
        return number
    return OTHERWISE if _ends_hope(event, asked) else 0


def look_back(asked: Asked, events: Iterable[Event], since: datetime) -> tuple[int, str]:
    """What happened before the wait was registered: the first answer that came, or in a ranked wait the best; and the
    event that was it. (0, "") for none."""
    came = [
        (event.at, event.key, number)
        for event in events
        if event.at >= since
        if (number := asked.met_by(event))
    ]
    if not came:
        return 0, ""
    _, key, number = (
        min(came, key=lambda each: (each[2], each[0], each[1])) if asked.step.ranked else min(came)
    )
    return number, key


def answer(enrolment: Enrolment, event: Event, *, engine: Engine, path: int = 1) -> None:
    """Give the wait to an event. The next Task sets where the run stands."""
    give(enrolment, event.key, path, engine=engine)


def give(enrolment: Enrolment, key: str, path: int, *, engine: Engine) -> None:
    """The same by the event's key. In a ranked wait only the first answer, or silence, ends it before its time."""
    assert enrolment.wait is not None
    asked = Asked.by(enrolment)
    if asked is not None and asked.step.ranked and path > 1:
        store.better(enrolment, path=path, event=key)
        return
    if not store.answering(enrolment, event=key, path=path, until=iso(engine.clock.calendar())):
        return
    tell(enrolment, path, engine=engine)


def tell(enrolment: Enrolment, path: int, *, engine: Engine) -> bool:
    """Answer the token by the path that won, and write down whether the state still heard it."""
    assert enrolment.wait is not None
    token, machines = enrolment.wait.token, engine.machines
    if path == 1:
        alive = machines.complete(token)
    else:
        alive = machines.fail(token, WAIT_ENDED if path == OTHERWISE else path_error(path).__name__)
    store.settle_wait(enrolment, WaitState.ANSWERED if alive else WaitState.LATE)
    return alive


def at_the_end(enrolment: Enrolment, *, engine: Engine) -> None:
    """The time of a wait is up: the best answer of a ranked one wins, else silence."""
    assert enrolment.wait is not None
    if not enrolment.wait.best:
        engine.machines.fail(enrolment.wait.token, WAIT_ENDED)
        return
    until, path = iso(engine.clock.calendar()), enrolment.wait.best
    if store.answering(enrolment, event=enrolment.wait.event, path=path, until=until):
        tell(enrolment, path, engine=engine)


def _ends_hope(event: Event, asked: Asked) -> bool:
    named = str(event.properties.get("message_id", ""))
    if event.event != BOUNCED or not event.is_internal or not named:
        return False
    return named in set(_messages(asked)) and asked.is_hopeless(bounced=named)


def _messages(asked: Asked) -> Iterator[str]:
    return (asked.message(each.name) for each in asked.step.conditions if each.about_a_send)


def _is_lost(message: Message) -> bool:
    return message.state in HOPELESS or message.outcome in {"bounced"}
