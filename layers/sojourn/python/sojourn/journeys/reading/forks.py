"""The readers of the steps where paths part."""

from sojourn.journeys.language.forks import Arm, Branch, If, Repeat, Split
from sojourn.journeys.reading.paths import reads, rule_of, steps_of
from sojourn.journeys.reading.values import as_share, as_words
from sojourn.rules.fields import Fields, as_items
from sojourn.rules.read_values import as_whole
from sojourn.rules.tree import Node

MOST_ROUNDS = 10_000
IFS = "[{if: {attribute: plan, is: pro}, then: […]}]"
ARMS = "[{share: 50%, then: […]}, {share: 50%}]"
NOTHING: list[Node] = []


@reads("branch")
def branch(fields: Fields, name: str) -> Branch:
    """`branch: Which plan?, paths: [{if: {attribute: plan, is: pro}, then: […]}], otherwise: […]`."""
    if fields.has("if") and not fields.has("paths"):
        fields.asked.append("paths")
        ifs: tuple[If, ...] = (_if(1, fields, fields),)
    else:
        ifs = tuple(_if(number, inner, fields) for number, inner in _paths(fields, IFS))
    return Branch(name=name, ifs=ifs, otherwise=steps_of(fields, "otherwise"))


@reads("split")
def split(fields: Fields, name: str) -> Split:
    """`split: Which subject?, paths: [{share: 50%, then: […]}, {share: 50%}]`."""
    arms = tuple(_arm(number, inner, fields) for number, inner in _paths(fields, ARMS))
    seed = fields.value("seed", as_words, example="spring", otherwise="", instead="")
    return Split(name=name, arms=arms, seed=seed)


@reads("repeat")
def repeat(fields: Fields, name: str) -> Repeat:
    """`repeat: Remind weekly, times: 3, until: {event: Order Completed}, steps: […]`."""
    times = fields.value("times", as_whole(1, MOST_ROUNDS), example="3", otherwise=None, instead=1)
    until = rule_of(fields, "until") if fields.has("until") else None
    fields.asked.append("until")
    return Repeat(name=name, times=times, until=until, steps=steps_of(fields, "steps", required=True))


def _paths(fields: Fields, example: str) -> list[tuple[int, Fields]]:
    """The numbered mappings under `paths`."""
    nodes = fields.value("paths", as_items, example=example, otherwise=None, instead=NOTHING)
    shape = f"`paths: {example}`"
    place = (*fields.place, "paths")
    return [
        (number, Fields.of(node, (*place, number - 1), fields.notes, step=fields.step, example=shape))
        for number, node in enumerate(nodes, 1)
    ]


def _if(number: int, inner: Fields, fields: Fields) -> If:
    rule = rule_of(inner, "if")
    inner.place = fields.place  # in the model the path is one of the step's
    found = If(rule, steps_of(inner, "then", path=f"if {number}"))
    if inner is not fields:
        inner.finish()
    return found


def _arm(number: int, inner: Fields, fields: Fields) -> Arm:
    is_holdout = inner.has("holdout")
    inner.asked.extend(("share", "holdout"))
    if is_holdout and inner.has("share"):
        inner.wrong(inner.line, "`share` and `holdout` in one path", "keep one of them")
    key = "holdout" if is_holdout else "share"
    percent = inner.value(key, as_share, example="50%", otherwise=None, instead=0.0)
    inner.place = fields.place
    arm = Arm(percent, steps_of(inner, "then", path=f"arm {number}"), is_holdout)
    inner.finish()
    return arm
