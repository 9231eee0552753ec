"""Settings: how far messages go, the sender's name and reputation, and who changed what."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask
from functions.api.console.code_words import word
from functions.api.console.colleagues import colleagues
from functions.api.console.forms import form
from functions.api.console.home import mode_text
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

settings = Blueprint(__name__)
HERE, MODE = "/console/settings", "/console/settings/mode"
MODES = ("off", "draft", "allow_list", "live")


@page(settings, HERE)
def show_settings(request: Request, session: Session) -> Response:
    """How far messages go, and how mails fared."""
    mode = ask(session, "GET", "/api/workspace/mode").body
    reputation = ask(session, "GET", "/api/workspace/reputation").body
    return render(
        session, "settings/sending.html", mode=mode, meaning=mode_text(mode["mode"]), reputation=reputation
    )


@page(settings, MODE)
def show_mode(request: Request, session: Session) -> Response:
    """A form for another sending mode."""
    return _mode_form(session, ask(session, "GET", "/api/workspace/mode").body)


@page(settings, MODE, "POST")
def change_mode(request: Request, session: Session) -> Response:
    """Say it; going live is asked once more, with the API's own figures."""
    said = form(request)
    wanted: dict[str, Any] = {"mode": said.get("mode"), "allow": said.get("allow").split()}
    if said.get("confirmed") == "yes":
        wanted["confirm"] = True
    try:
        ask(session, "PUT", "/api/workspace/mode", body=wanted)
    except Problem as problem:
        if problem.code == "confirm_live":
            return render(
                session, "settings/live.html", 409, figures=problem.message, allow=said.get("allow")
            )
        if problem.status not in (400, 409):
            raise
        return _mode_form(session, {**wanted, "restored": False}, error=problem.message)
    return redirect(HERE, flash=_("The sending mode is %(mode)s now.") % {"mode": wanted["mode"]})


@page(settings, f"{HERE}/reputation/resume")
def ask_to_resume(request: Request, session: Session) -> Response:
    """Asks before marketing goes on."""
    reputation = ask(session, "GET", "/api/workspace/reputation").body
    return render(session, "settings/resume.html", reputation=reputation)


@page(settings, f"{HERE}/reputation/resume", "POST")
def resume_marketing(request: Request, session: Session) -> Response:
    """Let marketing go on."""
    ask(session, "POST", "/api/workspace/reputation/resume")
    return redirect(HERE, flash=_("Marketing goes on. What was held leaves within minutes."))


@page(settings, f"{HERE}/sender")
def show_sender(request: Request, session: Session) -> Response:
    """Who writes, and how it stands with the domain."""
    stack = ask(session, "GET", "/api/workspace/stack").body
    identities = ask(session, "GET", "/api/health").body["sender"]["identities"]
    return render(session, "settings/sender.html", stack=stack, identities=identities)


@page(settings, f"{HERE}/changes")
def list_changes(request: Request, session: Session) -> Response:
    """Who changed what; an admin's page."""
    told = ask(session, "GET", "/api/audit", {"cursor": parameter(request, "cursor"), "limit": 50}).body
    ids = [name for each in told["items"] for name in (each["who"], each["on"].get("person"))]
    facts = {"changes": told["items"], "next": told["next"], "people": colleagues(session, ids)}
    return render(session, "settings/changes.html", **facts)


def _mode_form(session: Session, mode: dict[str, Any], error: str = "") -> Response:
    choices = [(each, word(each), mode_text(each)) for each in MODES]
    return render(
        session, "settings/mode.html", 422 if error else 200, mode=mode, choices=choices, error=error
    )
