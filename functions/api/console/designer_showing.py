"""What a page of the designer shows of a desk."""

import json
from typing import Any

from functions.api.console.designer_desk import Desk, Reading, reading_of
from functions.api.console.designer_fields import Field
from functions.api.console.designer_lint import Finding, counted, findings_of
from functions.api.console.designer_panel import panel_of
from functions.api.console.designer_rules import facts_of
from functions.api.console.designer_says import rule_said
from functions.api.console.designer_tree import Path, Shown, found, written
from functions.api.console.journeys import KINDS, here
from functions.api.console.session import Session
from functions.api.console.words import _

Names = dict[str, list[str]]


def shown(
    session: Session,
    desk: Desk,
    names: Names,
    *,
    is_checked: bool = True,
    error: str = "",
    note: str = "",
    conflict: Any = None,
) -> dict[str, Any]:
    """Everything that its templates ask for."""
    reading = reading_of(desk.text)
    findings = findings_of(session, desk.name, desk.text, reading) if is_checked else ()
    errors = counted(findings)
    sections = panel_of(desk, reading, names)
    fields = [field for section in sections for field in (*section.fields, *section.more)]
    chosen = reading.step(desk.at)
    return {
        "desk": desk,
        "name": desk.name or str(found(reading.journey, "journey") or ""),
        "here": here(desk.name) if desk.name else "/console/journeys",
        "action": here(desk.name, "edit") if desk.name else "/console/new-journey",
        "steps": reading.steps,
        "chosen": chosen,
        "adding": desk.at[1:] if desk.at.startswith("+") else "",
        "gaps": gaps(reading, chosen) if chosen else [],
        "findings": findings,
        "errors": errors,
        "count": sum(errors.values()),
        "tree": _tree(desk, reading, errors),
        "entry": _entry(reading),
        "kinds": KINDS,
        "place_of": written,
        "ends": "crlf" if "\r\n" in desk.text else "",
        "names": json.dumps(names, separators=(",", ":")) if names else "",
        "sections": sections,
        "slots": "".join(f",#{field.inputs[0].id}-wrong" for field in fields),
        "is_checked": is_checked,
        "here_wrong": unplaced(findings, desk.at, fields),
        "wrong_at": lambda path: at_field(findings, path),
        "error": error,
        "note": note,
        "conflict": conflict,
        "is_readable": reading.fault is None,
        **facts_of(reading, sections, findings, names),
    }


def gaps(reading: Reading, step: Shown) -> list[tuple[str, str]]:
    """Where a step could go: places and what they are called, but for where it stands and for its own ways."""
    found: list[tuple[str, str]] = []
    _gaps(reading.steps, ("steps",), _("At the beginning"), step, found)
    return found


def _gaps(
    steps: tuple[Shown, ...],
    path: tuple[str | int, ...],
    first: str,
    step: Shown,
    into: list[tuple[str, str]],
) -> None:
    for number in range(len(steps) + 1):
        place = (*path, number)
        is_here = place in (step.path, (*step.path[:-1], int(step.path[-1]) + 1))
        label = _("After “%(name)s”") % {"name": steps[number - 1].name} if number else first
        if not is_here:
            into.append((written(place), label))
        if number < len(steps) and steps[number].path != step.path:
            for way in steps[number].ways:
                title = _("First in “%(way)s” of “%(name)s”") % {"way": way.title, "name": steps[number].name}
                _gaps(way.steps, way.path, title, step, into)


def _tree(desk: Desk, reading: Reading, errors: dict[str, int]) -> dict[str, Any]:
    selected = "" if desk.at.startswith("+") else desk.at
    steps = [_step(step, errors) for step in reading.steps]
    return {"steps": steps, "selected": selected, "entry": _entry(reading), "errors": errors.get("", 0)}


def _step(step: Shown, errors: dict[str, int]) -> dict[str, Any]:
    ways = [
        {"title": way.title, "path": written(way.path), "steps": [_step(each, errors) for each in way.steps]}
        for way in step.ways
    ]
    return {
        "path": step.place, "name": step.name, "kind": step.kind, "says": step.says,
        "errors": errors.get(step.place, 0), "ways": ways,
    }  # fmt: skip


def _entry(reading: Reading) -> str:
    """Who comes in, in a few words."""
    return rule_said(found(reading.journey, "entry")) if reading.journey is not None else ""


def unplaced(findings: tuple[Finding, ...], place: str, fields: list[Field]) -> list[Finding]:
    """What is wrong with the step that is chosen and stands at none of its fields."""
    said = [at_field(findings, field.path) for field in fields]
    return [each for each in findings if each.place == place and each not in said]


def at_field(findings: tuple[Finding, ...], path: Path) -> Finding | None:
    """The first that is about this value, or about something in it."""
    return next((each for each in findings if path and each.path[: len(path)] == path), None)
