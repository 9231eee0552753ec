"""A step in plain English, in one sentence: what explanations and the console show. Pure."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sojourn.journeys.language.acting import (
    Call,
    Change,
    EndJourney,
    Exit,
    HumanTask,
    StartJourney,
    Update,
    Verb,
)
from sojourn.journeys.language.conditions import Condition, ConditionKind
from sojourn.journeys.language.forks import Branch, Repeat, Split
from sojourn.journeys.language.paths import ON, Step, Then, Way
from sojourn.journeys.language.sending import END_OF_DAY, Outside, Send
from sojourn.journeys.language.times import Anchor, Clock, Date, Of, Since
from sojourn.journeys.language.waiting import Answer, Wait, WaitFor
from sojourn.rules.findings import printable
from sojourn.rules.say import sentence

LONGEST = 500
ANCHORS = {
    Anchor.SENT: "went out",
    Anchor.PLANNED: "was due",
    Anchor.DELIVERED: "was delivered",
    Anchor.OPENED: "was opened",
    Anchor.CLICKED: "was clicked",
}
VERBS = {
    Verb.SET: "sets {name} to {value}",
    Verb.UNSET: "forgets {name}",
    Verb.INCREMENT: "adds {value} to {name}",
    Verb.ADD: "adds {value} to {name}",
    Verb.REMOVE: "takes {value} from {name}",
}

HAPPENED = {
    ConditionKind.CLICKED: "clicked “{name}”",
    ConditionKind.OPENED: "opened “{name}”",
    ConditionKind.DELIVERED: "delivered “{name}”",
    ConditionKind.EVENT: "event “{name}”",
}


def say(step: Step) -> str:
    """What the step does."""
    said = SAID[type(step)](step)
    return printable(f"{said[0].upper()}{said[1:]}.", LONGEST)


def answers_of(step: WaitFor | HumanTask) -> list[str]:
    """What may answer it, in the order of the file: one line for each path but that of silence."""
    if isinstance(step, HumanTask):
        return [f"settled: “{outcome.word}”" for outcome in step.outcomes]
    return [printable(_answer(each), LONGEST) for each in step.answers]


def _send(step: Send) -> str:
    hours = f", between {step.hours} local time" if step.hours else ""
    closed = {
        Outside.HOLD: "",
        Outside.SKIP: ", or not at all",
        Outside.INSTEAD: f", or “{step.instead.template}” by {step.instead.channel.value}"
        if step.instead
        else "",
    }[step.outside]
    late = ""
    if step.expires:
        late = ", the same day" if step.expires == END_OF_DAY else f", within {step.expires}"
    ways = _way("whoever it is skipped for", step.on_skip) + _way(
        "if it fails, whoever it was for", step.on_fail
    )
    return f"sends the template “{step.template}” by {step.channel.value}{hours}{closed}{late}{ways}"


def _wait(step: Wait) -> str:
    parts = [
        str(step.duration) if step.duration else "",
        _since(step.since) if step.since else "",
        _until(step.until) if step.until else "",
        f"until it is {step.inside} local time" if step.inside else "",
    ]
    ways = _way("whose day has passed", step.if_past) + _way("whoever has no such day", step.if_missing)
    return f"waits {', '.join(filter(None, parts))}{ways}"


def _wait_for(step: WaitFor) -> str:
    conditions = "; or ".join(map(_answer, step.answers))
    ranked = ", the first of them before all others" if step.ranked and len(step.answers) > 1 else ""
    return f"waits up to {step.up_to} for: {conditions}{ranked}"


def _branch(step: Branch) -> str:
    ifs = "; ".join(f"({number}) {sentence(each.rule)}" for number, each in enumerate(step.ifs, 1))
    return f"goes the way of the first that holds: {ifs}"


def _split(step: Split) -> str:
    arms = [f"{arm.percent:g}%{' held out' if arm.holdout else ''}" for arm in step.arms]
    return f"parts people by chance: {', '.join(arms)}"


def _repeat(step: Repeat) -> str:
    until = f", until {sentence(step.until)}" if step.until else ""
    names = ", ".join(f"“{each.name}”" for each in step.steps)
    return f"repeats {names}, {step.times} time{'' if step.times == 1 else 's'} at most{until}"


def _update(step: Update) -> str:
    return ", ".join(map(_change, step.changes)) or "changes nothing"


def _call(step: Call) -> str:
    whom = urlsplit(step.url).hostname if step.url else f"the function {step.function}"
    without = _way("without one, whoever it was for", step.on_fail)
    return f"calls {whom} and waits {step.timeout} seconds for an answer{without}"


def _task(step: HumanTask) -> str:
    words = " or ".join(f"“{outcome.word}”" for outcome in step.outcomes)
    return f"asks {step.assign} to settle it within {step.due}: {words}"


def _start(step: StartJourney) -> str:
    return f"lets them into the journey {step.journey}"


def _end(step: EndJourney) -> str:
    return f"takes them out of the journey {step.journey}"


def _exit(step: Exit) -> str:
    return f"leaves the journey: {step.reason}" if step.reason else "leaves the journey"


def _way(who: str, way: Way) -> str:
    if way == ON:
        return ""
    if way.then is Then.EXIT:
        return f"; {who} leaves"
    return f"; {who} goes on to “{way.steps[0].name}”"


def _since(since: Since) -> str:
    return f"counted from when “{since.send}” {ANCHORS[since.anchor]}"


def _until(until: Clock | Date) -> str:
    if isinstance(until, Clock):
        return f"until {str(until).capitalize()} local time"
    side = "before" if until.is_before else "after"
    offset = f"{until.offset} {side} " if until.offset else ""
    of = " of the entry" if until.of is Of.ENTRY else ""
    at = f" at {until.at:%H:%M} local time" if until.at else ""
    return f"until {offset}{'the next ' if until.yearly else ''}{'.'.join(until.path)}{of}{at}"


def _answer(answer: Answer) -> str:
    return " or ".join(map(_condition, answer.any))


def _condition(condition: Condition) -> str:
    if condition.rule is not None:
        return sentence(condition.rule)
    return HAPPENED[condition.kind].format(name=condition.name)


def _change(change: Change) -> str:
    return VERBS[change.verb].format(name=change.attribute, value=_value(change.value))


def _value(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(map(_value, value))
    return f"“{value}”" if isinstance(value, str) else str(value)


SAID: dict[type[Any], Callable[[Any], str]] = {
    Send: _send,
    Wait: _wait,
    WaitFor: _wait_for,
    Branch: _branch,
    Split: _split,
    Repeat: _repeat,
    Update: _update,
    Call: _call,
    HumanTask: _task,
    StartJourney: _start,
    EndJourney: _end,
    Exit: _exit,
}
