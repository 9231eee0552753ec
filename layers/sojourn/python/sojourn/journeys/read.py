"""Second stage: the tree to a `Journey`.

Every error of shape is noted with its line; a stand-in takes the place of what could not be read, so that the
rest is read and checked too.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sojourn.consent.model import MESSAGING, Channel, Purpose
from sojourn.journeys.model import EXISTING, Goal, Journey, Trigger
from sojourn.journeys.steps import (
    Answer,
    Condition,
    ConditionKind,
    Duration,
    Hours,
    Send,
    Step,
    Steps,
    Unit,
    Wait,
    WaitFor,
)
from sojourn.rules.fields import Fields, Notes, as_text
from sojourn.rules.findings import Place, Source, printable
from sojourn.rules.tree import Node

STEP_EXAMPLE = "`- send: Send the welcome`, `- wait: Wait two days` or `- wait for: Clicked the guide?`"
CONDITIONS_EXAMPLE = "[{clicked: <a send step>}]"
A_DAY = Duration(1, Unit.DAY)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of the tree: the journey (sound only without findings), and where its parts stand."""

    journey: Journey
    source: Source


def read_journey(tree: Node, notes: Notes) -> Reading:
    """The journey that the tree describes; errors go to `notes`."""
    fields = Fields.of(tree, (), notes, example="`journey: <name>` and the keys beside it")
    journey = Journey(
        name=fields.text("journey", example="welcome"),
        purpose=fields.value(
            "purpose", _purpose, example="marketing", otherwise=None, instead=Purpose.MARKETING
        ),
        topic=fields.text("topic", example="onboarding", otherwise="") or None,
        entries=(_trigger(fields, "entry", example="Signed Up", required=True) or Trigger(""),),
        goal=_goal(fields),
        steps=_steps(fields, "steps", required=True),
    )
    fields.finish()
    return Reading(journey, notes.source)


def _goal(fields: Fields) -> Goal | None:
    trigger = _trigger(fields, "goal", example="Order Completed", required=False)
    return Goal(trigger) if trigger else None


def _purpose(node: Node) -> Purpose:
    text = as_text(node)
    if text not in set(Purpose):
        raise ValueError(f"a purpose is one of {', '.join(Purpose)}")
    return Purpose(text)


def _trigger(fields: Fields, key: str, *, example: str, required: bool) -> Trigger | None:
    shape = f"{{event: {example}}}"
    node = fields.node(key, example=shape, required=required)
    if node is None:
        return None
    inner = Fields.of(node, (key,), fields.notes, example=f"`{key}: {shape}`")
    if inner.refused:
        return None
    if inner.has("segment") and not inner.has("event"):
        inner.asked.append("event")
        segment = inner.text("segment", example="lapsed")
        include = (
            inner.value("include", _include, example=EXISTING, otherwise="", instead="") if required else ""
        )
        trigger = Trigger.of_segment(segment, includes_existing=bool(include))
    else:
        inner.asked.append("segment")
        trigger = Trigger(inner.text("event", example=example))
        if inner.has("segment"):
            inner.wrong(inner.line, "an event and a segment in one", "keep one of `event` and `segment`")
    inner.finish()
    return trigger


def _include(node: Node) -> str:
    text = as_text(node)
    if text != EXISTING:
        raise ValueError(f"`{EXISTING}` is what can be included: those who are in the segment already")
    return text


def _steps(fields: Fields, key: str, *, required: bool = False) -> Steps:
    steps: list[Step] = []
    for (*_, index), node in fields.items(key, example="[…]", required=required):
        # A step that cannot be told is left out, so its place is counted among those that are kept.
        place = (*fields.place, key, len(steps))
        step = _step(node, place, fields.notes, number=int(index) + 1)
        if step is not None:
            steps.append(step)
    return tuple(steps)


def _step(node: Node, place: Place, notes: Notes, *, number: int) -> Step | None:
    fields = Fields.of(node, place, notes, step=f"step {number}", example=STEP_EXAMPLE)
    if fields.refused:
        return None
    kinds = [key for key in fields.values if key in READERS]
    if len(kinds) != 1:
        said = f"{len(kinds)} kinds of step in one: {' and '.join(f'`{kind}`' for kind in kinds)}"
        problem = said if kinds else "a step of no kind that is known"
        fields.wrong(fields.line, problem, f"begin each step with one of {STEP_EXAMPLE}")
        return None
    name = fields.text(kinds[0], example="<the name of the step>")
    fields.step = name or fields.step
    step = READERS[kinds[0]](fields, name)
    fields.finish()
    return step


def _send(fields: Fields, name: str) -> Send:
    return Send(
        name=name,
        template=fields.text("template", example="welcome"),
        channel=fields.value(
            "channel", _channel, example="email", otherwise=Channel.EMAIL, instead=Channel.EMAIL
        ),
        hours=_hours(fields),
        at_least_once=fields.flag("at least once"),
    )


def _channel(node: Node) -> Channel:
    text = as_text(node)
    if text not in MESSAGING:
        raise ValueError(f"a channel is one of {', '.join(MESSAGING)}")
    return Channel(text)


def _hours(fields: Fields) -> Hours | None:
    if not fields.has("hours"):
        fields.asked.append("hours")
        return None
    return fields.value("hours", _window, example="09:00-21:00", otherwise=None, instead=None)


def _window(node: Node) -> Hours:
    text = as_text(node)
    try:
        return Hours.from_text(text)
    except ValueError:
        if any(letter.isalpha() for letter in text):
            raise ValueError("hours are in the contact's own time zone") from None
        raise ValueError("two times from 00:00 to 23:59 are wanted") from None


def _wait(fields: Fields, name: str) -> Wait:
    return Wait(name=name, duration=_duration(fields, "for"))


def _wait_for(fields: Fields, name: str) -> WaitFor:
    return WaitFor(
        name=name,
        answers=(Answer(_conditions(fields), _steps(fields, "then")),),
        up_to=_duration(fields, "up to"),
        otherwise=_steps(fields, "otherwise"),
    )


def _duration(fields: Fields, key: str) -> Duration:
    return fields.value(key, _lasting, example="2 days", otherwise=None, instead=A_DAY)


def _lasting(node: Node) -> Duration:
    try:
        duration = Duration.from_text(as_text(node))
    except ValueError:
        raise ValueError("a whole number of minutes, hours, days or weeks is wanted") from None
    if duration.amount == 0:
        raise ValueError("a wait of nothing")
    return duration


def _conditions(fields: Fields) -> tuple[Condition, ...]:
    found = []
    for place, node in fields.items("any", example=CONDITIONS_EXAMPLE, required=True):
        example = f"`any: {CONDITIONS_EXAMPLE}`"
        condition = _condition(Fields.of(node, place, fields.notes, step=fields.step, example=example))
        if condition is not None:
            found.append(condition)
    return tuple(found)


def _condition(fields: Fields) -> Condition | None:
    """A mapping of exactly one key, the kind."""
    keys = list(fields.values)
    if len(keys) == 1 and keys[0] in set(ConditionKind):
        condition = Condition(ConditionKind(keys[0]), fields.text(keys[0], example="<its name>"))
        fields.finish()
        return condition
    if keys or not fields.refused:
        said = ", ".join(f"`{printable(key)}`" for key in keys) or "no keys"
        remedy = "write one of `clicked`, `opened` and `event` in each condition"
        fields.wrong(fields.line, f"a condition with {said}", remedy)
    return None


READERS: dict[str, Callable[[Fields, str], Step]] = {"send": _send, "wait": _wait, "wait for": _wait_for}
