"""Passwords: a forgotten one, a new one, and the account of whoever is signed in. A change ends every session."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console import cookies as names
from functions.api.console.entering import let_in, put_out_everywhere, renewed
from functions.api.console.forms import form
from functions.api.console.login import LONGEST, answered, slow_down, twice, weak
from functions.api.console.pool import RefusedError, Tokens, WeakPasswordError, pool
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import LOGIN, page
from functions.api.console.session import Session
from functions.api.console.words import _

ACCOUNT, FORGOT, RESET = "/console/account", "/console/login/forgot", "/console/login/reset"

passwords = Blueprint(__name__)


@page(passwords, FORGOT, is_open=True)
def show_forgot(request: Request, session: Session) -> Response:
    """Asks for the address."""
    return render(session, "login/forgot.html")


@page(passwords, FORGOT, "POST", is_open=True)
def forget(request: Request, session: Session) -> Response:
    """A code by mail, if there is such a person; the page is the same for all."""
    slow_down(request)
    email = form(request).get("email")[:LONGEST]
    if email:
        pool().forgot(email)
    return _asked(session, email=email)


@page(passwords, RESET, "POST", is_open=True)
def reset(request: Request, session: Session) -> Response:
    """The code, and a new password; whoever was signed in by the old one is out."""
    slow_down(request)
    said = form(request)
    email, code, password = said.get("email")[:LONGEST], said.get("code")[:LONGEST], said.raw("password")
    try:
        new = twice(password, said.raw("again"))
        if not (email and code):
            raise RefusedError
        pool().reset(email, code, new)
    except WeakPasswordError:
        return _asked(session, 422, email=email, code=code, error=weak())
    except RefusedError:
        wrong = _("This code is not good for this address, or not any more. Ask for another.")
        return _asked(session, 422, email=email, error=wrong)
    told = renewed(email, new)
    return answered(session, told, "/console") if told else redirect(f"{LOGIN}?notice=password")


@page(passwords, ACCOUNT)
def show_account(request: Request, session: Session) -> Response:
    """Who one is here, and what one may do about it."""
    return render(session, "login/account.html", error="")


@page(passwords, ACCOUNT, "POST")
def change_password(request: Request, session: Session) -> Response:
    """From the old to the new; every other session ends, and this one goes on under the new password."""
    slow_down(request)
    said, access = form(request), session.cookies.get(names.ACCESS)
    try:
        new = twice(said.raw("password"), said.raw("again"))
        pool().change_password(access, said.raw("old")[:LONGEST], new)
    except WeakPasswordError:
        return render(session, "login/account.html", 422, error=weak())
    except RefusedError:
        return render(session, "login/account.html", 422, error=_("That is not your password of today."))
    put_out_everywhere(session.key.name, access)
    session.cookies.drop(names.SESSION, names.ACCESS, names.REFRESH)
    return _in_again(session, new)


@page(passwords, "/console/account/sessions", "POST")
def end_sessions(request: Request, session: Session) -> Response:
    """Out, here and everywhere."""
    put_out_everywhere(session.key.name, session.cookies.get(names.ACCESS))
    session.cookies.drop(names.SESSION, names.ACCESS, names.REFRESH)
    return redirect(f"{LOGIN}?notice=out")


def _in_again(session: Session, password: str) -> Response:
    """Who has an authenticator signs in by hand."""
    try:
        told = pool().sign_in(session.email, password)
    except RefusedError:
        return redirect(f"{LOGIN}?notice=password")
    if not isinstance(told, Tokens):
        return redirect(f"{LOGIN}?notice=password")
    let_in(session, told)
    return redirect(ACCOUNT)


def _asked(session: Session, status: int = 200, **facts: Any) -> Response:
    return render(session, "login/reset.html", status, **{"code": "", "error": "", **facts})
