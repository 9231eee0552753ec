"""The door: signing in and out, and what the pool asks besides a password.

What is wrong is said in one sentence for everybody: nobody learns here who is known.
"""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.addresses import own
from functions.api.console.entering import KINDS, let_in, put_out, remember, remembered
from functions.api.console.first_run import is_first
from functions.api.console.forms import form
from functions.api.console.pool import Challenge, RefusedError, Tokens, WeakPasswordError, pool
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import LOGIN, page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from functions.api.world import world
from sojourn.errors import Problem

TRIES = 5  # in a second, from one address; Cognito itself makes those wait who go on guessing slowly
LONGEST = 256

login = Blueprint(__name__)


@page(login, LOGIN, is_open=True)
def show_login(request: Request, session: Session) -> Response:
    """The form; whoever is in already goes on, and on a local cloud without an admin the first one is made."""
    place = own(parameter(request, "next") or "")
    if session.is_signed_in:
        return redirect(place)
    if is_first():
        return redirect("/console/first-run")
    return _asked(session, place=place, notice=_notice(request))


@page(login, LOGIN, "POST", is_open=True)
def sign_in(request: Request, session: Session) -> Response:
    """With address and password."""
    said = form(request)
    email, password, place = (
        said.get("email")[:LONGEST],
        said.raw("password")[:LONGEST],
        own(said.get("next")),
    )
    slow_down(request)
    try:
        if not (email and password):
            raise RefusedError
        return answered(session, pool().sign_in(email, password), place)
    except RefusedError:
        wrong = _("This address and this password do not go together. Try again, or set a new password.")
        return _asked(session, 401, place=place, email=email, error=wrong)


@page(login, "/console/login/password", is_open=True)
def show_new_password(request: Request, session: Session) -> Response:
    """Who comes with a password that was mailed chooses one of their own."""
    return render(session, "login/password.html", error="") if remembered(session) else redirect(LOGIN)


@page(login, "/console/login/password", "POST", is_open=True)
def choose_password(request: Request, session: Session) -> Response:
    """The new one, twice."""
    said, open_question = form(request), remembered(session)
    if open_question is None:
        return redirect(f"{LOGIN}?notice=late")
    challenge, place = open_question
    try:
        return answered(
            session, pool().answer(challenge, twice(said.raw("password"), said.raw("again"))), place
        )
    except WeakPasswordError:
        return render(session, "login/password.html", 422, error=weak())
    except RefusedError:
        return redirect(f"{LOGIN}?notice=late")


@page(login, "/console/login/code", is_open=True)
def show_code(request: Request, session: Session) -> Response:
    """Who has an authenticator is asked for its code."""
    return render(session, "login/code.html", error="") if remembered(session) else redirect(LOGIN)


@page(login, "/console/login/code", "POST", is_open=True)
def give_code(request: Request, session: Session) -> Response:
    """Six digits."""
    open_question = remembered(session)
    slow_down(request)
    if open_question is None:
        return redirect(f"{LOGIN}?notice=late")
    challenge, place = open_question
    code = form(request).get("code").replace(" ", "")[:LONGEST]
    try:
        return answered(session, pool().answer(challenge, code), place)
    except RefusedError:
        wrong = _("This code is wrong or was used already: take the next one.")
        return render(session, "login/code.html", 401, error=wrong)


@page(login, "/console/logout", "POST")
def sign_out(request: Request, session: Session) -> Response:
    """The session is over at once, and not only its cookie."""
    put_out(session)
    return redirect(f"{LOGIN}?notice=out")


def answered(session: Session, told: Tokens | Challenge, place: str) -> Response:
    """In, or one question further."""
    if isinstance(told, Tokens):
        let_in(session, told)
        return redirect(place)
    if told.kind not in KINDS:
        message = _(
            "your account wants %(kind)s, which this page cannot ask for: an admin can change that in Cognito"
        )
        raise Problem(403, "unknown_challenge", message % {"kind": told.kind})
    remember(session, told, place)
    return redirect(KINDS[told.kind])


def slow_down(request: Request) -> None:
    """Problem 429 for whoever guesses fast."""
    place = (request.context.get("identity") or {}).get("sourceIp") or "unknown"
    world().limiter.admit(f"login#{place}", TRIES)


def twice(password: str, again: str) -> str:
    """The password, if it was written twice alike."""
    if password != again or len(password) > LONGEST:
        raise WeakPasswordError
    return password


def weak() -> str:
    """What the pool asks of a password."""
    return _(
        "Write the same password twice: at least 12 characters, with small and capital letters, a digit and a sign."
    )


def _notice(request: Request) -> str:
    notices = {
        "out": _("You are signed out."),
        "late": _("That took too long: sign in once more."),
        "password": _("Your password is changed, and every session has ended. Sign in with it."),
    }
    return notices.get(parameter(request, "notice") or "", "")


def _asked(session: Session, status: int = 200, **facts: Any) -> Response:
    return render(session, "login/login.html", status, **{"email": "", "error": "", "notice": "", **facts})
