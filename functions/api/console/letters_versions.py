"""Versions of a template: who saved each, what it changed, and the way back to its words."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.colleagues import colleagues
from functions.api.console.differences import compared
from functions.api.console.rendering import render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.paging import parameter
from functions.api.template_conflicts import written

PAGE = 20
letters_versions = Blueprint(__name__)


@page(letters_versions, "/console/templates/{name}/versions")
def list_versions(request: Request, session: Session, name: str) -> Response:
    """The latest first."""
    cursor = parameter(request, "cursor")
    path = at("/api/templates/{name}/versions", name=name)
    told = ask(session, "GET", path, {"cursor": cursor, "limit": PAGE}).body
    savers = colleagues(session, (each["saved_by"] for each in told["items"]))
    facts = {"people": savers, "versions": told["items"], "next": told["next"], "is_first": cursor is None}
    return render(session, "templates/versions.html", name=name, **facts)


@page(letters_versions, "/console/templates/{name}/versions/{version}")
def show_version(request: Request, session: Session, name: str, version: str) -> Response:
    """Its words, and what it changed against the one before."""
    told = _version(session, name, version)
    number = told["version"]
    before = written(_version(session, name, str(number - 1))["definition"]) if number > 1 else ""
    lines = compared(before, written(told["definition"]))
    return render(session, "templates/version.html", name=name, letter=told, lines=lines)


def _version(session: Session, name: str, version: str) -> dict[str, Any]:
    path = at("/api/templates/{name}/versions/{version}", name=name, version=version)
    told: dict[str, Any] = ask(session, "GET", path).body
    return told
