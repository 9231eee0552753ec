"""Segments as the API's callers see them."""

from collections.abc import Iterable
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.rules.findings import Finding
from sojourn.rules.view import Explained
from sojourn.segments.runs.model import Purpose, Run, Stage, Status
from sojourn.segments.runs.store import progress_of
from sojourn.segments.store import Standing

FIGURES = ("members", "entering", "leaving", "entered", "left")


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
    stage = Stage.SETTLE if run.status is Status.DONE and run.purpose is not Purpose.VERIFY else run.stage
    come = progress_of(run, stage)
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


def told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Errors or warnings."""
    return [finding.to_json() for finding in findings]
