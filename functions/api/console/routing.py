"""Registers a page: who looks, whether the form is theirs, then view(request, session, **path parameters).

@page(journeys, "/console/journeys")             signed in, any role: what they may, the API decides
@page(journeys, "/console/journeys/{name}/stop", "POST")
"""

import functools
from collections.abc import Callable
from urllib.parse import quote

from chalice.app import Blueprint, Request, Response

from functions.api.console import cookies as names
from functions.api.console.addresses import HOME, own
from functions.api.console.again import is_outrun, kept
from functions.api.console.cookies import Cookies
from functions.api.console.flashes import SECONDS, opened, sealed
from functions.api.console.forgery import refuse_forged
from functions.api.console.refusals import refusal
from functions.api.console.rendering import HTML, Redirect, showing
from functions.api.console.session import Session
from functions.api.console.visits import Visit, arrived
from functions.api.console.words import _
from functions.api.routing import admit
from sojourn import telemetry
from sojourn.bootstrap import store_errors_translated
from sojourn.errors import Problem, Retryable

View = Callable[..., Response]
PATHS: dict[tuple[str, str], bool] = {}  # every page: method, path → whether strangers may
LOGIN = "/console/login"


def page(
    blueprint: Blueprint, path: str, method: str = "GET", *, is_open: bool = False
) -> Callable[[View], View]:
    """Whoever is not signed in is sent to the door, but for pages that are open."""

    def register(view: View) -> View:
        PATHS[method, path] = is_open

        @functools.wraps(view)
        def answer(**parameters: str) -> Response:
            return _answered(blueprint.current_request, method, is_open, view, parameters)

        blueprint.route(path, methods=[method], content_types=["*/*"])(answer)
        return view

    return register


def _answered(
    request: Request, method: str, is_open: bool, view: View, parameters: dict[str, str]
) -> Response:
    visit = arrived(request, Cookies.of(request))
    with showing(visit.session):
        response = _told(request, visit, method, is_open, view, parameters)
        _pass_flash(response, visit)
    return visit.cookies.onto(response)


def _told(
    request: Request, visit: Visit, method: str, is_open: bool, view: View, parameters: dict[str, str]
) -> Response:
    """The view's page, or one that says what was wrong and what to do."""
    try:
        with store_errors_translated():
            visit.find()
            if not visit.session.is_signed_in and not is_open:
                return _turned_away(request, visit.session, method)
            if method != "GET":
                refuse_forged(request, visit.session)
            if visit.session.is_signed_in:
                admit(visit.session.key)
            with showing(visit.session):
                return view(request, visit.session, **parameters)
    except Problem as problem:
        telemetry.note("page refused", status=problem.status, code=problem.code)
        return _refused(request, visit.session, problem)
    except Retryable as error:
        telemetry.warn("page postponed", error=type(error).__name__)
        busy = Problem(503, "try_again", _("busy: load the page again"), headers={"Retry-After": "2"})
        return _refused(request, visit.session, busy)


def _refused(request: Request, session: Session, problem: Problem) -> Response:
    return refusal(
        session,
        problem,
        kept=kept(request, session, problem),
        is_outrun=is_outrun(request, session, problem),
    )


def _turned_away(request: Request, session: Session, method: str) -> Response:
    """To the door, and back to the page afterwards; what a form would have changed is not done.

    A part leaves its page where it is: something may have been written on it.
    """
    if method != "GET" or session.is_part:
        message = _("you are signed out: sign in, and send the form again")
        return _refused(request, session, Problem(401, "signed_out", message))
    place = f"{LOGIN}?next={quote(own(session.path), safe='/')}" if session.path != HOME else LOGIN
    return Response("", {"Location": session.prefix + place, "Content-Type": HTML}, 303)


def _pass_flash(response: Response, visit: Visit) -> None:
    """What was said on this page is said; what the next one is to say goes with the browser."""
    if isinstance(response, Redirect):
        if response.flash:
            visit.cookies.put(names.FLASH, sealed(visit.session, response.flash), seconds=SECONDS)
    elif visit.session.flash:
        visit.cookies.drop(names.FLASH)


__all__ = ["PATHS", "opened", "page"]
