"""The reader of what a run may wait for, and of the pairs that say which event is meant."""

from sojourn.journeys.language.conditions import Condition, ConditionKind
from sojourn.journeys.reading.paths import rule_of
from sojourn.journeys.reading.values import as_match
from sojourn.rules.fields import Fields, as_items
from sojourn.rules.findings import Place, printable
from sojourn.rules.read_events import where_of
from sojourn.rules.tree import Node

EXAMPLE = "[{clicked: <a send step>}]"
Match = tuple[tuple[str, str], ...]
NO_MATCH: Match = ()
NOTHING: list[Node] = []


def conditions_of(fields: Fields) -> tuple[Condition, ...]:
    """Those under `any`; what cannot be told is left out."""
    nodes = fields.value("any", as_items, example=EXAMPLE, otherwise=None, instead=NOTHING)
    found = (_condition_at((*fields.place, "any", index), node, fields) for index, node in enumerate(nodes))
    return tuple(condition for condition in found if condition is not None)


def match_of(fields: Fields) -> Match:
    """Which properties must be those of the entry's event."""
    return fields.value("match", as_match, example="{cart_id: cart_id}", otherwise=NO_MATCH, instead=NO_MATCH)


def _condition_at(place: Place, node: Node, fields: Fields) -> Condition | None:
    inner = Fields.of(node, place, fields.notes, step=fields.step, example=f"`any: {EXAMPLE}`")
    kinds = [key for key in inner.values if key in set(ConditionKind)]
    if len(kinds) != 1:
        _say(inner)
        return None
    kind = ConditionKind(kinds[0])
    condition = (
        Condition(kind, rule=rule_of(inner, kind)) if kind is ConditionKind.RULE else _named(inner, kind)
    )
    inner.finish()
    return condition


def _named(inner: Fields, kind: ConditionKind) -> Condition:
    name = inner.text(kind, example="<its name>")
    if kind is not ConditionKind.EVENT:
        return Condition(kind, name)
    return Condition(kind, name, where_of(inner), match_of(inner))


def _say(inner: Fields) -> None:
    if inner.refused:
        return
    said = ", ".join(f"`{printable(key)}`" for key in inner.values) or "no keys"
    kinds = ", ".join(f"`{kind}`" for kind in list(ConditionKind)[:-1])
    remedy = f"write one of {kinds} and `{ConditionKind.RULE}` in each condition"
    inner.wrong(inner.line, f"a condition with {said}", remedy)
