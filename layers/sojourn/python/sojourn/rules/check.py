"""What a well-read rule may still have wrong: its size, the types it compares, and the segments it stands on. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sojourn.rules.findings import MOST_FINDINGS, Finding, nearest, printable
from sojourn.rules.nodes import (
    All,
    Anniversary,
    AnyOf,
    Compare,
    Done,
    InSegment,
    Leaf,
    Messaged,
    Near,
    NoneOf,
    Rule,
    Window,
    leaves,
)
from sojourn.rules.types import flaw_of, is_dated, is_place

DEEPEST = 20
MOST_CONDITIONS = 200
MOST_COUNTED = 400  # a profile keeps the newest 500 of such events

Said = tuple[str, str]  # a problem and its remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a rule is held against; None where nobody knows, as in an editor without a stack."""

    attributes: Mapping[str, str] | None = None  # name → type, as the workspace's registry has them
    deleted: frozenset[str] = frozenset()  # attributes that were, and are no more
    segments: Mapping[str, Rule] | None = None  # the other segments


@dataclass(frozen=True, slots=True)
class Checked:
    """Findings make a rule invalid, warnings do not."""

    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def check(
    rule: Rule,
    *,
    name: str = "",
    known: Known = Known(),
    file: str = "segment",
    line_of: Callable[[Rule], int] = lambda rule: 1,
) -> Checked:
    """Everything that is wrong with a rule; `name` is that of the segment whose rule it is."""
    if said := too_large(rule):
        return Checked([Finding(file, line_of(rule), "", *said)])
    found = [(each, said) for each in leaves(rule) for said in _flaws(each, name, known)]
    if cycle := cycle_of(name, rule, known.segments or {}):
        where = next(each for each in leaves(rule) if isinstance(each, InSegment) and each.name == cycle[1])
        way = " → ".join(cycle)
        found.append((where, (f"the segments refer to each other: {way}", "take one of these steps away")))
    warned = [(each, said) for each in leaves(rule) for said in _doubts(each, known)]

    def findings(pairs: list[tuple[Leaf, Said]]) -> list[Finding]:
        made = (Finding(file, line_of(each), "", *said) for each, said in pairs)
        return sorted(islice(made, MOST_FINDINGS), key=lambda finding: finding.line)

    return Checked(findings(found), findings(warned))


def too_large(rule: Rule) -> Said | None:
    """Why a rule is too deep or has too many conditions."""
    if (deep := depth_of(rule)) > DEEPEST:
        return f"conditions {deep} deep; {DEEPEST} is the most", "flatten them, or make a segment of a part"
    if (count := sum(1 for _ in leaves(rule))) > MOST_CONDITIONS:
        return f"{count} conditions; {MOST_CONDITIONS} are the most", "make segments of parts, and name those"
    return None


def depth_of(rule: Rule) -> int:
    """How many nodes lie within each other."""
    level: list[Rule] = [rule]
    depth = 0
    while level:
        depth += 1
        level = [part for each in level if isinstance(each, All | AnyOf | NoneOf) for part in each.parts]
    return depth


def cycle_of(name: str, rule: Rule, others: Mapping[str, Rule]) -> list[str]:
    """The way from a segment through others back to itself; empty when there is none."""
    ways = [[name, each] for each in segments_of(rule)] if name else []
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        last = way[-1]
        if last == name:
            return way
        if last not in seen and last in others:
            seen.add(last)
            ways += [[*way, each] for each in segments_of(others[last])]
    return []


def segments_of(rule: Rule) -> list[str]:
    """The segments that a rule names, in order."""
    return list(dict.fromkeys(each.name for each in leaves(rule) if isinstance(each, InSegment)))


def _flaws(leaf: Leaf, name: str, known: Known) -> Iterator[Said]:
    match leaf:
        case Compare() | Near() | Anniversary():
            yield from _subject_flaws(leaf, known)
        case Done(n=n, window=window, match=about) if n > MOST_COUNTED and (
            window != Window() or about.where
        ):
            yield (
                f"{n} times of such events; {MOST_COUNTED} is the most that is kept one by one",
                "ask for less, or count all events of the name, ever",
            )
        case Messaged(n=n) if n > MOST_COUNTED:
            yield f"{n} messages; {MOST_COUNTED} is the most", "ask for less"
        case InSegment(name=other) if known.segments is not None and other not in {name, *known.segments}:
            yield f"there is no segment '{printable(other)}'", nearest(other, known.segments)


def _subject_flaws(leaf: Compare | Near | Anniversary, known: Known) -> Iterator[Said]:
    subject = leaf.subject
    if not subject.is_fact and subject.name in known.deleted:
        said = printable(subject.name)
        yield f"the attribute `{said}` was deleted", "name another, or take the condition away"
    elif isinstance(leaf, Compare):
        yield from filter(None, [flaw_of(leaf, known.attributes or {})])
    elif isinstance(leaf, Near):
        yield from filter(None, [is_place(subject, known.attributes or {})])
    else:
        yield from filter(None, [is_dated(subject, known.attributes or {})])


def _doubts(leaf: Leaf, known: Known) -> Iterator[Said]:
    if not isinstance(leaf, Compare | Near | Anniversary) or leaf.subject.is_fact or known.attributes is None:
        return
    name = leaf.subject.name
    if name not in known.attributes and name not in known.deleted:
        remedy = nearest(name, known.attributes)
        remedy = (
            remedy if remedy.startswith("did") else "check its name; until somebody says it, it is missing"
        )
        yield f"nobody has said the attribute `{printable(name)}` yet", remedy
