"""What may lie behind a contact who comes to a step: only such messages and answers can be asked about."""

from collections.abc import Iterator

from sojourn.consent.model import Channel
from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.checking.words import event_flaw
from sojourn.journeys.language.conditions import Condition, ConditionKind
from sojourn.journeys.language.entering import REQUESTED
from sojourn.journeys.language.forks import Repeat
from sojourn.journeys.language.paths import Step, Steps
from sojourn.journeys.language.times import Anchor
from sojourn.journeys.language.waiting import LookBack, Wait, WaitFor
from sojourn.journeys.steps import every
from sojourn.rules.findings import Finding, Place, nearest, printable
from sojourn.rules.read_events import RESERVED

Past = frozenset[str]  # names of steps
NOBODY_SEES = "nobody sees one opened"


def conditions(case: Case) -> Iterator[Finding]:
    """Waits name sends that can have happened before; events have sound names."""
    for place, step, before in with_past(case):
        if isinstance(step, WaitFor):
            for where, condition in _conditions(case, place, step):
                if said := _condition_flaw(condition, case, before):
                    yield case.wrong(where, step.name, said)
            if step.look_back is LookBack.MESSAGE and not before & case.sends.keys():
                said = "`look back: message`, and no message comes before", "leave `look back` out"
                yield case.wrong((*place, "look back"), step.name, said)


def anchors(case: Case) -> Iterator[Finding]:
    """A wait counts from a message that came before."""
    for place, step, before in with_past(case):
        if isinstance(step, Wait) and step.since:
            if said := _send_flaw(step.since.anchor, step.since.send, case, before):
                yield case.wrong((*place, "since"), step.name, said)
            elif step.duration is None:
                said = "`since` without `for`: nothing is counted", "add `for: 2 days`"
                yield case.wrong((*place, "since"), step.name, said)


def with_past(case: Case) -> Iterator[tuple[Place, Step, Past]]:
    """Every step with the names of those that may lie behind a contact who comes there."""
    yield from _with_past(case.journey.steps, ("steps",), frozenset())


def _with_past(steps: Steps, place: Place, before: Past) -> Iterator[tuple[Place, Step, Past]]:
    for index, step in enumerate(steps):
        here = (*place, index)
        inside = frozenset(each.name for each in every((step,)))
        yield here, step, before
        # Whoever is in the second round has the first behind them.
        within = before | inside if isinstance(step, Repeat) else before | {step.name}
        for key, path in step.paths().items():
            yield from _with_past(path, (*here, key), within)
        before |= inside


def _conditions(case: Case, place: Place, step: WaitFor) -> Iterator[tuple[Place, Condition]]:
    for number, answer in enumerate(step.answers):
        numbered = (*place, "answers", number)
        root = numbered if numbered in case.source.lines else place
        for index, condition in enumerate(answer.any):
            yield (*root, "any", index), condition


def _condition_flaw(condition: Condition, case: Case, before: Past) -> Said | None:
    if condition.about_a_send:
        return _send_flaw(condition.kind, condition.name, case, before)
    if condition.kind is ConditionKind.RULE or not condition.name:
        return None
    if condition.name in {*RESERVED, REQUESTED}:
        return f"`{condition.name}` is written by Sojourn itself", "write `rule: {segment: <name>}`"
    return event_flaw(f"`{condition.kind}: {printable(condition.name)}`", condition.name)


def _send_flaw(kind: ConditionKind | Anchor, name: str, case: Case, before: Past) -> Said | None:
    if not name:
        return None
    said = f"`{kind}: {printable(name)}`"
    if name not in case.sends:
        return f"{said} names no send step", nearest(name, case.sends)
    if name not in before:
        return f"{said} names a send that does not come before", "name a send on the way to this step"
    is_mail = case.sends[name].channel is Channel.EMAIL
    if kind in {ConditionKind.OPENED, Anchor.OPENED} and not is_mail:
        return f"{said} names a text message; {NOBODY_SEES}", "wait for a click or an event"
    return None
