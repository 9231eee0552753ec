"""What the rule builder calls the kinds of conditions, comparisons and times."""

from functions.api.console.code_words import word
from functions.api.console.words import _
from sojourn.rules.facts import FACT_TYPES, STAGES
from sojourn.rules.nodes import Op, Season
from sojourn.rules.types import OPS_OF_TYPE

Choices = tuple[tuple[str, str], ...]
FACTS = tuple(name for name in FACT_TYPES if name not in ("stage", "tags", "lists"))
UNITS = ("minute", "hour", "day", "week", "month")


def kinds() -> Choices:
    """What can be added to a group."""
    return (
        ("attribute", _("Attribute")), ("event", _("Event")), ("message", _("Message")),
        ("fact", _("Fact")), ("stage", _("Stage")), ("tag", _("Tag")), ("list", _("List")),
        ("score", _("Score")), ("segment", _("In segment")), ("not in segment", _("Not in segment")),
        ("consent", _("Consent")), ("reachable", _("Reachable")), ("near", _("Near a place")),
        ("anniversary", _("Anniversary")), ("quantile", _("Quantile")), ("share", _("Random share")),
        ("interested in", _("Interest")), ("sequence", _("One after another")),
        ("all", _("Group: all of")), ("any", _("Group: any of")), ("none", _("Group: none of")),
    )  # fmt: skip


def groups() -> Choices:
    """How the parts of a group go together."""
    return (
        ("all", _("All of these")),
        ("any", _("Any of these")),
        ("none", _("None of these")),
    )


def label(kind: str) -> str:
    """Of a kind of condition; of what has no kind yet, what it is."""
    return dict(kinds()).get(kind, _("Condition"))


def operators(type_name: str) -> Choices:
    """The comparisons that fit a type; all of them where nobody knows it."""
    allowed = OPS_OF_TYPE.get(type_name, frozenset(Op)) | {Op.EXISTS}
    words = {Op.EXISTS: _("is known"), Op.AFTER: _("at or after")}
    return tuple((op.value, words.get(op) or word(op.value)) for op in Op if op in allowed)


def counts() -> Choices:
    """How often something was done."""
    return (
        ("", _("at least once")), ("at least", _("at least")), ("at most", _("at most")),
        ("exactly", _("exactly")), ("never", _("never")),
    )  # fmt: skip


def windows() -> Choices:
    """When it was."""
    return (("", _("ever")), ("last", _("in the last")), ("between", _("since / until")))


def units() -> Choices:
    """Of spans."""
    words = (_("minutes"), _("hours"), _("days"), _("weeks"), _("months"))
    return tuple(zip(UNITS, words, strict=True))


def seasons() -> Choices:
    """When an anniversary comes."""
    return (*((each.value, word(each.value)) for each in Season), ("in the next", _("in the next")))


def stages() -> Choices:
    """Of a contact."""
    return tuple((each, word(each)) for each in STAGES)


def group(kind: str) -> str:
    """How the parts of this group go together."""
    return dict(groups()).get(kind, _("Not this"))
