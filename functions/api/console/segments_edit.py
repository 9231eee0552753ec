"""Writing a segment: its text, what is wrong with it at its line, who would be in; publish and retire."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.colleagues import saved_meanwhile
from functions.api.console.designer_desk import Desk
from functions.api.console.designer_merging import brought_together, conflict_of
from functions.api.console.differences import compared
from functions.api.console.forms import Form, form
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.rules_builder import focus_after, lines, shown, text_after, types_of
from functions.api.console.rules_deeds import UndoneError
from functions.api.console.segments import brief
from functions.api.console.segments_work import Work, head_of, headed
from functions.api.console.session import Session
from functions.api.console.texts import UneditableError
from functions.api.console.words import _
from sojourn.errors import Problem

NAMED = re.compile(r"""^segment:[ \t]*["']?([a-z0-9-]{1,40})["']?[ \t]*(?:#.*)?$""", re.M)
REFUSED = (400, 413, 422)
CONFLICTS = (409, 412)
PREVIEW = "/console/segments/preview"
EXAMPLE = """\
segment: win-back
description: Bought once, silent for half a year
rule:
  - {event: Order Completed, times: at least 1}
  - {event: Order Completed, times: never, in the last: 6 months}
"""
segments_edit = Blueprint(__name__)


@page(segments_edit, "/console/new-segment")
def show_new(request: Request, session: Session) -> Response:
    """An example to write over."""
    return _editor(session, Work("", EXAMPLE, EXAMPLE))


@page(segments_edit, "/console/new-segment", "POST")
def save_new(request: Request, session: Session) -> Response:
    """Saved under the name that the text gives itself."""
    return _save(session, "", form(request))


@page(segments_edit, "/console/segments/{name}/edit")
def show_editor(request: Request, session: Session, name: str) -> Response:
    """The draft as it was saved last."""
    told = ask(session, "GET", at("/api/segments/{name}/draft", name=name)).body
    return _editor(session, Work(name, told["source"], told["source"], str(told["revision"])))


@page(segments_edit, "/console/segments/{name}/edit", "POST")
def save_draft(request: Request, session: Session, name: str) -> Response:
    """Saved, or shown again with what is wrong."""
    return _save(session, name, form(request))


@page(segments_edit, PREVIEW, "POST")
def preview(request: Request, session: Session) -> Response:
    """Who would be in; or, where a deed of the builder is asked for, the rule after it. Nothing is saved by either."""
    said = form(request)
    trigger = request.headers.get("hx-trigger", "")
    if said.get("do") or (session.is_part and trigger in ("builder", "source")):
        return _built(session, said, is_typed=trigger == "source")
    if session.is_part:
        return part(session, "segments/preview.html", **_tried(session, said.raw("source")))
    work, refusal = _worked(session, said)
    told = _tried(session, work.source)
    return _editor(session, work, 422 if told["errors"] or told["error"] else 200, refusal=refusal, **told)


@page(segments_edit, "/console/segments/{name}/publish")
def confirm_publish(request: Request, session: Session, name: str) -> Response:
    """How many are in, and how many would be."""
    told = brief(session, name)
    tried = _tried(session, told["source"] or "")
    return render(session, "segments/publish.html", segment=told, **tried)


@page(segments_edit, "/console/segments/{name}/publish", "POST")
def publish(request: Request, session: Session, name: str) -> Response:
    """Everybody is judged by it; then it takes force."""
    told = ask(session, "POST", at("/api/segments/{name}/publish", name=name))
    said = (
        _("It is in force.") if told.status == 200 else _("Everybody is being judged; then it takes force.")
    )
    return redirect(at("/console/segments/{name}", name=name), flash=said)


@page(segments_edit, "/console/segments/{name}/retire")
def confirm_retire(request: Request, session: Session, name: str) -> Response:
    """How many leave."""
    return render(session, "segments/retire.html", segment=brief(session, name))


@page(segments_edit, "/console/segments/{name}/retire", "POST")
def retire(request: Request, session: Session, name: str) -> Response:
    """Out of force."""
    ask(session, "DELETE", at("/api/segments/{name}", name=name))
    said = _("It is out of force; everybody leaves, which starts and ends no journey.")
    return redirect(at("/console/segments/{name}", name=name), flash=said)


def _built(session: Session, said: Form, *, is_typed: bool) -> Response:
    """The builder after a deed, and the text with it, unless that is where somebody types."""
    types = types_of(session)
    work, refusal = _worked(session, said, types)
    focus = "" if refusal else focus_after(said, work.source, types)
    if not session.is_part:
        return _editor(session, work, 422 if refusal else 200, refusal=refusal, focus=focus)
    told = shown(session, work.source, types, send=PREVIEW, focus=focus, refusal=refusal)
    answer = part(session, "segments/built.html", **told, is_typed=is_typed, errors=[])
    answer.headers["HX-Trigger-After-Settle"] = "told"
    return answer


def _worked(session: Session, said: Form, types: dict[str, str] | None = None) -> tuple[Work, str]:
    """What a form holds, its fields and its deed brought into the text; and why that could not be."""
    typed = Work.of(said)
    try:
        source = text_after(said, types_of(session) if types is None else types)
        return replace(typed, source=headed(source, said)), ""
    except (UndoneError, UneditableError) as refusal:
        return typed, str(refusal)


def _save(session: Session, name: str, said: Form) -> Response:
    work, refusal = _worked(session, said)
    work = replace(work, name=name)
    if said.get("do") == "merge":
        desk = brought_together(Desk(name, work.source, work.base, work.number), said)
        work = Work(name, desk.text, desk.base, str(desk.revision))
        return _editor(session, work, flash=_("Brought together. Look at it, then save it."))
    if refusal:
        return _editor(session, work, 422, refusal=refusal)
    named = name or _name_in(work.source)
    if not named:
        problem = _("It has no name yet: the text begins with a line like “segment: win-back”.")
        return _editor(session, work, 422, error=problem)
    return _put(session, named, work)


def _name_in(source: str) -> str:
    named = NAMED.search(source)
    return named[1] if named else ""


def _put(session: Session, name: str, work: Work) -> Response:
    path = at("/api/segments/{name}", name=name)
    try:
        told = ask(session, "PUT", path, body={"source": work.source, "revision": work.number})
    except Problem as problem:
        if problem.status in CONFLICTS:
            return _conflict(session, name, work)
        if problem.status not in REFUSED:
            raise
        return _editor(session, work, 422, **_faults(problem))
    flash = _("Saved as revision %(number)s.") % {"number": told.body["revision"]}
    return redirect(at("/console/segments/{name}", name=name), flash=flash)


def _conflict(session: Session, name: str, work: Work) -> Response:
    """What stands there beside what was typed; nothing typed is lost, and both are brought together by a choice."""
    there = brief(session, name)
    theirs = there["source"] or ""
    desk = Desk(name, work.source, work.base, work.number)
    title = saved_meanwhile(session, None)  # the rows of segments do not say by whom
    conflict = conflict_of(desk, theirs=theirs, revision=there["revision"], title=title)
    diff = compared(theirs, work.source)
    return _editor(session, replace(work, name=name), 409, theirs=diff, conflict=conflict)


def _tried(session: Session, source: str) -> dict[str, Any]:
    """A head count, or what is wrong."""
    try:
        found = ask(session, "POST", "/api/segments/preview", body={"source": lines(source)}).body
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return {"found": None, "warnings": [], **_faults(problem)}
    return {"found": found, "warnings": found["warnings"], "errors": [], "error": ""}


def _faults(problem: Problem) -> dict[str, Any]:
    errors = problem.extra.get("errors") or []
    return {"errors": errors, "error": "" if errors else problem.message}


def _editor(session: Session, work: Work, status: int = 200, **told: Any) -> Response:
    types = types_of(session)
    facts = {**NOTHING, **told}
    rule = shown(
        session, work.source, types, send=PREVIEW, focus=facts.pop("focus"), refusal=facts.pop("refusal")
    )
    about = {"name": work.name, "revision": work.revision, "base": work.base, "head": head_of(work.source)}
    return render(session, "segments/edit.html", status, **{**rule, **facts, **about})


NOTHING: Mapping[str, Any] = {
    "found": None, "warnings": [], "errors": [], "error": "", "theirs": [], "conflict": None, "flash": "",
    "focus": "", "refusal": "",
}  # fmt: skip
