"""Pages that say what was wrong, and what to do."""

from typing import Any

from chalice.app import Response

from functions.api.console.rendering import part, render
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn.errors import Problem

TITLES = {
    400: "That could not be read",
    401: "You are signed out",
    403: "You may not do this",
    404: "There is nothing here",
    405: "There is nothing here",
    409: "Somebody was faster",
    412: "Somebody was faster",
    413: "That is too much at a time",
    422: "That cannot be done as it is",
    429: "That was too fast",
    500: "Something is broken on our side",
    502: "A part of Sojourn did not answer",
    503: "Sojourn is busy",
}


def refusal(session: Session, problem: Problem) -> Response:
    """The problem as a page, or as a part of one; codes and field names stay for who looks for them."""
    facts: dict[str, Any] = {
        "code": problem.code,
        "title": _(TITLES.get(problem.status, TITLES[500])),
        "message": _message(session, problem),
        "errors": problem.extra.get("errors") or [],
        "diff": problem.extra.get("diff") or [],
    }
    show = part if session.is_part else render
    response = show(
        session, "problem_part.html" if session.is_part else "problem.html", problem.status, **facts
    )
    response.headers = {**response.headers, **(problem.extra.get("headers") or {})}
    return response


def _message(session: Session, problem: Problem) -> str:
    if problem.code == "role_too_low":
        asked = _("This asks for the role %(role)s, and yours is %(own)s.")
        whom = _("An admin of your team can give it to you, in Settings or with “sojourn user role”.")
        return f"{asked % {'role': problem.extra.get('role', ''), 'own': session.role}} {whom}"
    return problem.message
