"""From a file's tree to a rule.

Every error of shape is noted with its line; a condition with an error is left out, and the rest is read too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sojourn.rules import read_happened as happened
from sojourn.rules import read_leaves as leaf
from sojourn.rules.fields import Fields, Notes, describe
from sojourn.rules.findings import MOST_FINDINGS, Place, nearest, printable
from sojourn.rules.nodes import All, AnyOf, NoneOf, Rule, leaves
from sojourn.rules.read_values import SLUG
from sojourn.rules.tree import Node, Sequence

Group = type[All | AnyOf | NoneOf]

GROUPS: dict[str, Group] = {"all": All, "any": AnyOf, "none": NoneOf}
KINDS: dict[str, Callable[[Fields], Rule]] = {
    "attribute": leaf.attribute,
    "fact": leaf.fact,
    "stage": leaf.stage,
    "tag": leaf.labelled("tag", "tags"),
    "list": leaf.labelled("list", "lists"),
    "score": leaf.score,
    "interested in": happened.interested,
    "event": happened.event,
    "message": happened.message,
    "sequence": happened.sequence,
    "segment": leaf.in_segment,
    "not in segment": leaf.not_in_segment,
    "consent": leaf.consent,
    "reachable": leaf.reachable,
    "near": leaf.near,
    "anniversary": leaf.anniversary,
    "quantile": leaf.quantile,
}
NAMES = dict.fromkeys((*GROUPS, "not", *KINDS, "share"))
EXAMPLE = "`{event: Order Completed}`, `{attribute: plan, is: pro}` or another condition"
LONGEST_DESCRIPTION = 500
RESERVED = frozenset({"preview", "runs", "verify"})  # /api/segments/<these> is something else


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A segment as its file says it; sound only when nothing was noted. `lines` knows where each node stands."""

    name: str
    description: str
    rule: Rule | None
    lines: "Lines"


@dataclass(slots=True)
class Lines:
    """The line of each node of one rule; nodes are told apart by who they are, not by what they say."""

    first: int = 1
    known: dict[int, int] = field(default_factory=dict)

    def of(self, rule: Rule) -> int:
        """The line of a node, or of the rule."""
        return self.known.get(id(rule), self.first)


@dataclass(slots=True)
class _Reader:
    notes: Notes
    seed: str
    lines: Lines

    def read(self, node: Node, place: Place) -> Rule | None:
        """The node of the rule that stands here; None when it has an error."""
        rule = self._all_of(node, place) if isinstance(node, Sequence) else self._one(node, place)
        if rule is not None:
            self.lines.known[id(rule)] = node.line
        return rule

    def _all_of(self, node: Sequence, place: Place) -> Rule | None:
        if not node.items:
            self.notes.add(node.line, "", "the rule is an empty list", f"write {EXAMPLE}")
        parts = self._parts(node.items, place)
        return All(parts) if parts else None

    def _one(self, node: Node, place: Place) -> Rule | None:
        noted = len(self.notes.findings)
        fields = Fields.of(node, place, self.notes, example=EXAMPLE)
        kind = self._kind(fields)
        if kind is None:
            return None
        if kind in GROUPS:
            return self._group(fields, kind, GROUPS[kind])
        if kind == "not":
            return self._negated(fields)
        rule = leaf.share(self.seed)(fields) if kind == "share" else KINDS[kind](fields)
        fields.finish()
        if len(self.notes.findings) > noted:
            return None
        self.lines.known.update((id(each), fields.line) for each in leaves(rule))
        return rule

    def _kind(self, fields: Fields) -> str | None:
        """The leading key."""
        if fields.refused:
            return None
        kinds = [key for key in fields.values if key in NAMES]
        if "interested in" in kinds and "event" in kinds:
            kinds.remove("event")  # there it says of which event the interest is told
        if len(kinds) == 1:
            return kinds[0]
        if kinds:
            said = " and ".join(f"`{printable(kind)}`" for kind in kinds)
            remedy = "write a condition for each, in a list under `all`"
            fields.wrong(fields.line, f"{said} in one condition", remedy)
        else:
            fields.wrong(fields.line, *self._unknown(list(fields.values)))
        return None

    def _unknown(self, keys: list[str]) -> tuple[str, str]:
        if not keys:
            return "an empty condition", f"write {EXAMPLE}"
        said = f"a condition of no known kind: {', '.join(f'`{printable(key, 30)}`' for key in keys[:3])}"
        if len(self.notes.findings) < MOST_FINDINGS:
            for key in keys[:5]:
                remedy = nearest(key, NAMES)
                if remedy.startswith("did"):
                    return said, remedy
        return said, f"begin it with one of {', '.join(f'`{name}`' for name in NAMES)}"

    def _group(self, fields: Fields, key: str, group: Group) -> Rule | None:
        items = fields.items(key, example="[{event: Order Completed}]", required=True)
        fields.finish()
        parts = self._parts([node for _, node in items], (*fields.place, key))
        return group(parts) if parts else None

    def _negated(self, fields: Fields) -> Rule | None:
        node = fields.node("not", example="{event: Order Completed}", required=True)
        fields.finish()
        if node is None:
            return None
        if isinstance(node, Sequence):
            fields.wrong(node.line, f"`not` is {describe(node)}", "write `none: […]`: not one of them")
            return None
        part = self.read(node, (*fields.place, "not"))
        return NoneOf((part,)) if part is not None else None

    def _parts(self, nodes: list[Node], place: Place) -> tuple[Rule, ...]:
        found = (self.read(node, (*place, index)) for index, node in enumerate(nodes))
        return tuple(part for part in found if part is not None)


def read_rule(
    node: Node, notes: Notes, *, place: Place = (), seed: str = "", lines: Lines | None = None
) -> Rule | None:
    """The rule that a part of a file describes; None when nothing of it could be read. Errors go to `notes`.
    `seed` is what a random share takes that names none."""
    return _Reader(notes, seed, lines or Lines(node.line)).read(node, place)


def read_segment(tree: Node, notes: Notes) -> SegmentFile:
    """The segment that a file describes; errors go to `notes`."""
    fields = Fields.of(tree, (), notes, example="`segment: <name>` and the keys beside it")
    name = fields.text("segment", example="lapsed")
    if name and not SLUG.fullmatch(name):
        problem = f"`segment` is '{printable(name, 50)}'"
        fields.wrong(fields.key_lines["segment"], problem, "use 1 to 40 of a-z, 0-9 and -")
    elif name in RESERVED:
        fields.wrong(fields.key_lines["segment"], f"`segment` is '{name}', a word of the API", "take another")
    description = fields.text("description", example="Bought once, silent for half a year", otherwise="")
    if len(description) > LONGEST_DESCRIPTION:
        problem = f"`description` has {len(description)} characters"
        fields.wrong(fields.key_lines["description"], problem, f"{LONGEST_DESCRIPTION} are the most")
    node = fields.node("rule", example="[{event: Order Completed}]", required=True)
    lines = Lines(fields.key_lines.get("rule", fields.line))
    rule = read_rule(node, notes, place=("rule",), seed=name, lines=lines) if node is not None else None
    fields.finish()
    return SegmentFile(name, description, rule, lines)
