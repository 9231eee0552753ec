"""Third stage: what a well-formed journey may still have wrong. All rules speak at once."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from sojourn.journeys.model import END, Channel, Journey
from sojourn.journeys.steps import Condition, ConditionKind, Send, Step, Steps, Wait, WaitFor, every, located
from sojourn.rules.findings import MOST_FINDINGS, Finding, Place, Source, nearest, printable

DAY = 86_400
LONGEST_WAIT = 3_653 * DAY
LONGEST_WAIT_FOR = 14 * DAY
MOST_STEPS = 500
LONGEST_NAME = 80
LONGEST_EVENT = 200
RESERVED = {"resume", "hold", "left", "done", END}

SLUG = re.compile(r"[a-z0-9-]{1,40}")
TEMPLATE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of pairs, line and paragraph breaks
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# The known templates and the channel of each; None when nobody knows them, as in an editor without a stack.
Templates = Mapping[str, str] | None
Rule = Callable[[Journey, Source, Templates], Iterator[Finding]]


def check(journey: Journey, *, source: Source | None = None, templates: Templates = None) -> list[Finding]:
    """The findings of every rule, in the order of the file."""
    known = source or Source()
    found = (finding for rule in RULES for finding in rule(journey, known, templates))
    return sorted(islice(found, MOST_FINDINGS), key=lambda finding: finding.line)


def journey_words(journey: Journey, source: Source, templates: Templates) -> Iterator[Finding]:
    """The journey's own name, topic and events."""
    for key, word in (("journey", journey.name), ("topic", journey.topic or "")):
        if word and not SLUG.fullmatch(word):
            problem = f"`{key}` is '{printable(word, 50)}'"
            yield source.finding((key,), "", problem, "use 1 to 40 of a-z, 0-9 and -")
    for key, trigger in (("entry", journey.triggers[0]), ("goal", journey.goal)):
        if trigger and trigger.segment and not SLUG.fullmatch(trigger.segment):
            problem = f"the {key} segment is '{printable(trigger.segment, 50)}'"
            yield source.finding((key, "segment"), "", problem, "use 1 to 40 of a-z, 0-9 and -")
        elif trigger and (why := flaw(trigger.event, LONGEST_EVENT)):
            yield source.finding((key, "event"), "", f"the {key} event {why}", "use the event's name")


def step_count(journey: Journey, source: Source, templates: Templates) -> Iterator[Finding]:
    """A journey has steps, and not too many."""
    places = [place for place, _ in located(journey.steps)]
    if len(places) > MOST_STEPS:
        problem = f"{len(places)} steps; a journey has {MOST_STEPS} at most"
        yield source.finding(places[MOST_STEPS], "", problem, "split the journey into two")


def step_names(journey: Journey, source: Source, templates: Templates) -> Iterator[Finding]:
    """Each name is a state's name in the console: short, visible, its own."""
    first: dict[str, Place] = {}
    for place, step in located(journey.steps):
        line = (*place, step.kind)
        key = unicodedata.normalize("NFC", step.name).casefold()
        if why := flaw(step.name, LONGEST_NAME):
            remedy = f"use up to {LONGEST_NAME} plain characters"
            yield source.finding(line, step.name, f"the name {why}", remedy)
        elif key in RESERVED:
            problem = "the name is one of the machine's own"
            yield source.finding(line, step.name, problem, "choose another name")
        elif step.name and key in first:
            problem = f"a second step of this name; the first is in line {source.line_of(first[key])}"
            yield source.finding(line, step.name, problem, "give each step a name of its own")
        first.setdefault(key, line)


def conditions(journey: Journey, source: Source, templates: Templates) -> Iterator[Finding]:
    """`clicked` and `opened` name a send that can have happened before; events have sound names."""
    sends = {step.name: step for _, step in located(journey.steps) if isinstance(step, Send)}
    for place, step, before in _with_past(journey.steps, ("steps",), frozenset()):
        for index, condition in enumerate(step.conditions):
            if found := _condition_flaw(condition, sends, before):
                yield source.finding((*place, "any", index), step.name, *found)


def messages(journey: Journey, source: Source, templates: Templates) -> Iterator[Finding]:
    """Each send has a template of its channel and a window that opens."""
    for place, step in located(journey.steps):
        if not isinstance(step, Send):
            continue
        if found := _template_flaw(step, templates):
            yield source.finding((*place, "template"), step.name, *found)
        if step.hours and step.hours.start == step.hours.end:
            problem = f"`hours` {step.hours} begin and end together: the window never opens"
            yield source.finding((*place, "hours"), step.name, problem, "leave `hours` out for the whole day")


def durations(journey: Journey, source: Source, templates: Templates) -> Iterator[Finding]:
    """Waits end within ten years; waits for events within what one execution holds."""
    for place, step in located(journey.steps):
        if isinstance(step, Wait) and step.duration and step.duration.seconds > LONGEST_WAIT:
            problem = f"a wait of {step.duration}; ten years (3653 days) is the longest"
            yield source.finding((*place, "for"), step.name, problem, "shorten it")
        if isinstance(step, WaitFor) and step.up_to.seconds > LONGEST_WAIT_FOR:
            problem = f"a wait for events of up to {step.up_to}; 14 days is the longest"
            remedy = "shorten it, and put a `wait` into `otherwise` for the rest"
            yield source.finding((*place, "up to"), step.name, problem, remedy)


def idle_ends(journey: Journey, source: Source, templates: Templates) -> Iterator[Finding]:
    """A wait that nothing follows does nothing."""
    for place, step in _last_waits(journey.steps, ("steps",)):
        problem, remedy = "nothing follows this wait", "delete it, or put a step after it"
        yield source.finding(place, step.name, problem, remedy)


RULES: tuple[Rule, ...] = (
    journey_words,
    step_count,
    step_names,
    conditions,
    messages,
    durations,
    idle_ends,
)


def flaw(text: str, longest: int) -> str:
    """What is wrong with a name, in words; "" when nothing is. An absent name was noted by the reader."""
    if len(text) > longest:
        return f"is {len(text)} characters long"
    if any(unicodedata.category(letter) in UNSEEN or letter in DIRECTIONS for letter in text):
        return "has control characters or line breaks in it"
    # Step Functions would take these for the ends of an expression.
    return "has {% or %} in it" if "{%" in text or "%}" in text else ""


def _with_past(
    steps: Steps, place: Place, before: frozenset[str]
) -> Iterator[tuple[Place, WaitFor, frozenset[str]]]:
    """Every wait for events with the sends that may lie behind a contact who comes there."""
    for index, step in enumerate(steps):
        here = (*place, index)
        if isinstance(step, WaitFor):
            yield here, step, before
            for key, path in step.paths().items():
                yield from _with_past(path, (*here, key), before)
        before |= {each.name for each in every((step,)) if isinstance(each, Send)}


def _last_waits(steps: Steps, place: Place) -> Iterator[tuple[Place, Step]]:
    """The waits that the end of a path which ends the journey consists of."""
    if not steps:
        return
    last, here = steps[-1], (*place, len(steps) - 1)
    if isinstance(last, Wait) or (isinstance(last, WaitFor) and not any(last.paths().values())):
        yield here, last
    elif isinstance(last, WaitFor):
        for key, path in last.paths().items():
            yield from _last_waits(path, (*here, key))


def _condition_flaw(
    condition: Condition, sends: Mapping[str, Send], before: frozenset[str]
) -> tuple[str, str] | None:
    if not condition.name:
        return None
    said = f"`{condition.kind}: {printable(condition.name)}`"
    if not condition.about_a_send:
        why = flaw(condition.name, LONGEST_EVENT)
        return (f"{said} {why}", "use the event's name") if why else None
    if condition.name not in sends:
        return f"{said} names no send step", nearest(condition.name, sends)
    if condition.name not in before:
        return f"{said} names a send that does not come before", "name a send on the way to this step"
    if condition.kind is ConditionKind.OPENED and sends[condition.name].channel is not Channel.EMAIL:
        return f"{said} names a text message; nobody sees one opened", "wait for a click or an event"
    return None


def _template_flaw(step: Send, templates: Templates) -> tuple[str, str] | None:
    if not step.template:
        return None
    if not TEMPLATE_NAME.fullmatch(step.template):
        return f"the template's name '{printable(step.template)}'", "use 1 to 64 of A-Z, a-z, 0-9, _ and -"
    if templates is None:
        return None
    if step.template not in templates:
        return f"there is no template '{step.template}'", nearest(step.template, templates)
    channel = templates[step.template]
    if channel == step.channel:
        return None
    problem = f"the template '{step.template}' is for {channel}, the step sends by {step.channel}"
    return problem, f"name a template for {step.channel}, or change `channel`"
