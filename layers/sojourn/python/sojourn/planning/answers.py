"""Which answer of a wait an event is, asked of the engine's own `Asked`; nothing is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sojourn.events.model import Event
from sojourn.journeys.answering import BOUNCED, Asked
from sojourn.journeys.rounds import round_of
from sojourn.journeys.steps import WaitFor
from sojourn.journeys.views import compiled
from sojourn.messages.model import message_id

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

LOST = {"skipped", "failed"}


class Counted(Protocol):
    """A run, or its row."""

    @property
    def id(self) -> str:
        """Of the run."""
        ...

    @property
    def rounds(self) -> Mapping[str, int]:
        """Of its repeats."""
        ...


@dataclass(frozen=True, slots=True)
class Listening(Asked):
    """A wait in a rehearsal."""

    def holds(self, stage: "Stage") -> int:
        """The number of the first answer of which a rule holds, or 0."""
        rules = [each.rule for each in self.step.conditions if each.rule is not None]
        if not rules:
            return 0
        view = stage.look(self.run, rules)
        for number, answer in enumerate(self.step.answers, 1):
            if any(each.rule is not None and compiled(each.rule).holds(view) for each in answer.any):
                return number
        return 0


def is_lost(step: WaitFor, row: Counted, stage: "Stage") -> bool:
    """Whether nothing can come any more: it is all about messages, and none of them has arrived, or will."""
    for each in step.conditions:
        if not each.about_a_send:
            return False
        round_ = round_of(stage.script.journey, row.rounds, each.name)
        sent = stage.sent.get(
            message_id(row.id, each.name, round_)
        )  # one that is not there was never to be sent
        if sent is not None and sent.state not in LOST and not sent.is_bounced:
            return False
    return True


def hope_ends(asked: Listening, event: Event, stage: "Stage") -> bool:
    """Whether with this bounce the last message that could still have answered is lost."""
    return event.event == BOUNCED and event.is_internal and is_lost(asked.step, asked.run, stage)
