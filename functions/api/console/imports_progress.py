"""How imports go: the list, one of them while it runs and when it is over, its faults, and a segment of its people."""

import re
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.rendering import HTML, part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

MOST = 200
LONGEST_NAME = 40
REFUSED = (400, 409, 412, 422)

imports_progress = Blueprint(__name__)


@page(imports_progress, "/console/imports")
def list_imports(request: Request, session: Session) -> Response:
    """All of them, the latest first."""
    cursor = parameter(request, "cursor")
    told = ask(session, "GET", "/api/imports", {"limit": MOST, "cursor": cursor}).body
    found = sorted(told["items"], key=lambda each: str(each["asked_at"]), reverse=True)
    return render(
        session, "imports/list.html", imports=found, next=told["next"], is_first=cursor is None, of=_told
    )


@page(imports_progress, "/console/imports/{id}")
def show_import(request: Request, session: Session, id: str) -> Response:  # noqa: A002  the path's own word
    """How it stands; a page that is loaded again shows the same, for nothing of it is in the browser."""
    return _shown(session, id, "")


@page(imports_progress, "/console/imports/{id}/progress")
def show_progress(request: Request, session: Session, id: str) -> Response:  # noqa: A002
    """The part that changes while it runs."""
    job = _job(session, id)
    if not session.is_part:
        return redirect(at("/console/imports/{id}", id=id))
    if not _is_running(job):  # the rest of the page changes with the end
        return redirect(at("/console/imports/{id}", id=id))
    return part(session, "imports/progress.html", job=job, **_told(job))


@page(imports_progress, "/console/imports/{id}/resume", "POST")
def resume_import(request: Request, session: Session, id: str) -> Response:  # noqa: A002
    """Go on with what is left."""
    ask(session, "POST", at("/api/imports/{id}/resume", id=id))
    return redirect(at("/console/imports/{id}", id=id))


@page(imports_progress, "/console/imports/{id}/real", "POST")
def import_really(request: Request, session: Session, id: str) -> Response:  # noqa: A002
    """What was tried, in earnest."""
    job = _job(session, id)
    asked = {name: job[name] for name in ("kind", "key", "mapping", "encoding", "separator")}
    asked |= {"consent": job["consent"]} if job["consent"] else {}
    begun = ask(session, "POST", "/api/imports", body=asked)
    flash = _("It was done before, in just this way: nothing is done again.") if begun.status == 200 else ""
    return redirect(at("/console/imports/{id}", id=begun.body["id"]), flash=flash)


@page(imports_progress, "/console/imports/{id}/errors")
def fetch_errors(request: Request, session: Session, id: str) -> Response:  # noqa: A002
    """The table of faults, from where it lies."""
    told = ask(session, "GET", at("/api/imports/{id}/errors", id=id)).body
    return Response("", {"Location": told["url"], "Content-Type": HTML}, 303)


@page(imports_progress, "/console/imports/{id}/segment", "POST")
def make_segment(request: Request, session: Session, id: str) -> Response:  # noqa: A002
    """A draft of everybody on the list that the file's people were put on."""
    name, job = form(request).get("name"), _job(session, id)
    joined = job["mapping"].get("list", "")
    # JSON's texts are YAML's: whatever the list is called, it stays one text.
    source = f"segment: {name}\nrule:\n  - {{list: {_quoted(joined)}}}\n"
    try:
        ask(
            session,
            "PUT",
            at("/api/segments/{name}", name=name or "-"),
            body={"source": source, "revision": 0},
        )
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        said = _("There is a segment of this name, or it is no name: 1 to 40 of a-z, 0-9 and -.")
        return _shown(session, id, said, 422)
    flash = _("The draft stands. Publish it, and everybody of the list comes in.")
    return redirect(at("/console/segments/{name}", name=name), flash=flash)


def _shown(session: Session, id: str, error: str, status: int = 200) -> Response:  # noqa: A002
    job = _job(session, id)
    joined = job["mapping"].get("list", "")
    name = re.sub(r"[^a-z0-9]+", "-", joined.lower()).strip("-")[:LONGEST_NAME]
    return render(
        session,
        "imports/import.html",
        status,
        job=job,
        error=error,
        name=name,
        joined=joined,
        worth=_worth(),
        **_told(job),
    )


def _job(session: Session, id: str) -> Any:  # noqa: A002
    return ask(session, "GET", at("/api/imports/{id}", id=id)).body


def _is_running(job: Any) -> bool:
    return bool(job["status"] == "running")


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _worth() -> dict[str, tuple[str, str]]:
    """What a figure counts, and what a person may do about it here; empty where the API's own word says it."""
    columns = _("Change the columns, and leave them out under “How the file is read”, if you want.")
    return {
        "unmailable": (
            _("not to be written to for marketing"),
            _("Import them again with their consent and its proof, or ask them by double opt-in."),
        ),
        "unsubscribed": (_("of people who left before"), ""),
        "unproved": (
            _("claiming consent without proof"),
            _("Tell when and how each allowed it, and import these rows again."),
        ),
        "role_addresses": (_("with an address that a function reads, like info@"), columns),
        "disposable_addresses": (_("with an address that lives for minutes"), columns),
        "failed": (_("left out"), ""),
    }


def _told(job: Any) -> dict[str, Any]:
    """The words of a state, its tone, and the file's own name."""
    words = {
        "running": (_("Running"), "info"),
        "interrupted": (_("Interrupted"), "warn"),
        "completed": (_("Tried") if job["dry_run"] else _("Done"), "good"),
        "incomplete": (_("Incomplete"), "warn"),
        "failed": (_("Failed"), "bad"),
        "duplicate": (_("The same file again"), "warn"),
    }
    word, tone = words.get(job["status"], (job["status"], ""))
    return {"word": word, "tone": tone, "file": job["key"].rpartition("/")[2]}
