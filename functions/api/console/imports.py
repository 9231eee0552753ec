"""Imports: a file comes in; its columns and its consent are said; it is tried, or done."""

from typing import Any
from urllib.parse import urlsplit

from chalice.app import Blueprint, Request, Response

from functions.api.console import imports_columns as columns
from functions.api.console.addresses import origin_of
from functions.api.console.asking import ask, at
from functions.api.console.contacts_words import shown
from functions.api.console.forms import Form, form
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.securing import CSP
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

KINDS = ("contacts", "events")
REFUSED = (400, 404, 409, 413, 415, 422)
MOST_ATTRIBUTES = 200
STATEMENT = ("how", "when", "wording", "declared_by", "source")
Filled = dict[str, Any]

imports = Blueprint(__name__)


@page(imports, "/console/new-import")
def show_upload(request: Request, session: Session) -> Response:
    """Where a file is chosen."""
    return render(session, "imports/upload.html", error="", kind="contacts")


@page(imports, "/console/new-import", "POST")
def take_upload(request: Request, session: Session) -> Response:
    """The file is laid where imports read; nothing else is done yet."""
    said = form(request)
    kind, file = said.get("kind"), said.files.get("file")
    if kind not in KINDS or file is None or not file.content:
        error = _("Choose a file that is not empty.")
        return render(session, "imports/upload.html", 422, error=error, kind=kind)
    try:
        path = at("/api/uploads/{name}", name=file.name or "file")
        key = ask(session, "PUT", path, body=file.content).body["key"]
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return render(session, "imports/upload.html", 422, error=problem.message, kind=kind)
    return redirect(at("/console/new-import/columns?kind={kind}&key={key}", kind=kind, key=key))


@page(imports, "/console/new-import/large")
def show_large(request: Request, session: Session) -> Response:
    """A form that goes to the bucket itself, for files that no function could take; it may go nowhere else."""
    kind = parameter(request, "kind") or KINDS[0]
    if kind not in KINDS:
        raise Problem(400, "invalid_kind", _("A file is of people, or of what they did."))
    back = f"{origin_of(request)}{session.prefix}/console/new-import/uploaded/{kind}"
    told = ask(session, "POST", "/api/uploads", body={"back": back}).body
    shown = render(session, "imports/large.html", kind=kind, action=told["url"], fields=told["form"])
    bucket = urlsplit(told["url"])
    policy = CSP.replace("form-action 'self'", f"form-action 'self' {bucket.scheme}://{bucket.netloc}")
    shown.headers["Content-Security-Policy"] = policy
    return shown


@page(imports, "/console/new-import/uploaded/{kind}")
def come_back(request: Request, session: Session, kind: str) -> Response:
    """The bucket sends the browser here, and says where the file lies."""
    key = parameter(request, "key") or ""
    return redirect(at("/console/new-import/columns?kind={kind}&key={key}", kind=kind, key=key))


@page(imports, "/console/new-import/columns")
def show_columns(request: Request, session: Session) -> Response:
    """The columns with what they would become: guessed, or as an earlier import of the file had them."""
    asked: Filled = {
        "kind": parameter(request, "kind") or "",
        "key": parameter(request, "key") or "",
    }
    if earlier := parameter(request, "like"):
        told = ask(session, "GET", at("/api/imports/{id}", id=earlier)).body
        asked |= {"mapping": told["mapping"], "consent": told["consent"]}
    return _shown(session, asked)


@page(imports, "/console/new-import/columns", "POST")
def take_columns(request: Request, session: Session) -> Response:
    """Looked at again, tried, or done."""
    said = form(request)
    asked = _asked(said)
    doing = said.get("do")
    if doing not in ("try", "import"):
        return _shown(session, asked)
    try:
        begun = ask(session, "POST", "/api/imports", body=_body(asked) | {"dry_run": doing == "try"})
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return _shown(session, asked, problem)
    flash = _("It was done before, in just this way: nothing is done again.") if begun.status == 200 else ""
    return redirect(at("/console/imports/{id}", id=begun.body["id"]), flash=flash)


def _asked(said: Form) -> Filled:
    kind = said.get("kind")
    statement = None
    if said.get("declares") == "yes":
        words = {name: said.get(f"consent-{name}") for name in STATEMENT}
        statement = {**words, "channels": said.all("channels")}
    options = {name: said.get(name) for name in ("encoding", "separator") if said.get(name)}
    told = {"kind": kind, "key": said.get("key"), "mapping": columns.mapping_of(said, kind), **options}
    return told | {"consent": statement}


def _body(asked: Filled) -> Filled:
    return {name: value for name, value in asked.items() if value is not None}


def _shown(session: Session, asked: Filled, problem: Problem | None = None) -> Response:
    """The form as it was filled in, with what the first rows would write, and what is wrong."""
    looking = {name: asked[name] for name in ("kind", "key", "encoding", "separator") if asked.get(name)}
    mapping = asked.get("mapping")
    try:
        told = _preview(session, looking | ({"mapping": mapping} if mapping else {}))
    except Problem as refused:
        if refused.status not in REFUSED:
            raise
        problem = problem or refused
        told = None
    if told is None:
        try:
            told = _preview(session, looking)  # the columns, whatever was wrong with what they become
        except Problem as refused:
            if refused.status not in REFUSED:
                raise
            error = refused.message
            return render(session, "imports/upload.html", 422, error=error, kind=asked["kind"])
    return _form(session, asked, told, mapping or told["mapping"], problem)


def _preview(session: Session, body: Filled) -> Any:
    return ask(session, "POST", "/api/imports/preview", body=body).body


def _form(session: Session, asked: Filled, told: Any, mapping: Filled, problem: Problem | None) -> Response:
    known = ask(session, "GET", "/api/attributes", {"limit": MOST_ATTRIBUTES}).body["items"]
    kind = asked["kind"]
    groups = columns.options(kind, [each["name"] for each in known if not each["built_in"]])
    offered = {to for _title, listed in groups for to, _words in listed} | {columns.IGNORE}
    statement = asked.get("consent")
    return render(
        session,
        "imports/columns.html",
        422 if problem else 200,
        kind=kind,
        key=asked["key"],
        file=asked["key"].rpartition("/")[2],
        told=told,
        mapping=mapping,
        columns=columns.columns_of(told, mapping, offered, kind),
        wild=columns.wild_of(told, mapping),
        is_cut=len(told["columns"]) > columns.MOST,
        groups=groups,
        types=_types(),
        said=_said,
        statement=statement or dict.fromkeys(STATEMENT, "") | {"channels": ["email"]},
        declares=statement is not None,
        encoding=asked.get("encoding", ""),
        separator=asked.get("separator", ""),
        error=problem.message if problem else "",
        is_consent=problem is not None and "consent" in problem.code,
    )


def _said(event: Filled) -> str:
    """What an event tells, in a line."""
    told = {**event.get("traits", {}), **event.get("properties", {})}
    consents = event.get("context", {}).get("consent") or []
    allowed = [f"{each.get('channel')}: {_('allowed')}" for each in consents if isinstance(each, dict)]
    return " · ".join([*(f"{name}: {shown(value)}" for name, value in told.items()), *allowed])


def _types() -> list[tuple[str, str]]:
    return [
        ("text", _("text")),
        ("number", _("number")),
        ("boolean", _("yes or no")),
        ("date", _("date")),
        ("datetime", _("date and time")),
        ("list", _("list, a; b")),
    ]
