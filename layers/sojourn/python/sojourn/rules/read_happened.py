"""Conditions about what happened: events, their order, messages and interests. Pure."""

from sojourn.rules.fields import Fields, as_items
from sojourn.rules.literals import NUMBERS
from sojourn.rules.nodes import (
    All,
    Done,
    Match,
    Measure,
    Messaged,
    NoneOf,
    Op,
    Rule,
    Sequence,
    Test,
    Times,
    Total,
)
from sojourn.rules.read_events import compared, matched, times_of, window_of
from sojourn.rules.read_values import (
    A_DAY,
    MESSAGING,
    NO_PATH,
    as_event,
    as_number,
    as_numbers,
    as_path,
    as_scalar,
    as_scalars,
    as_slug,
    as_span,
    as_template,
    one_of,
)
from sojourn.rules.spans import Span
from sojourn.rules.tree import Node
from sojourn.rules.tree import Sequence as ListNode

STATES = ("sent", "delivered", "opened", "clicked")
ENGAGEMENT = {"opened": "Message Opened", "clicked": "Message Clicked"}
OF_TOTALS = frozenset({*NUMBERS, Op.IS, Op.BETWEEN})
CATEGORY = ("category",)
VIEWED = "Product Viewed"
Interests = tuple[str | float | bool, ...]
NOTHING: Interests = ()
NOBODY: Interests = ("",)


def event(fields: Fields) -> Rule:
    """`event: Order Completed`, counted or added up."""
    match = matched(fields)
    measures = [measure for measure in Measure if fields.has(measure)]
    fields.asked.extend(Measure)
    if not measures:
        times, n = times_of(fields)
        return Done(match, times, n, window_of(fields))
    if len(measures) > 1 or fields.has("times"):
        fields.asked.append("times")
        said = " and ".join(f"`{key}`" for key in [*measures, *(["times"] if fields.has("times") else [])])
        fields.wrong(fields.line, f"{said} in one condition", "write a condition for each")
    prop = fields.value(measures[0], as_path, example="total", otherwise=None, instead=NO_PATH)
    window = window_of(fields)  # before the comparison, for `in the last` is no comparison here
    op, value = compared(fields, OF_TOTALS, {Op.IS: as_number, Op.BETWEEN: as_numbers}, but=("in the last",))
    return Total(match, measures[0], prop, op, value, window)


def sequence(fields: Fields) -> Rule:
    """`sequence: [{event: A}, {event: B}], within: 2 hours`."""
    example = "[{event: Product Viewed}, {event: Order Completed}]"
    nothing: list[Node] = []
    nodes = fields.value("sequence", as_items, example=example, otherwise=None, instead=nothing)
    if nodes and len(nodes) != 2:
        fields.wrong(
            fields.line, f"a sequence of {len(nodes)} events", "name two: the first, and what follows it"
        )
    both = []
    for index, node in enumerate(nodes[:2]):
        place = (*fields.place, "sequence", index)
        inner = Fields.of(node, place, fields.notes, example="`{event: Product Viewed}`")
        both.append(matched(inner) if not inner.refused else Match(""))
        inner.finish()
    within = fields.value("within", as_span, example="2 hours", otherwise=None, instead=A_DAY)
    first, then = [*both, Match(""), Match("")][:2]
    return Sequence(first, then, within, window_of(fields))


def message(fields: Fields) -> Rule:
    """`message: sent`; what was opened or clicked is told by our own events, of people unless `machines` is true."""
    state = fields.value("message", one_of(STATES), example="sent", otherwise=None, instead="sent")
    times, n = times_of(fields)
    channel = fields.value("channel", one_of(MESSAGING), example="email", otherwise="", instead="")
    journey = fields.value("journey", as_slug, example="welcome", otherwise="", instead="")
    step = fields.value("step", as_event, example="Send the welcome", otherwise="", instead="")
    template = fields.value("template", as_template, example="welcome", otherwise="", instead="")
    window = window_of(fields)
    if state in ENGAGEMENT:
        about = {"channel": channel, "journey": journey, "step": step, "template": template}
        said = {**about, "class": "" if fields.flag("machines") else "human"}
        where = tuple(Test((key,), Op.IS, value) for key, value in said.items() if value)
        return Done(Match(ENGAGEMENT[state], where), times, n, window)
    without = fields.value("without", one_of(tuple(ENGAGEMENT)), example="opened", otherwise="", instead="")
    within: Span | None = None
    if without or fields.has("within"):
        within = fields.value("within", as_span, example="3 days", otherwise=None, instead=A_DAY)
    if fields.has("within") and not fields.has("without"):
        fields.wrong(fields.line, "`within` without `without`", "add `without: opened` or `without: clicked`")
    fields.asked.append("within")
    return Messaged(state, times, n, window, without, within, channel, journey, template, step)


def interested(fields: Fields) -> Rule:
    """`interested in: running, but not: hiking, by: category`."""
    wanted = fields.value("interested in", _interests, example="running", otherwise=None, instead=NOBODY)
    unwanted = fields.value("but not", _interests, example="hiking", otherwise=NOTHING, instead=NOTHING)
    path = fields.value("by", as_path, example="category", otherwise=CATEGORY, instead=NO_PATH)
    name = fields.value("event", as_event, example=VIEWED, otherwise=VIEWED, instead="")
    times, n = times_of(fields)
    if times is not Times.AT_LEAST:
        fields.wrong(fields.line, "an interest counted downwards", "write `times: at least 2`")
    window = window_of(fields)

    def done(interests: Interests) -> Done:
        op, value = (Op.IS, interests[0]) if len(interests) == 1 else (Op.ONE_OF, interests)
        return Done(Match(name, (Test(path, op, value),)), times, n, window)

    return All((done(wanted), NoneOf((done(unwanted),)))) if unwanted else done(wanted)


def _interests(node: Node) -> Interests:
    return as_scalars(node) if isinstance(node, ListNode) else (as_scalar(node),)
