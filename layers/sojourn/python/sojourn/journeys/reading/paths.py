"""Lists of steps, and the one step: told by its kind, read by the reader that the kind registered."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sojourn.journeys.language.paths import ON, Step, Steps, Then, Way
from sojourn.rules.fields import Fields, Notes, as_items, describe
from sojourn.rules.findings import Place
from sojourn.rules.nodes import NoneOf, Rule
from sojourn.rules.read import Lines, read_rule
from sojourn.rules.tree import Node, Scalar, Sequence

Reader = Callable[[Fields, str], Step]
R = TypeVar("R", bound=Reader)

READERS: dict[str, Reader] = {}
STEP_EXAMPLE = "`- send: Send the welcome`, `- wait: Wait two days` or `- wait for: Clicked the guide?`"
RULE_EXAMPLE = "[{attribute: plan, is: pro}]"
NOBODY = NoneOf(())  # stands in for a rule that could not be read
NOTHING: list[Node] = []


def reads(kind: str) -> Callable[[R], R]:
    """Register the reader of a kind of step."""

    def register(reader: R) -> R:
        READERS[kind] = reader
        return reader

    return register


def steps_of(fields: Fields, key: str, *, path: str = "", required: bool = False) -> Steps:
    """The steps under a key; they stand under `path` in the model, or under the key."""
    nodes = fields.value(
        key, as_items, example="[…]", otherwise=None if required else NOTHING, instead=NOTHING
    )
    return read_steps(nodes, (*fields.place, path or key), fields.notes)


def read_steps(nodes: list[Node], place: Place, notes: Notes) -> Steps:
    """The steps of a list."""
    steps: list[Step] = []
    for number, node in enumerate(nodes, 1):
        # A step that cannot be told is left out, so its place is counted among those that are kept.
        step = _step(node, (*place, len(steps)), notes, number=number)
        if step is not None:
            steps.append(step)
    return tuple(steps)


def way_of(fields: Fields, key: str) -> Way:
    """`continue`, `exit`, or steps of its own."""
    node = fields.node(key, example="exit")
    if node is None:
        return ON
    if isinstance(node, Sequence):
        return Way(steps=steps_of(fields, key))
    word = node.value if isinstance(node, Scalar) else None
    if word not in set(Then):
        problem = f"`{key}` is {describe(node)}: `continue`, `exit` or a list of steps is wanted"
        fields.wrong(fields.key_lines[key], problem, f"write `{key}: exit`")
        return ON
    return Way(Then(word))


def rule_of(fields: Fields, key: str) -> Rule:
    """The rule under a key; one that nobody meets when it cannot be read."""
    node = fields.node(key, example=RULE_EXAMPLE, required=True)
    return NOBODY if node is None else read_one(node, (*fields.place, key), fields)


def read_one(node: Node, place: Place, fields: Fields) -> Rule:
    """The rule at a node; its errors are those of the step."""
    notes = fields.notes
    noted = len(notes.findings)
    seed = "/".join(filter(None, (notes.seed, fields.step)))
    rule = read_rule(node, notes, place=place, seed=seed, lines=Lines(node.line, notes.nodes))
    notes.findings[noted:] = [replace(each, step=fields.step) for each in notes.findings[noted:]]
    return NOBODY if rule is None else rule


def _step(node: Node, place: Place, notes: Notes, *, number: int) -> Step | None:
    fields = Fields.of(node, place, notes, step=f"step {number}", example=STEP_EXAMPLE)
    if fields.refused:
        return None
    kinds = [key for key in fields.values if key in READERS]
    if "call" in kinds and "send" in kinds:
        kinds.remove("send")  # there it says what goes with the request
    if len(kinds) != 1:
        said = f"{len(kinds)} kinds of step in one: {' and '.join(f'`{kind}`' for kind in kinds)}"
        problem = said if kinds else "a step of no kind that is known"
        known = ", ".join(f"`{kind}`" for kind in READERS)
        fields.wrong(fields.line, problem, f"begin each step with one of {known}, as in {STEP_EXAMPLE}")
        return None
    name = fields.text(kinds[0], example="<the name of the step>")
    fields.step = name or fields.step
    step = READERS[kinds[0]](fields, name)
    fields.finish()
    return step
