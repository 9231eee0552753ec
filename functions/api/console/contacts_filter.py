"""Who of a segment fits a rule that was just made up: built or typed, tried on its people a hundred at a time.

Nothing is saved by looking. A form sends it, so that no address that a rule names stands in a log of requests; and it
carries how far one has looked, which another rule begins anew.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.contacts_table import called, chosen_here, row_of
from functions.api.console.forms import Form, form
from functions.api.console.palette import names
from functions.api.console.rendering import part, render
from functions.api.console.routing import page
from functions.api.console.rules_builder import focus_after, shown, text_after, types_of
from functions.api.console.rules_deeds import UndoneError
from functions.api.console.session import Session
from functions.api.console.texts import UneditableError
from functions.api.console.words import _
from sojourn.errors import Problem

HERE = "/console/people/filter"
A_LOOK = 100  # as many as a change of those who are ticked takes
DIGITS = 9
REFUSED = (400, 404, 413, 422)
BEGIN = """\
segment: filtered
rule:
  - {stage: [customer]}
"""
NOTHING: Mapping[str, Any] = {"found": None, "errors": [], "error": ""}

contacts_filter = Blueprint(__name__)


@page(contacts_filter, HERE)
def show_filter(request: Request, session: Session) -> Response:
    """A first condition to write over."""
    segment, _columns = chosen_here(request, session)
    return _page(session, types_of(session), segment)


@page(contacts_filter, HERE, "POST")
def look(request: Request, session: Session) -> Response:
    """Who fits; or, where a deed of the builder is asked for, the rule after it."""
    said = form(request)
    trigger = request.headers.get("hx-trigger", "")
    if said.get("do") or (session.is_part and trigger in ("builder", "source")):
        return _built(session, said, is_typed=trigger == "source")
    types = types_of(session)
    source, refusal = _worked(said, types)
    told = {**NOTHING, "error": refusal} if refusal else _found(session, said, source)
    told["columns"], told["rows"] = _table(request, session, told["found"])
    told |= {"segment": said.get("segment"), "asked": _mark(source, said)}
    status = 422 if told["error"] or told["errors"] else 200
    if session.is_part:
        return part(session, "contacts/found.html", status, send=HERE, **told)
    return _page(session, types, source=source, status=status, **told)


def _built(session: Session, said: Form, *, is_typed: bool) -> Response:
    types = types_of(session)
    source, refusal = _worked(said, types)
    focus = "" if refusal else focus_after(said, source, types)
    if not session.is_part:
        status = 422 if refusal else 200
        return _page(session, types, said.get("segment"), source, status, refusal=refusal, focus=focus)
    told = shown(session, source, types, send=HERE, focus=focus, refusal=refusal)
    return part(session, "segments/built.html", **told, is_typed=is_typed, errors=[])


def _worked(said: Form, types: dict[str, str]) -> tuple[str, str]:
    """The text with the form's fields and its deed in it; and why that could not be."""
    try:
        return text_after(said, types), ""
    except (UndoneError, UneditableError) as refusal:
        return said.raw("source").replace("\r\n", "\n"), str(refusal)


def _found(session: Session, said: Form, source: str) -> dict[str, Any]:
    """The next who fit, with how many were looked at so far; or what is wrong with the rule."""
    segment, is_on = said.get("segment"), said.get("asked") == _mark(source, said)
    if not segment:
        return {**NOTHING, "error": _("Choose the segment whose people shall be looked at.")}
    query = {"limit": A_LOOK, "cursor": said.get("cursor") if is_on else None}
    try:
        path = at("/api/segments/{name}/matching", name=segment)
        found = ask(session, "POST", path, query, body={"source": source}).body
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        errors = problem.extra.get("errors") or []
        return {"found": None, "errors": errors, "error": "" if errors else problem.message}
    before = _number(said.get("seen")) if is_on and query["cursor"] else 0
    seen = before + found["looked_at"]
    return {**NOTHING, "found": {**found, "seen": seen, "of": max(seen, found["of"]), "is_first": not before}}


def _table(request: Request, session: Session, found: Any) -> tuple[list[Any], list[Any]]:
    _segment, columns = chosen_here(request, session)
    rows = [row_of(each, columns) for each in found["items"]] if found else []
    return [(name, called(name)) for name in columns], rows


def _mark(source: str, said: Form) -> str:
    """Of a rule and a segment: a cursor goes on with these alone."""
    return hashlib.sha256(f"{said.get('segment')}\n{source}".encode("utf-8", "surrogatepass")).hexdigest()[
        :16
    ]


def _number(said: str) -> int:
    return int(said[:DIGITS]) if said.isascii() and said.isdigit() else 0


def _page(
    session: Session,
    types: dict[str, str],
    segment: str = "",
    source: str = BEGIN,
    status: int = 200,
    *,
    refusal: str = "",
    focus: str = "",
    **told: Any,
) -> Response:
    rule = shown(session, source, types, send=HERE, focus=focus, refusal=refusal)
    known = names.of("segments", session)
    offered = known if not segment or segment in known else [segment, *known]
    choices = [("", _("Choose a segment…")), *zip(offered, offered, strict=True)]
    facts = {**NOTHING, "columns": [], "rows": [], "asked": "", "segments": known, "choices": choices}
    return render(session, "contacts/filter.html", status, **{**rule, **facts, **told, "segment": segment})
