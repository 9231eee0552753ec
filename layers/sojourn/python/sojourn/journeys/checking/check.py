"""Every rule and every doubt about a journey."""

from dataclasses import dataclass
from itertools import islice

from sojourn.journeys.checking import (
    acting,
    cycles,
    doubts,
    entering,
    messages,
    past,
    rules,
    shape,
    times,
    words,
)
from sojourn.journeys.checking.case import Case, Known, Rule, Templates
from sojourn.journeys.model import Journey
from sojourn.rules.findings import MOST_FINDINGS, Finding, Source

__all__ = ["Checked", "Known", "Templates", "check"]

RULES: tuple[Rule, ...] = (
    words.journey_words,
    words.triggers,
    words.step_names,
    shape.step_count,
    shape.unreachable,
    shape.shares,
    shape.rounds,
    shape.idle_ends,
    past.conditions,
    past.anchors,
    rules.lookups,
    messages.templates,
    messages.windows,
    times.durations,
    times.around,
    entering.entries,
    entering.reentry,
    entering.goal,
    entering.caps,
    acting.updates,
    acting.calls,
    acting.tasks,
    acting.other_journeys,
    cycles.cycles,
)
DOUBTS: tuple[Rule, ...] = (
    doubts.aims,
    doubts.own_goal,
    doubts.opens,
    doubts.fields_of_templates,
    doubts.impossible,
    doubts.forks,
    doubts.strangers,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """Findings make a journey invalid, warnings do not; both in the order of the file."""

    findings: list[Finding]
    warnings: list[Finding]


def check(journey: Journey, *, source: Source | None = None, known: Known | None = None) -> Checked:
    """Everything that is wrong with a journey, and everything that may be."""
    case = Case(journey, source or Source(), known or Known())
    of_rules, doubts_of_rules = rules.check_rules(case)
    found = [*of_rules, *_all(RULES, case)]
    doubted = [*doubts_of_rules, *_all(DOUBTS, case)]
    return Checked(_in_order(found), _in_order(doubted))


def _all(of: tuple[Rule, ...], case: Case) -> list[Finding]:
    return list(islice((finding for rule in of for finding in rule(case)), MOST_FINDINGS))


def _in_order(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.line)[:MOST_FINDINGS]
