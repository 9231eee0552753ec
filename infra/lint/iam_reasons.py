"""Why a grant may stand that the stories did not use, and what is wrong with the list of reasons (iam_reasons.yaml).

faults(grants(load()), used, reasons())   # fail the proof: a grant that nothing needs, a reason that is not so
idle(grants(load()), used, reasons())     # are told: a story uses by now what a reason excuses
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.lint.grants import Grant
from infra.lint.stacks import ROOT

REASONS = ROOT / "infra" / "lint" / "iam_reasons.yaml"
NEVER, ELSEWHERE, CHANCE = SORTS = ("never", "elsewhere", "chance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """MiniStack `never` asks; tests walk there, and no story: `elsewhere`; or a story comes by only by `chance`."""

    sort: str
    actions: tuple[str, ...]
    roles: tuple[str, ...] = ()  # none: any
    resources: tuple[str, ...] = ()  # none: any
    tests: tuple[str, ...] = ()  # who walks there instead
    says: str = ""

    def covers(self, grant: Grant) -> bool:
        """Whether it is about this grant."""
        return (
            grant.action in self.actions
            and (not self.roles or grant.role in self.roles)
            and (not self.resources or grant.resource in self.resources)
        )

    def __str__(self) -> str:
        places = [*self.roles, *self.resources]
        return f"{self.sort}: {', '.join(self.actions)}" + (f" ({', '.join(places)})" if places else "")


def reasons(path: Path = REASONS) -> list[Reason]:
    """Those of infra/lint/iam_reasons.yaml."""
    read = yaml.safe_load(path.read_text())
    return [_reason(sort, one) for sort in SORTS for one in read.get(sort, ())]


def _reason(sort: str, one: dict[str, list[str]]) -> Reason:
    lists = {field: tuple(one.get(field, ())) for field in ("actions", "roles", "resources", "tests")}
    return Reason(sort=sort, says=str(one["reason"]), **lists)


def reason_for(grant: Grant, given: Sequence[Reason]) -> Reason | None:
    """The first that is about it."""
    return next((reason for reason in given if reason.covers(grant)), None)


def faults(known: Sequence[Grant], used: Collection[Grant], given: Sequence[Reason]) -> Iterator[str]:
    """What nobody used and no reason excuses; reasons about nothing; reasons that the run has disproved."""
    for grant in dict.fromkeys(known):
        if grant not in used and reason_for(grant, given) is None:
            yield f"{grant}: no story used it. Take it out, play it in a story, or say why in {REASONS.name}"
    for reason in given:
        about = [grant for grant in known if reason.covers(grant)]
        if not about:
            yield f"{REASONS.name}: {reason} is about no grant of the template any more"
        for grant in about if reason.sort == NEVER else ():
            if grant in used:
                yield f"{REASONS.name}: {reason} is not so: a story used {grant}"


def idle(known: Sequence[Grant], used: Collection[Grant], given: Sequence[Reason]) -> Iterator[str]:
    """Grants that are said to be used in other tests only, and are used in stories by now."""
    for grant in dict.fromkeys(known):
        about = [reason for reason in given if grant in used and reason.covers(grant)]
        if about and {reason.sort for reason in about} == {ELSEWHERE}:
            yield f"{REASONS.name}: {grant} is used in a story now: take it out of {about[0]}"
