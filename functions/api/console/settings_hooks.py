"""Settings of webhooks: doors through which shops and payment services tell what happened."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from functions.api.roles import require
from sojourn.errors import Problem
from sojourn.intake.mapping import PROVIDERS

settings_hooks = Blueprint(__name__)
HERE = "/console/settings/hooks"
HOOK = f"{HERE}/{{hook}}/close"


@page(settings_hooks, HERE)
def show_hooks(request: Request, session: Session) -> Response:
    """Every hook, and a form that opens one."""
    return _hooks(session, cursor=parameter(request, "cursor"))


@page(settings_hooks, HERE, "POST")
def open_hook(request: Request, session: Session) -> Response:
    """Open one, or give an open one another secret; one that was made here is shown once."""
    said = form(request)
    wanted = {"name": said.get("name"), "provider": said.get("provider"), "secret": said.get("secret")}
    try:
        told = ask(session, "POST", "/api/hooks", body=wanted).body
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        return _hooks(session, 422, said={**wanted, "secret": ""}, error=problem.message)
    if "secret" in told:
        return render(session, "settings/hook_made.html", 201, hook=told)
    return redirect(HERE, flash=_("%(name)s is open.") % {"name": told["name"]})


@page(settings_hooks, HOOK)
def ask_to_close(request: Request, session: Session, hook: str) -> Response:
    """Asks first."""
    require(session.role, "DELETE", "/api/hooks/{hook}")
    return render(session, "settings/hook_close.html", hook=hook)


@page(settings_hooks, HOOK, "POST")
def close_hook(request: Request, session: Session, hook: str) -> Response:
    """Its secrets are forgotten at once."""
    ask(session, "DELETE", at("/api/hooks/{hook}", hook=hook))
    return redirect(HERE, flash=_("%(name)s is closed.") % {"name": hook})


def _hooks(session: Session, status: int = 200, *, cursor: str | None = None, **facts: Any) -> Response:
    told = ask(session, "GET", "/api/hooks", {"cursor": cursor}).body
    known = {"hooks": told["items"], "next": told["next"], "providers": [(each, each) for each in PROVIDERS]}
    blank: dict[str, Any] = {"error": "", "said": {"name": "", "provider": PROVIDERS[0]}}
    return render(session, "settings/hooks.html", status, **{**blank, **known, **facts})
