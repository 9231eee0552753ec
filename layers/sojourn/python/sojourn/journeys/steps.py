"""The steps of a journey: every kind that the language knows.

A new kind of step is a class in language/, a reader in reading/, a writer in compiling/ and, where it can be wrong, a
rule in checking/.
"""

from collections.abc import Iterator

from sojourn.journeys.language.acting import (
    Call,
    Change,
    EndJourney,
    Exit,
    HumanTask,
    Outcome,
    StartJourney,
    Update,
    Verb,
)
from sojourn.journeys.language.conditions import Condition, ConditionKind
from sojourn.journeys.language.forks import Arm, Branch, If, Repeat, Split
from sojourn.journeys.language.paths import READERS, Step, Steps, Then, Way, steps_from, steps_to
from sojourn.journeys.language.sending import END_OF_DAY, Instead, Outside, Send
from sojourn.journeys.language.times import Anchor, Clock, Date, Definition, Duration, Hours, Of, Since, Unit
from sojourn.journeys.language.waiting import Answer, LookBack, Wait, WaitFor, answer_key
from sojourn.rules.findings import Place

__all__ = [
    "END_OF_DAY",
    "READERS",
    "Anchor",
    "Answer",
    "Arm",
    "Branch",
    "Call",
    "Change",
    "Clock",
    "Condition",
    "ConditionKind",
    "Date",
    "Definition",
    "Duration",
    "EndJourney",
    "Exit",
    "Hours",
    "HumanTask",
    "If",
    "Instead",
    "LookBack",
    "Of",
    "Outcome",
    "Outside",
    "Repeat",
    "Send",
    "Since",
    "Split",
    "StartJourney",
    "Step",
    "Steps",
    "Then",
    "Unit",
    "Update",
    "Verb",
    "Wait",
    "WaitFor",
    "Way",
    "answer_key",
    "every",
    "located",
    "steps_from",
    "steps_to",
]


def every(steps: Steps) -> Iterator[Step]:
    """All steps in the order of the file, those inside a path too."""
    for step in steps:
        yield step
        for path in step.paths().values():
            yield from every(path)


def located(steps: Steps, place: Place = ("steps",)) -> Iterator[tuple[Place, Step]]:
    """Every step with the place where it stands: a path's place is its key in `Step.paths`."""
    for index, step in enumerate(steps):
        here = (*place, index)
        yield here, step
        for key, path in step.paths().items():
            yield from located(path, (*here, key))
