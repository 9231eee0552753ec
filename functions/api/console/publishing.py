"""Publishing: what a draft would change and for whom, who has agreed to it, and the word that makes it live."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.colleagues import colleagues, saved_meanwhile
from functions.api.console.fates import clauses_of, fates, standing_in
from functions.api.console.forms import Form, form
from functions.api.console.journeys import here, modes
from functions.api.console.journeys_versions import differences
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _, ngettext
from functions.api.paging import parameter
from sojourn.delivery.modes import Mode, strictest
from sojourn.errors import Problem

# What the page itself shows better than a page of its own would.
ANSWERED = {
    "approvals_missing",
    "confirm_existing",
    "journey_refused",
    "own_revision",
    "precondition_failed",
    "revision_conflict",
}

publishing = Blueprint(__name__)


@page(publishing, "/console/journeys/{name}/publish")
def show_publish(request: Request, session: Session, name: str) -> Response:
    """The draft against what is live; what becomes of people is counted when it is asked for, since that looks
    through the index of all open runs."""
    return _shown(session, name, is_counted=parameter(request, "count") is not None)


@page(publishing, "/console/journeys/{name}/publish/plan")
def show_plan(request: Request, session: Session, name: str) -> Response:
    """The same for the page that is open already."""
    if not session.is_part:
        return redirect(here(name, "publish") + "?count=yes")
    return part(session, "publishing/plan.html", here=here(name), **_counted(session, name, Form()))


@page(publishing, "/console/journeys/{name}/agree", "POST")
def agree(request: Request, session: Session, name: str) -> Response:
    """A second person's word on the revision that they read."""
    revision = _number(form(request).get("revision"))
    try:
        told = ask(
            session, "POST", at("/api/journeys/{name}/approvals", name=name), body={"revision": revision}
        ).body
    except Problem as problem:
        if problem.code not in ANSWERED:
            raise
        return _shown(session, name, problem.status, problem=problem)
    missing = told["approvals"]["missing"]
    flash = _("You have agreed to revision %(number)s.") % {"number": told["revision"]}
    return redirect(here(name, "publish"), flash=f"{flash} {_still(missing)}".strip())


@page(publishing, "/console/journeys/{name}/publish", "POST")
def publish(request: Request, session: Session, name: str) -> Response:
    """Live; then people of older versions go where they were told to, and whoever was not named stays."""
    said = form(request)
    try:
        told = ask(
            session,
            "POST",
            at("/api/journeys/{name}/publish", name=name),
            body={"existing": _number(said.get("existing"))} if said.get("existing") else None,
            headers={"If-Match": f'"{_number(said.get("revision"))}"'},
        ).body
    except Problem as problem:
        if problem.code not in ANSWERED:
            raise
        return _shown(session, name, problem.status, problem=problem, said=said)
    return _followed(session, name, told, clauses_of(said))


def _followed(session: Session, name: str, told: dict[str, Any], clauses: dict[str, Any]) -> Response:
    done = _("Version %(number)s is live.") % {"number": told["version"]}
    if not clauses:
        return redirect(here(name), flash=done if told["changed"] else _("It was live already."))
    try:
        ask(session, "POST", at("/api/journeys/{name}/migrations", name=name), body={"clauses": clauses})
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        nobody = _("Nobody was moved: %(why)s") % {"why": problem.message}
        return redirect(here(name, "move"), flash=f"{done} {nobody}")
    return redirect(here(name, "move"), flash=f"{done} {_('People are on their way.')}")


def _shown(
    session: Session,
    name: str,
    status: int = 200,
    *,
    is_counted: bool = False,
    problem: Problem | None = None,
    said: Form | None = None,
) -> Response:
    journey = ask(session, "GET", at("/api/journeys/{name}", name=name)).body
    live = journey["live"]
    # After a refusal the choices that were made must stand there, so the plan comes with the page.
    counted = _counted(session, name, said or Form()) if is_counted or problem else None
    return render(
        session,
        "publishing/publish.html",
        status,
        journey=journey,
        here=here(name),
        lines=list(differences(live["source"], journey["source"])) if live else [],
        stands=journey["approvals"] or {"needed": 0, "missing": 0, "given": [], "lapsed": [], "may": []},
        me=session.key.name,
        people=colleagues(session, [journey["saved_by"], *_agreed(journey)]),
        counted=counted,
        existing=problem.extra["existing"] if problem and problem.code == "confirm_existing" else None,
        segment=problem.extra.get("segment", "") if problem else "",
        errors=problem.extra.get("errors") or [] if problem else [],
        problem=_said(session, problem),
        **(counted or {}),
    )


def _agreed(journey: dict[str, Any]) -> list[str]:
    stands = journey["approvals"] or {}
    return [each["by"] for kind in ("given", "lapsed") for each in stands.get(kind, ())]


def _counted(session: Session, name: str, said: Form) -> dict[str, Any]:
    """What publishing would find, whom it touches, and how far messages would go."""
    plan = ask(session, "POST", at("/api/journeys/{name}/plan", name=name)).body
    check = ask(session, "POST", at("/api/journeys/{name}/check", name=name)).body
    mode = ask(session, "GET", "/api/workspace/mode").body["mode"]
    own = _own_mode(session, name)
    return {
        "plan": plan,
        "check": check,
        "standing": standing_in(plan["standing"], clauses_of(said), plan["may_move_to"]),
        "fates": fates(plan["may_move_to"]),
        "mode": strictest((Mode(mode), own)).value,
        "modes": modes(),
        "changed": changed(),
    }


def _own_mode(session: Session, name: str) -> Mode:
    """What the draft says of itself."""
    text = ask(session, "GET", at("/api/journeys/{name}/versions/draft", name=name)).body
    return Mode(text["definition"].get("mode", Mode.LIVE))


def changed() -> dict[str, str]:
    """The words of a step's change."""
    return {
        "added": _("new"),
        "removed": _("gone"),
        "changed": _("changed"),
        "leads elsewhere": _("leads elsewhere"),
    }


def _said(session: Session, problem: Problem | None) -> str:
    """What the page says above all."""
    if problem is None or problem.code == "confirm_existing":
        return ""
    if problem.code in ("precondition_failed", "revision_conflict"):
        faster = saved_meanwhile(session, problem.extra.get("saved_by"))
        return f"{faster}. {_('This is what would be published now: look at it again.')}"
    if problem.code == "own_revision":
        return _("You saved this revision: another person must agree to it.")
    if problem.code == "approvals_missing":
        return _("It was not published: others must agree first.")
    return _("It was not published: it has errors.")


def _still(missing: int) -> str:
    if not missing:
        return _("Nothing stands in its way now.")
    said = ngettext("%(num)s more person must agree.", "%(num)s more people must agree.", missing)
    return said % {"num": missing}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
