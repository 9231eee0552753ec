"""Settings of keys: who may send events and ask the API. A key is shown once, on the page that made it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import Form, form
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.settings_team import role_words
from functions.api.console.words import _
from functions.api.paging import parameter
from functions.api.roles import require
from sojourn.errors import Problem

settings_keys = Blueprint(__name__)
HERE = "/console/settings/keys"
KEY = f"{HERE}/{{key}}"
ROTATION = "/console/settings/secrets/{secret}/rotate"
SECRETS = ("link", "identify", "calls")
MOST = 200


@page(settings_keys, HERE)
def show_keys(request: Request, session: Session) -> Response:
    """Every key, and a form that makes one more."""
    return _keys(session, cursor=parameter(request, "cursor"))


@page(settings_keys, HERE, "POST")
def make_key(request: Request, session: Session) -> Response:
    """The new key stands on this page and nowhere else."""
    said = form(request)
    if outdated := _outdated(session, said):
        return outdated
    sort = said.get("sort")
    wanted: dict[str, Any] = {"kind": "api" if sort == "api" else "write", "name": said.get("name")}
    if sort == "api":
        wanted["role"] = said.get("role")
    if sort == "browser":
        wanted |= {"browser": True, "origins": said.get("origins").split()}
    try:
        told = ask(session, "POST", "/api/keys", body=wanted).body
    except Problem as problem:
        if problem.status != 400:
            raise
        return _keys(session, 422, said=said.as_dict(), error=problem.message)
    return _shown(session, told["key"], told["name"])


@page(settings_keys, f"{KEY}/rotate", "POST")
def rotate_key(request: Request, session: Session, key: str) -> Response:
    """Another of the same name; the older works until somebody closes it."""
    if outdated := _outdated(session, form(request)):
        return outdated
    told = ask(session, "POST", at("/api/keys/{key}/rotate", key=key)).body
    return _shown(session, told["key"], told["name"], is_second=True)


@page(settings_keys, f"{KEY}/revoke")
def ask_to_revoke(request: Request, session: Session, key: str) -> Response:
    """Asks first, and says when it was used last."""
    found = [
        each for each in ask(session, "GET", "/api/keys", {"limit": MOST}).body["items"] if each["id"] == key
    ]
    if not found:
        raise Problem(404, "key_not_found", _("no key is called so"))
    return render(session, "settings/key_revoke.html", key=found[0])


@page(settings_keys, f"{KEY}/revoke", "POST")
def revoke_key(request: Request, session: Session, key: str) -> Response:
    """It works for a minute more at most."""
    told = ask(session, "DELETE", at("/api/keys/{key}", key=key)).body
    return redirect(
        HERE, flash=_("%(name)s is revoked; it works for a minute more at most.") % {"name": told["name"]}
    )


@page(settings_keys, ROTATION)
def ask_to_rotate(request: Request, session: Session, secret: str) -> Response:
    """Asks first: others may have to be told."""
    require(session.role, "POST", "/api/secrets/{secret}/rotate")
    if secret not in SECRETS:
        raise Problem(404, "secret_not_found", _("there is no such secret"))
    return render(session, "settings/secret_rotate.html", secret=secret)


@page(settings_keys, ROTATION, "POST")
def rotate_secret(request: Request, session: Session, secret: str) -> Response:
    """Signed with a new one from now on; the one of links is nobody's to see."""
    only = form(request).get("only") == "yes"
    told = ask(session, "POST", at("/api/secrets/{secret}/rotate", secret=secret), body={"only": only}).body
    if "secret" in told:
        return _shown(session, told["secret"], told["number"], is_secret=True)
    return redirect(HERE, flash=_("Links are signed with a new key from now on; older links go on working."))


def _shown(
    session: Session, key: str, name: str, *, is_second: bool = False, is_secret: bool = False
) -> Response:
    facts = {"key": key, "name": name, "is_second": is_second, "is_secret": is_secret}
    return render(session, "settings/key_made.html", 201, **facts)


def _outdated(session: Session, said: Form) -> Response | None:
    """The keys as they are now, where the form was of others: loading a new key's page again sends its form again."""
    told = _told(session)
    if said.get("known", _mark(told)) == _mark(told):
        return None
    error = _(
        "The keys have changed since. What you sent may be among them: look, and send it again if it is not."
    )
    return _keys(session, 409, told=told, said=said.as_dict(), error=error)


def _told(session: Session, cursor: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = ask(session, "GET", "/api/keys", {"limit": MOST, "cursor": cursor}).body
    return found


def _mark(told: Mapping[str, Any]) -> str:
    """Of the keys that there are."""
    return hashlib.sha256(" ".join(sorted(each["id"] for each in told["items"])).encode()).hexdigest()[:16]


def _keys(
    session: Session,
    status: int = 200,
    *,
    cursor: str | None = None,
    told: dict[str, Any] | None = None,
    **facts: Any,
) -> Response:
    told = told or _told(session, cursor)
    open_first = sorted(told["items"], key=lambda each: each["state"] != "in use")
    there = {"keys": open_first, "next": told["next"], "roles": list(role_words().items())}
    blank: dict[str, Any] = {"error": "", "said": {}, "known": "" if cursor else _mark(told)}
    return render(session, "settings/keys.html", status, **{**blank, **there, **facts})
