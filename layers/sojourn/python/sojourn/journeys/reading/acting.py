"""The readers of the steps that do something beside sending."""

from sojourn.journeys.language.acting import (
    USUAL_TIMEOUT,
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
from sojourn.journeys.reading.paths import read_steps, reads, steps_of, way_of
from sojourn.journeys.reading.values import as_data, as_pairs, as_property, as_seconds, as_words
from sojourn.journeys.reading.waiting import duration_of
from sojourn.rules.fields import Fields, as_items, describe
from sojourn.rules.findings import printable
from sojourn.rules.read_values import as_slug
from sojourn.rules.tree import Node, Scalar, Sequence

LONGEST_TIMEOUT = 30  # seconds
CHANGES = {
    Verb.SET: "{stage: customer}",
    Verb.UNSET: "[trial_ends]",
    Verb.INCREMENT: "{visits: 1}",
    Verb.ADD: "{tags: vip}",
    Verb.REMOVE: "{tags: vip}",
}
OUTCOMES = "{reached: […], not reached: […]}"
Data = tuple[tuple[str, object], ...]
NO_DATA: Data = ()
NO_NAMES: tuple[str, ...] = ()
NO_PAIRS: list[tuple[str, Node]] = []


@reads("update")
def update(fields: Fields, name: str) -> Update:
    """`update: Mark as customer, set: {stage: customer}, add: {tags: vip}`."""
    return Update(name=name, changes=tuple(change for verb in Verb for change in _changes(fields, verb)))


@reads("call")
def call(fields: Fields, name: str) -> Call:
    """`call: Ask for a voucher, url: https://shop.example.com/vouchers, send: {value: 10}, timeout: 5 seconds`."""
    timeout = as_seconds(1, LONGEST_TIMEOUT)
    return Call(
        name=name,
        url=fields.text("url", example="https://example.com/hook", otherwise=""),
        function=fields.text("function", example="score-contact", otherwise=""),
        send=data_of(fields, "send", example="{value: 10}"),
        timeout=fields.value(
            "timeout", timeout, example="10 seconds", otherwise=USUAL_TIMEOUT, instead=USUAL_TIMEOUT
        ),
        on_fail=way_of(fields, "on fail"),
    )


@reads("task")
def task(fields: Fields, name: str) -> HumanTask:
    """`task: Call them, assign: sales, due: 2 days, outcomes: {reached: […], not reached: […]}`."""
    return HumanTask(
        name=name,
        assign=fields.value("assign", as_words, example="sales", otherwise=None, instead=""),
        due=duration_of(fields, "due"),
        outcomes=_outcomes(fields),
        note=fields.value("note", as_words, example="Ask how they like it", otherwise="", instead=""),
        otherwise=steps_of(fields, "otherwise"),
    )


@reads("start")
def start(fields: Fields, name: str) -> StartJourney:
    """`start: Win them back, journey: win-back, properties: {order_id: entry.order_id}`."""
    properties = data_of(fields, "properties", example="{order_id: entry.order_id}")
    return StartJourney(name=name, journey=_journey(fields), properties=properties)


@reads("end")
def end(fields: Fields, name: str) -> EndJourney:
    """`end: No more reminders, journey: renewal`."""
    return EndJourney(name=name, journey=_journey(fields))


@reads("exit")
def leave(fields: Fields, name: str) -> Exit:
    """`exit: They are customers, reason: bought`."""
    return Exit(
        name=name, reason=fields.value("reason", as_words, example="bought", otherwise="", instead="")
    )


def data_of(fields: Fields, key: str, *, example: str) -> tuple[tuple[str, object], ...]:
    """Names with values under a key; none when it is not there."""
    return fields.value(key, as_data, example=example, otherwise=NO_DATA, instead=NO_DATA)


def _journey(fields: Fields) -> str:
    return fields.value("journey", as_slug, example="win-back", otherwise=None, instead="")


def _changes(fields: Fields, verb: Verb) -> tuple[Change, ...]:
    example = CHANGES[verb]
    if verb is Verb.UNSET:
        names = fields.value(verb, _as_names, example=example, otherwise=NO_NAMES, instead=NO_NAMES)
        return tuple(Change(verb, name) for name in names)
    return tuple(Change(verb, name, value) for name, value in data_of(fields, verb, example=example))


def _as_names(node: Node) -> tuple[str, ...]:
    if isinstance(node, Scalar):
        return (as_property(node),)
    return tuple(dict.fromkeys(map(as_property, as_items(node))))


def _outcomes(fields: Fields) -> tuple[Outcome, ...]:
    node = fields.node("outcomes", example=OUTCOMES, required=True)
    if node is None:
        return ()
    if isinstance(node, Sequence):
        words = fields.value("outcomes", _as_names, example=OUTCOMES, otherwise=None, instead=NO_NAMES)
        return tuple(map(Outcome, words))
    pairs = fields.value("outcomes", as_pairs, example=OUTCOMES, otherwise=None, instead=NO_PAIRS)
    return tuple(_outcome(number, word, then, fields) for number, (word, then) in enumerate(pairs, 1))


def _outcome(number: int, word: str, then: Node, fields: Fields) -> Outcome:
    """A word with nothing behind it leads on."""
    if isinstance(then, Sequence):
        place = (*fields.place, f"outcome {number}")
        return Outcome(word, read_steps(then.items, place, fields.notes))
    if not isinstance(then, Scalar) or then.value is not None:
        problem = f"the outcome `{printable(word, 40)}` is {describe(then)}"
        fields.wrong(then.line, problem, f"write `outcomes: {OUTCOMES}`")
    return Outcome(word)
