"""A node of a rule, ready to be asked; and how all, any and none ask theirs. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sojourn.rules.checks import Check
from sojourn.rules.nodes import Rule
from sojourn.rules.timing import FAILS, HOLDS
from sojourn.rules.view import Verdict, View

Asked = Callable[[View], bool]
Judge = Callable[[View], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`holds` is the short way; `judge` is None where time alone changes nothing."""

    rule: Rule
    holds: Asked
    judge: Judge | None = None
    seen: Callable[[View], str] | None = None
    parts: "tuple[Part, ...]" = ()
    of_attributes: Check | None = None  # the same as `holds`, where it asks for nothing else


def verdict(part: Part, view: View) -> Verdict:
    """What a part says, and until when."""
    if part.judge is not None:
        return part.judge(view)
    return HOLDS if part.holds(view) else FAILS


def every(rule: Rule, parts: tuple[Part, ...]) -> Part:
    """Each of them."""
    checks, asked = _sorted(parts)

    def holds(view: View) -> bool:
        attributes = view.attributes
        for check in checks:
            if not check(attributes):
                return False
        for ask in asked:  # noqa: SIM110 (a generator costs as much again)
            if not ask(view):
                return False
        return True

    return Part(rule=rule, holds=_short(parts) or holds, judge=_judging(parts, all_of), parts=parts)


def some(rule: Rule, parts: tuple[Part, ...]) -> Part:
    """At least one of them."""
    checks, asked = _sorted(parts)

    def holds(view: View) -> bool:
        attributes = view.attributes
        for check in checks:
            if check(attributes):
                return True
        for ask in asked:  # noqa: SIM110 (a generator costs as much again)
            if ask(view):
                return True
        return False

    return Part(rule=rule, holds=_short(parts) or holds, judge=_judging(parts, any_of), parts=parts)


def none(rule: Rule, parts: tuple[Part, ...]) -> Part:
    """Not one of them."""
    one = some(rule, parts)
    holds, judge = one.holds, one.judge

    def negated(view: View) -> Verdict:
        found = verdict(one, view)
        return Verdict(not found.holds, found.flips_at)

    return Part(rule=rule, holds=lambda view: not holds(view), judge=negated if judge else None, parts=parts)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """True until the first of them falls; false until the last of the false ones rises."""
    verdicts = list(verdicts)
    if all(each.holds for each in verdicts):
        return Verdict(True, _first(each.flips_at for each in verdicts))
    return Verdict(False, _last(each.flips_at for each in verdicts if not each.holds))


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """False until the first of them rises; true until the last of the true ones falls."""
    verdicts = list(verdicts)
    if any(each.holds for each in verdicts):
        return Verdict(True, _last(each.flips_at for each in verdicts if each.holds))
    return Verdict(False, _first(each.flips_at for each in verdicts))


def _judging(parts: tuple[Part, ...], put: Callable[[Iterable[Verdict]], Verdict]) -> Judge | None:
    """What never changes by time is asked first: it may settle the matter for good."""
    timed = [part for part in parts if part.judge is not None]
    lasting = [part.holds for part in parts if part.judge is None]
    settles = put is any_of
    settled = HOLDS if settles else FAILS

    def judge(view: View) -> Verdict:
        for holds in lasting:
            if holds(view) is settles:
                return settled
        return put(verdict(part, view) for part in timed)

    return judge if timed else None


def _short(parts: tuple[Part, ...]) -> Asked | None:
    """One part is asked itself."""
    return parts[0].holds if len(parts) == 1 else None


def _sorted(parts: tuple[Part, ...]) -> tuple[tuple[Check, ...], tuple[Asked, ...]]:
    """Attributes first, for they are at hand; then the rest."""
    checks = tuple(part.of_attributes for part in parts if part.of_attributes)
    return checks, tuple(part.holds for part in parts if not part.of_attributes)


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min(filter(None, moments), default=None)


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    """None, never, is later than any."""
    found = list(moments)
    return None if None in found else max(filter(None, found), default=None)
