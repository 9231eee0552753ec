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
    return {
        "steps": _drawn(told["steps"], standing, is_live=told["version"] is not None),
        "entry": came if told["version"] else "",
    }


def _drawn(steps: list[dict[str, Any]], standing: Standing, *, is_live: bool) -> list[dict[str, Any]]:
    return [
        {
            "path": step["step"],
            "name": step["step"],
            "kind": step["kind"],
            "says": _says(step) if is_live else step["says"],
            "mark": _mark(step["step"], standing),
            "ways": [
                {
                    "title": _title(way, is_live=is_live),
                    "path": f"{step['step']}/{index}",
                    "steps": _drawn(way["steps"], standing, is_live=is_live),
                }
                for index, way in enumerate(step["ways"])
            ],
        }
        for step in steps
    ]


def _title(way: dict[str, Any], *, is_live: bool) -> str:
    return f"{number(way['came'])} · {way['way']}" if is_live and way["came"] is not None else str(way["way"])


def _mark(step: str, standing: Standing) -> str:
    there = standing["steps"].get(step) if standing else None
    return _("%(count)s here") % {"count": number(there["people"])} if there else ""


def _says(step: dict[str, Any]) -> str:
    """What became of its messages, where it sends; what does not fit on the card is in the outline."""
    told = step["messages"]
    if told is None:
        return str(step["says"])
    sent = ngettext("%(count)s sent", "%(count)s sent", told["sent"]) % {"count": number(told["sent"])}
    others = (
        (told["failed"], ngettext("%(count)s failed", "%(count)s failed", told["failed"])),
        (told["clicks"], ngettext("%(count)s click", "%(count)s clicks", told["clicks"])),
    )
    return " · ".join([sent, *(words % {"count": number(count)} for count, words in others if count)])
