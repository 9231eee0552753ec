"""The form of a template: saved over the version that was read, looked at and checked while it is written."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request, Response
from markupsafe import escape

from functions.api.console.asking import ask, at
from functions.api.console.colleagues import saved_meanwhile
from functions.api.console.differences import compared
from functions.api.console.forms import Form, form
from functions.api.console.frames import framed
from functions.api.console.letters import looked_at, newest
from functions.api.console.letters_begun import (
    BEGUN,
    BEGUN_IN,
    EMAIL,
    FIELDS,
    HTML,
    MJML,
    NEW,
    WRITTEN,
    begun_in,
    body_of,
)
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.texts.merging import merged
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

OF_MAIL = {"subject", "preheader", HTML, MJML}
REFUSED = (400, 409, 413, 422)
CHANGED, TAKEN = 412, 409
UNNAMED = "untitled"
letters_edit = Blueprint(__name__)


@page(letters_edit, "/console/new-template")
def show_new(request: Request, session: Session) -> Response:
    """A mail that may go as it is, to write over; with `?in=mjml` in that."""
    return _editor(session, "", begun_in(parameter(request, "in"), {**NEW, **BEGUN, HTML: BEGUN_IN[HTML]}), 0)


@page(letters_edit, "/console/new-template", "POST")
def save_new(request: Request, session: Session) -> Response:
    """Saved as the first version of its name."""
    said = form(request)
    if not said.get("name"):
        nameless = _("Give it a name: small letters, digits and -.")
        return _editor(session, "", _fields(said), 0, 422, error=nameless)
    return _save(session, said.get("name"), said, is_new=True)


@page(letters_edit, "/console/templates/{name}/edit")
def show_editor(request: Request, session: Session, name: str) -> Response:
    """The newest version in a form, or with `?from=` the words of an older one; `?in=` begins its body in the other."""
    told, older = newest(session, name), parameter(request, "from")
    source = _version(session, name, older) if older else told["definition"]
    fields = begun_in(parameter(request, "in"), {**NEW, **source})
    return _editor(session, name, fields, told["version"], is_begun=body_of(fields) != body_of(source))


@page(letters_edit, "/console/templates/{name}/edit", "POST")
def save_template(request: Request, session: Session, name: str) -> Response:
    """Saved as the next version, or shown again with what is wrong."""
    return _save(session, name, form(request))


@page(letters_edit, "/console/templates/{name}/draft", "POST")
def look_at_draft(request: Request, session: Session, name: str) -> Response:
    """How what is being written would look, for a frame."""
    said = form(request)
    try:
        told = looked_at(session, name, said.get("as"), definition=_sent(_fields(said)))
    except Problem as problem:
        if problem.status not in REFUSED and problem.status != 404:
            raise
        return framed(f"<p>{escape(_told(problem))}</p>")
    return framed(told["html"] or f"<pre>{escape(told['text'])}</pre>", dark=bool(said.get("dark")))


@page(letters_edit, "/console/templates/{name}/check", "POST")
def check(request: Request, session: Session, name: str) -> Response:
    """What must be mended, and which fields have no default, while it is written."""
    try:
        told = looked_at(session, name, "", definition=_sent(_fields(form(request))))
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return part(session, "templates/lint.html", errors=_errors(problem), missing=[])
    return part(session, "templates/lint.html", errors=[], missing=told["missing"])


def _save(session: Session, name: str, said: Form, *, is_new: bool = False) -> Response:
    fields, read = _fields(said), said.get("version", "0")
    path, own = at("/api/templates/{name}", name=name), "" if is_new else name
    if is_new and (there := _there(session, name)):
        return _conflict(session, name, fields, there, {})
    try:
        headers = {} if is_new else {"If-Match": f'"{read}"'}
        told = ask(session, "PUT", path, body=_sent(fields), headers=headers).body
    except Problem as problem:
        if problem.status == CHANGED and (there := _there(session, name)):
            return _conflict(session, name, fields, there, _version(session, name, read))
        if problem.status not in REFUSED:
            raise
        return _editor(session, own, fields, read, 422, typed=name, **_faults(problem))
    flash = _("Saved as version %(version)s.") % {"version": told["version"]}
    return redirect(at("/console/templates/{name}", name=name), flash=flash)


def _there(session: Session, name: str) -> dict[str, Any] | None:
    try:
        return newest(session, name)
    except Problem as problem:
        if problem.status != 404:
            raise
        return None


def _version(session: Session, name: str, number: str) -> dict[str, Any]:
    """As its author wrote it; {} where nobody can have read it."""
    if not number:  # the path would be another one
        return {}
    path = at("/api/templates/{name}/versions/{version}", name=name, version=number)
    try:
        told: dict[str, Any] = ask(session, "GET", path).body["definition"]
    except Problem as problem:
        if problem.status != 404:
            raise
        return {}
    return told


def _conflict(
    session: Session,
    name: str,
    mine: Mapping[str, str],
    there: Mapping[str, Any],
    base: Mapping[str, Any],
) -> Response:
    """Both brought together where they do not contradict each other; where they do, mine, and theirs beside."""
    theirs = {**NEW, **there["definition"]}
    body, other = body_of(mine), body_of(theirs)
    together, clashes = dict(mine), []
    if other != body and mine.get(body) == base.get(
        body
    ):  # they went over to the other, and I left it as it was
        together = {key: value for key, value in mine.items() if key != body} | {other: theirs[other]}
    both = {*WRITTEN, body} if body == other == body_of(base) else set(WRITTEN)
    for field in (key for key in FIELDS if key in both) if base else ():
        found = merged(str(base.get(field, "")), mine[field], theirs.get(field, ""))
        together[field] = found.text
        clashes += [{"field": field, **each._asdict()} for each in found.conflicts]
    shown = {"theirs": compared(_whole(theirs), _whole(together)), "is_conflict": True, "clashes": clashes}
    path = at("/api/templates/{name}/versions", name=name)
    newest_of_all = ask(session, "GET", path, {"limit": 1}).body["items"][0]
    shown["faster"] = saved_meanwhile(session, newest_of_all["saved_by"])
    status = CHANGED if base else TAKEN
    return _editor(session, name, together, there["version"], status, is_merged=bool(base), **shown)


def _whole(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{key}: {fields[key]}" for key in FIELDS if fields.get(key))


def _fields(said: Form) -> dict[str, str]:
    """As typed; what only a mail has is left out of a text."""
    other = HTML if MJML in said.as_dict() else MJML
    found = {key: said.raw(key).replace("\r\n", "\n") for key in FIELDS if key != other}
    if found["channel"] == EMAIL:
        return found
    return {**NEW, **{key: value for key, value in found.items() if key not in OF_MAIL}}


def _sent(fields: Mapping[str, str]) -> dict[str, str]:
    """What is there; MJML that is not there stays what the mail is written in."""
    return {key: value for key, value in fields.items() if value or key == MJML}


def _errors(problem: Problem) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = problem.extra.get("errors") or []
    return found or [{"field": "", "line": 1, "problem": problem.message, "remedy": ""}]


def _told(problem: Problem) -> str:
    return " ".join(f"{each['field']}: {each['problem']}." for each in _errors(problem))


def _faults(problem: Problem) -> dict[str, Any]:
    errors = problem.extra.get("errors") or []
    at_field = {
        key: " ".join(
            _("Line %(line)s: %(problem)s; %(remedy)s.") % each for each in errors if each["field"] == key
        )
        for key in FIELDS
    }
    rest = [f"{each['problem']}; {each['remedy']}" for each in errors if each["field"] not in FIELDS]
    return {"faults": at_field, "error": " ".join(rest) or ("" if errors else problem.message)}


def _editor(
    session: Session, name: str, fields: Mapping[str, str], version: int | str, status: int = 200, **told: Any
) -> Response:
    nothing = {"faults": dict.fromkeys(FIELDS, ""), "error": "", "theirs": [], "clashes": [], "typed": name}
    usual = {"is_conflict": False, "is_merged": False, "is_begun": False, "checked": name or UNNAMED}
    facts = {
        **nothing,
        **usual,
        **told,
        "name": name,
        "fields": fields,
        "version": version,
        "body": body_of(fields),
    }
    return render(session, "templates/edit.html", status, **facts)
