"""Pages that say what was wrong, and what to do."""

from typing import Any
from urllib.parse import unquote

from chalice.app import Response

from functions.api.console.again import Fields
from functions.api.console.engine_words import told, told_in
from functions.api.console.rendering import part, render
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn.errors import Problem

OUTRUN = "You signed in again meanwhile"


def refusal(
    session: Session, problem: Problem, *, kept: Fields | None = None, is_outrun: bool = False
) -> Response:
    """The problem as a page, or as a part of one; codes and field names stay for who looks for them.

    `kept` is the form, to be sent again; `is_outrun` says that the page knew the session before.
    """
    known = titles()
    facts: dict[str, Any] = {
        "code": problem.code,
        "title": _("You signed in again meanwhile") if is_outrun else known.get(problem.status, known[500]),
        "message": _message(session, problem, is_outrun=is_outrun),
        "kept": kept,
        "is_outrun": is_outrun,
        "errors": told_in(problem.extra.get("errors") or []),
        "diff": problem.extra.get("diff") or [],
        "back": None if problem.status == 404 else _back(session.path),
    }
    show = part if session.is_part else render
    response = show(
        session, "problem_part.html" if session.is_part else "problem.html", problem.status, **facts
    )
    response.headers = {**response.headers, **(problem.extra.get("headers") or {})}
    return response


def _message(session: Session, problem: Problem, *, is_outrun: bool) -> str:
    if is_outrun:
        return _("Nothing was done: this page was of your session before. Do it once more, as %(name)s.") % {
            "name": session.name
        }
    if problem.code == "role_too_low":
        asked = _("This asks for the role %(role)s, and yours is %(own)s.")
        whom = _("An admin of your team can give it to you, in Settings or with “sojourn user role”.")
        return f"{asked % {'role': problem.extra.get('role', ''), 'own': session.role}} {whom}"
    return told(problem.message)


def _back(path: str) -> tuple[str, str] | None:
    """Whose page something was tried on, in words, and where that page is."""
    room, name, *deed = [*path.partition("?")[0].split("/")[2:], "", ""][:3]
    if room == "settings" and name:
        return _("Back to the settings"), "/console/settings"
    if not any(deed):
        return None
    words = {
        "contacts": _("Back to the contact"),
        "imports": _("Back to the import"),
        **dict.fromkeys(
            ("journeys", "segments", "templates"), _("Back to %(name)s") % {"name": unquote(name)}
        ),
    }
    return (words[room], f"/console/{room}/{name}") if room in words else None


def titles() -> dict[int, str]:
    """What each status is called."""
    return {
        400: _("That could not be read"),
        401: _("You are signed out"),
        403: _("You may not do this"),
        404: _("There is nothing here"),
        405: _("There is nothing here"),
        409: _("Somebody was faster"),
        412: _("Somebody was faster"),
        413: _("That is too much at a time"),
        422: _("That cannot be done as it is"),
        429: _("That was too fast"),
        500: _("Something is broken on our side"),
        502: _("A part of Sojourn did not answer"),
        503: _("Sojourn is busy"),
    }
