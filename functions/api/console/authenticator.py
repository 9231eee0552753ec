"""The authenticator of whoever is signed in: set up by a picture and a code, ended by password and code.

Begun twice, the second secret counts; who stops midway has set up nothing, and signs in as before.
"""

import re
from typing import Any
from urllib.parse import quote

from chalice.app import Blueprint, Request, Response
from markupsafe import Markup

from functions.api.console import cookies as names
from functions.api.console.forms import form
from functions.api.console.login import LONGEST, slow_down
from functions.api.console.pool import Challenge, CodeRefusedError, RefusedError, pool
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn import telemetry

authenticator = Blueprint(__name__)
HERE = "/console/account/authenticator"
SECRET = re.compile(r"[A-Z2-7]{16,128}")
ISSUER = "Sojourn"


@page(authenticator, HERE)
def show_authenticator(request: Request, session: Session) -> Response:
    """Whether there is one, and how to set it up or end it."""
    return _told(session)


@page(authenticator, HERE, "POST")
def begin(request: Request, session: Session) -> Response:
    """The password first: a browser that was left open must not lock its owner out. Then the secret as a picture."""
    slow_down(request)
    try:
        pool().sign_in(session.email, form(request).raw("password")[:LONGEST])
    except RefusedError:
        return _told(session, 422, error=_("That is not your password of today."))
    return _pictured(session, pool().begin_authenticator(session.cookies.get(names.ACCESS)))


@page(authenticator, f"{HERE}/confirm", "POST")
def confirm(request: Request, session: Session) -> Response:
    """A code shows that the app has the secret."""
    slow_down(request)
    said = form(request)
    secret, code = said.get("secret"), _digits(said.get("code"))
    try:
        pool().confirm_authenticator(session.cookies.get(names.ACCESS), code)
    except RefusedError:
        if not SECRET.fullmatch(secret):
            return redirect(HERE)
        wrong = _("This code is not good. Take the one that the app shows now; its clock must be right.")
        return _pictured(session, secret, 422, error=wrong)
    telemetry.note("authenticator set up", who=session.key.name)
    return redirect(
        "/console/account", flash=_("From now on a code of your authenticator is asked when you sign in.")
    )


@page(authenticator, f"{HERE}/end", "POST")
def end(request: Request, session: Session) -> Response:
    """Password and code, as at the door: who has only an open browser cannot take the second lock away."""
    slow_down(request)
    said = form(request)
    try:
        told = pool().sign_in(session.email, said.raw("password")[:LONGEST])
        if isinstance(told, Challenge):
            told = pool().answer(told, _digits(said.get("code")))
        if isinstance(told, Challenge):
            raise CodeRefusedError
        pool().end_authenticator(told.access)
    except RefusedError:
        return _told(
            session, 422, error=_("Password and code do not go together. Take the code that is shown now.")
        )
    telemetry.note("authenticator ended", who=session.key.name)
    return redirect("/console/account", flash=_("Your password is enough again."))


def picture(secret: str, email: str) -> Markup:
    """The secret as apps read it, black on white in every theme."""
    import segno

    told = f"otpauth://totp/{ISSUER}:{quote(email)}?secret={secret}&issuer={ISSUER}"
    # Nothing of what is said stands in the drawing but as squares.
    drawn = segno.make(told, micro=False).svg_inline(border=3, light="#fff", omitsize=True, svgclass="qr")
    return Markup(drawn)  # noqa: S704


def _told(session: Session, status: int = 200, *, error: str = "") -> Response:
    is_set_up = pool().has_authenticator(session.cookies.get(names.ACCESS))
    return render(session, "login/authenticator.html", status, is_set_up=is_set_up, error=error)


def _pictured(session: Session, secret: str, status: int = 200, *, error: str = "") -> Response:
    facts: dict[str, Any] = {"secret": secret, "drawn": picture(secret, session.email), "error": error}
    return render(session, "login/authenticator_code.html", status, **facts)


def _digits(text: str) -> str:
    return text.replace(" ", "")[:LONGEST]
