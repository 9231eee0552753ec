"""Which comparison fits which type of attribute or fact. Pure."""

from collections.abc import Mapping
from datetime import date

from sojourn.rules.facts import FACT_TYPES, STAGES
from sojourn.rules.findings import nearest, printable
from sojourn.rules.literals import LISTS, MOMENTS, NUMBERS, SPANS, TEXTS
from sojourn.rules.nodes import Compare, Op, Subject

EQUALITY = frozenset({Op.IS, Op.IS_NOT, *LISTS})
CONTAINING = frozenset({Op.CONTAINS, Op.CONTAINS_NOT})
IN_TIME = frozenset({*MOMENTS, *SPANS, Op.BETWEEN})

# By the types of the workspace's registry.
OPS_OF_TYPE: Mapping[str, frozenset[Op]] = {
    "text": EQUALITY | CONTAINING | TEXTS,
    "number": EQUALITY | NUMBERS | {Op.BETWEEN},
    "boolean": frozenset({Op.IS, Op.IS_NOT}),
    "date": EQUALITY | IN_TIME,  # a day is said in one way only, so it is what it is written
    "datetime": IN_TIME,
    "list": CONTAINING,
    "object": frozenset(),
    "geo": frozenset(),
}
VALUES: Mapping[str, tuple[type, ...]] = {"text": (str,), "number": (int, float), "date": (str, date)}
OF_GEO = {"lat": "number", "lon": "number"}

Said = tuple[str, str]


def type_of(subject: Subject, attributes: Mapping[str, str]) -> str:
    """The type of what is compared; "" when nobody knows."""
    if subject.is_fact:
        return FACT_TYPES.get(subject.name, "")
    held = attributes.get(subject.name, "")
    if len(subject.path) == 1:
        return held
    return (
        OF_GEO.get(subject.path[1], "nothing")
        if held == "geo"
        else ""
        if held == "object"
        else held and "nothing"
    )


def flaw_of(compare: Compare, attributes: Mapping[str, str]) -> Said | None:
    """Why a comparison cannot fit; None when it may."""
    subject, op = compare.subject, compare.op
    kind = type_of(subject, attributes)
    if kind == "nothing":
        return (
            f"`{subject.name}` is {_a(attributes[subject.name])} and has no `{_shown(subject)}`",
            "mend the path",
        )
    if not kind or op is Op.EXISTS:
        return None
    if op not in OPS_OF_TYPE[kind]:
        return f"`{op}` does not fit `{_shown(subject)}`, {_a(kind)}", _allowed(kind)
    return _value_flaw(compare, kind) or _stage_flaw(compare)


def is_place(subject: Subject, attributes: Mapping[str, str]) -> Said | None:
    """Why the subject is no place on a map."""
    kind = type_of(subject, attributes)
    if kind in {"", "geo"}:
        return None
    return f"`{_shown(subject)}` is {_a(kind)}, not a place", "name an attribute of the type geo"


def is_dated(subject: Subject, attributes: Mapping[str, str]) -> Said | None:
    """Why the subject has no day to return."""
    kind = type_of(subject, attributes)
    if kind in {"", "date", "datetime"}:
        return None
    return f"`{_shown(subject)}` is {_a(kind)}, not a date", "name an attribute of the type date"


def _value_flaw(compare: Compare, kind: str) -> Said | None:
    wanted = VALUES.get(kind) or ((bool,) if kind == "boolean" else ())
    if not wanted or compare.op in SPANS:
        return None
    values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    for value in values:
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean"):
            remedy = "put it in quotes" if kind == "text" else f"write a {kind}"
            said = printable(f"'{value}'" if isinstance(value, str) else str(value), 40)
            return f"`{_shown(compare.subject)}` is a {kind}, and {said} is none", remedy
    return None


def _stage_flaw(compare: Compare) -> Said | None:
    if not compare.subject.is_fact or compare.subject.name != "stage" or compare.op not in EQUALITY:
        return None
    values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    wrong = [value for value in values if value not in STAGES]
    if not wrong:
        return None
    return f"there is no stage '{printable(str(wrong[0]), 40)}'", nearest(
        str(wrong[0]), dict.fromkeys(STAGES)
    )


def _allowed(kind: str) -> str:
    ops = [f"`{op}`" for op in Op if op in OPS_OF_TYPE[kind] or op is Op.EXISTS]
    more = {"geo": ", or ask with `near`", "object": ", or name a path into it"}.get(kind, "")
    return f"use {', '.join(ops)}{more}"


def _shown(subject: Subject) -> str:
    return printable(str(subject))


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "object" else f"a {kind}"
