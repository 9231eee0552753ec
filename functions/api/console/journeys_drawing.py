"""A journey as its canvas draws it: the tree of steps, and who stands where."""

from typing import Any

from functions.api.console.formats import number
from functions.api.console.words import _, ngettext

Standing = dict[str, Any] | None


def drawing(told: dict[str, Any], standing: Standing) -> dict[str, Any]:
    """What templates/designer/board.html calls a tree; a step's name is its place, as no two of a version share one."""
    entered = told["report"]["enrolments"]["enrolled"]
    came = ngettext("%(count)s person came in", "%(count)s people came in", entered) % {
        "count": number(entered)
    }
    return {"steps": _drawn(told["steps"], standing), "entry": came if told["version"] else ""}


def _drawn(steps: list[dict[str, Any]], standing: Standing) -> list[dict[str, Any]]:
    return [
        {
            "path": step["step"],
            "name": step["step"],
            "kind": step["kind"],
            "says": step["says"],
            "mark": _mark(step["step"], standing),
            "ways": [
                {
                    "title": way["way"],
                    "path": f"{step['step']}/{index}",
                    "steps": _drawn(way["steps"], standing),
                }
                for index, way in enumerate(step["ways"])
            ],
        }
        for step in steps
    ]


def _mark(step: str, standing: Standing) -> str:
    there = standing["steps"].get(step) if standing else None
    return _("%(count)s here") % {"count": number(there["people"])} if there else ""
