"""Segments as the API's callers see them."""

from collections.abc import Iterable
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.rules.findings import Finding
from sojourn.rules.view import Explained
from sojourn.segments.runs.model import Progress, Run, Stage
from sojourn.segments.runs.store import progress_of
from sojourn.segments.store import Standing

FIGURES = ("members", "entering", "leaving", "entered", "left")
JUDGED = ("checked", "judged", "settled", "measured")  # what a stage calls those whom it has done
DRIFT = {
    "missing": "missing",
    "surplus": "surplus",
    "row": "mislisted",
}  # as runs count it, and as it is told
EXAMPLES = 10


def explained(node: Explained) -> dict[str, Any]:
    """A condition, with those that it is made of."""
    return {
        "condition": node.condition,
        "holds": node.holds,
        "seen": node.seen or None,
        "flips_at": iso(node.flips_at) if node.flips_at else None,
        "parts": [explained(part) for part in node.parts],
    }


def example(profile: Profile) -> dict[str, Any]:
    """One of those who would be in."""
    return {"id": profile.contact, "identities": list(profile.identities[:3]), "email": profile.email}


def stand(standing: Standing) -> dict[str, Any]:
    """What is in force, and what is being filled."""
    return {"live": standing.live, "pending": standing.pending, "invalid": list(standing.invalid)}


def progress(run: Run | None, name: str) -> dict[str, Any] | None:
    """How far a run has come, and whom it moves."""
    if run is None:
        return None
    come = progress_of(run, run.stage)
    figures = {each: come.of(name, each) for each in FIGURES}
    return {
        "id": run.id,
        "status": run.status.value,
        "stage": run.stage.value,
        "pages": come.pages,
        "pages_done": len(come.done),
        "reason": run.reason or None,
        **{each: figure for each, figure in figures.items() if figure},
    }


def report(run: Run) -> dict[str, Any]:
    """A run by itself: how far it is, and what a verification found."""
    come = progress_of(run)
    seen = {"seen": come.rows, "estimated": come.rows if run.is_over else max(run.rows, come.rows)}
    return {
        "id": run.id,
        "kind": run.purpose.value,
        "segments": sorted({**run.segments, **run.waiting}),
        "status": run.status.value,
        "stage": run.stage.value,
        "reason": run.reason or None,
        "percent": run.percent,
        "begun_at": run.at,
        "ended_at": run.ended_at or None,
        "progress": seen,
        "judged": next((come.figures[name] for name in JUDGED if name in come.figures), 0),
        "drift": drift(come) if run.stage is Stage.VERIFY else None,
    }


def drift(come: Progress) -> dict[str, Any]:
    """Whose stored verdicts are not what a full evaluation says."""
    by_segment: dict[str, dict[str, int]] = {}
    for name, figure in come.figures.items():
        segment, _, how = name.rpartition(".")
        if segment and how in DRIFT:
            by_segment.setdefault(segment, dict.fromkeys(DRIFT.values(), 0))[DRIFT[how]] = figure
    return {
        "contacts": come.figures.get("drifted", 0),
        **{how: sum(each[how] for each in by_segment.values()) for how in DRIFT.values()},
        "by_segment": dict(sorted(by_segment.items())),
        "examples": list(come.examples[:EXAMPLES]),
        "repaired": come.figures.get("repaired", 0),
        "on_its_way": come.figures.get("on_its_way", 0),
        "by_profile": come.figures.get("by_profile", 0),
    }


def told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Errors or warnings."""
    return [finding.to_json() for finding in findings]
