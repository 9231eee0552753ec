"""Settings of the team: who may sign in, and as what. An admin's."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

settings_team = Blueprint(__name__)
HERE = "/console/settings/team"
PERSON = f"{HERE}/{{person}}"
MOST = 200


@page(settings_team, HERE)
def show_team(request: Request, session: Session) -> Response:
    """Everybody, and a form that invites one more."""
    return _team(session, cursor=parameter(request, "cursor"))


@page(settings_team, HERE, "POST")
def invite(request: Request, session: Session) -> Response:
    """A mail with a password for the first time goes to them; asked again it goes again to who never signed in."""
    said = form(request)
    wanted = {"email": said.get("email"), "role": said.get("role"), "again": said.get("again") == "yes"}
    try:
        told = ask(session, "POST", "/api/team", body=wanted).body
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        return _team(session, 422, said=wanted, error=problem.message)
    if told["mailed"]:
        words = _("%(email)s is invited as %(role)s: a mail with a first password is on its way.")
    else:
        words = _("%(email)s was here already, and is %(role)s now. No mail was sent.")
    return redirect(HERE, flash=words % {"email": told["email"], "role": role_words()[told["role"]]})


@page(settings_team, PERSON, "POST")
def change_person(request: Request, session: Session, person: str) -> Response:
    """Another role, or whether they may sign in."""
    said = form(request)
    wanted = {name: said.get(name) for name in ("role", "state") if said.get(name)}
    try:
        ask(session, "PUT", at("/api/team/{person}", person=person), body=wanted)
    except Problem as problem:
        if problem.status not in (400, 404, 409):
            raise
        return _team(session, 422, error=problem.message)
    return redirect(HERE, flash=_("Saved. They sign in anew."))


@page(settings_team, f"{PERSON}/authenticator", "POST")
def forget_authenticator(request: Request, session: Session, person: str) -> Response:
    """For whoever lost it."""
    ask(session, "DELETE", at("/api/team/{person}/authenticator", person=person))
    return redirect(HERE, flash=_("They sign in by password alone, and may set up another authenticator."))


@page(settings_team, f"{PERSON}/remove")
def ask_to_remove(request: Request, session: Session, person: str) -> Response:
    """Asks first."""
    return render(session, "settings/team_remove.html", person=_one(session, person))


@page(settings_team, f"{PERSON}/remove", "POST")
def remove_person(request: Request, session: Session, person: str) -> Response:
    """They may sign in no more; who was removed meanwhile is removed."""
    try:
        ask(session, "DELETE", at("/api/team/{person}", person=person))
    except Problem as problem:
        if problem.code not in ("last_admin", "own_account", "person_not_found"):
            raise
        return _team(session, 422, error=problem.message)
    return redirect(HERE, flash=_("They may sign in no more."))


def role_words() -> dict[str, str]:
    """The roles, the lowest first, as people read them."""
    return {"viewer": _("viewer"), "editor": _("editor"), "approver": _("approver"), "admin": _("admin")}


def _one(session: Session, person: str) -> dict[str, Any]:
    for each in ask(session, "GET", "/api/team", {"limit": MOST}).body["items"]:
        if each["id"] == person:
            found: dict[str, Any] = each
            return found
    raise Problem(404, "person_not_found", _("nobody of the team is called so"))


def _team(session: Session, status: int = 200, *, cursor: str | None = None, **facts: Any) -> Response:
    told = ask(session, "GET", "/api/team", {"limit": MOST, "cursor": cursor}).body
    known = {"team": told["items"], "next": told["next"], "roles": list(role_words().items())}
    blank: dict[str, Any] = {"error": "", "said": {"email": "", "role": "editor"}}
    return render(session, "settings/team.html", status, **{**blank, **known, **facts})
