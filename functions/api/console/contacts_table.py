"""Contacts: find one, or look at the people of a segment as a table whose columns one chooses.

Everybody in one list would be a scan of the table; who is in a segment stands in an index, and a segment of everybody
is made with one click.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from chalice.app import Blueprint, Request, Response

from functions.api.console import contacts_words as words
from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.palette import names
from functions.api.console.pieces import Piece, piece_of
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn.errors import Problem

LIST = "/console/contacts"
A_PAGE, MOST_COLUMNS, LONGEST = 50, 12, 1_000
REMEMBERED, SECONDS = "table", 180 * 86_400
USUAL = ("email", "stage", "since")
FACTS = ("stage", "tags", "lists", "created_at", "since", "userId")
EVERYBODY = "everybody"
RULE = f"""\
segment: {EVERYBODY}
description: Everybody who was ever heard of
rule:
  - {{fact: created_at, exists: true}}
"""

contacts_table = Blueprint(__name__)


@page(contacts_table, LIST)
def show_contacts(request: Request, session: Session) -> Response:
    """The people of the segment that was looked at last, or of the one that is asked for."""
    return _rest(request, session) if session.is_part else _table(request, session)


@page(contacts_table, LIST, "POST")
def find_contact(request: Request, session: Session) -> Response:
    """Straight to whoever has this address or id. By POST: addresses do not belong into logs of addresses."""
    query = form(request).get("who")[:LONGEST]
    if not query:
        return _table(request, session, error=_("Whom do you look for?"))
    try:
        person = ask(session, "GET", at("/api/contacts/{contact}", contact=query)).body
    except Problem as problem:
        if problem.status not in (400, 404):
            raise
        error = _("Nobody has this address or id. It is looked for as a whole, not by a part.")
        return _table(request, session, query=query, error=error)
    return redirect(at("/console/contacts/{contact}", contact=person["id"]))


@page(contacts_table, "/console/people/everybody", "POST")
def make_everybody(request: Request, session: Session) -> Response:
    """A draft that everybody fits; whoever may publish it makes it a list."""
    try:
        body = {"source": RULE, "revision": 0}
        ask(session, "PUT", at("/api/segments/{name}", name=EVERYBODY), body=body)
    except Problem as problem:
        if problem.status != 409:  # somebody made it before
            raise
    names.forget()
    flash = _("The draft stands. Publish it, and everybody comes in.")
    return redirect(at("/console/segments/{name}", name=EVERYBODY), flash=flash)


def _table(request: Request, session: Session, *, query: str = "", error: str = "") -> Response:
    segment, chosen = chosen_here(request, session)
    segments = names.of("segments", session)
    told: dict[str, Any] = {"items": [], "next": None}
    piece = piece_of(request, session, A_PAGE)
    is_gone = False
    if segment:
        try:
            told = _members(session, segment, piece)
        except Problem as problem:
            if problem.status != 404:
                raise
            is_gone = True
    return render(
        session,
        "contacts/table.html",
        422 if error else 200,
        segments=segments if not segment or segment in segments or is_gone else [segment, *segments],
        segment="" if is_gone else segment,
        columns=[(name, called(name)) for name in chosen],
        offered=offered(told["items"], chosen),
        rows=[row_of(each, chosen) for each in told["items"]],
        everybody=EVERYBODY,
        query=query,
        error=error,
        **piece.links(told, LIST, segment=segment),
    )


def _rest(request: Request, session: Session) -> Response:
    """What the page that is open lacks."""
    segment, chosen = chosen_here(request, session)
    piece = piece_of(request, session, A_PAGE)
    told = _members(session, segment, piece)
    return part(
        session,
        "contacts/people_rows.html",
        columns=[(name, called(name)) for name in chosen],
        rows=[row_of(each, chosen) for each in told["items"]],
        **piece.links(told, LIST, segment=segment),
    )


def _members(session: Session, segment: str, piece: Piece) -> dict[str, Any]:
    path = at("/api/segments/{name}/members", name=segment)
    found: dict[str, Any] = ask(
        session, "GET", path, {"profiles": "true", **piece.query(parts=2, rest=3)}
    ).body
    return found


def chosen_here(request: Request, session: Session) -> tuple[str, list[str]]:
    """The segment and the columns: what is asked for, else what was looked at last in this browser."""
    kept = _kept(session)
    columns = _asked_columns(request)
    query: Any = request.query_params or {}
    segment = query.get("segment")  # empty: none, which is a choice too
    if segment is not None or columns:
        kept |= {"segment": segment} if segment is not None else {}
        kept |= {"columns": columns} if columns else {}
        session.cookies.put(REMEMBERED, quote(json.dumps(kept)), seconds=SECONDS)
    return str(kept.get("segment", "")), [str(each) for each in kept.get("columns") or USUAL][:MOST_COLUMNS]


def _kept(session: Session) -> dict[str, Any]:
    try:
        kept = json.loads(unquote(session.cookies.get(REMEMBERED)) or "{}")
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) and isinstance(kept.get("columns") or [], list) else {}


def _asked_columns(request: Request) -> list[str]:
    query: Any = request.query_params
    said = query.getlist("column") if query and "column" in query else []
    return [each for each in dict.fromkeys(said) if 0 < len(each) <= 100][:MOST_COLUMNS]


def offered(items: list[Any], chosen: list[str]) -> list[tuple[str, str, bool]]:
    """Columns to choose from: what is known of everybody, and the traits of those on this page."""
    traits = {name for each in items for name in (each["profile"] or {"traits": {}})["traits"]}
    every = [*dict.fromkeys(["email", *FACTS, *sorted(traits | set(chosen))])]
    return [(name, called(name), name in chosen) for name in every]


def row_of(member: Mapping[str, Any], chosen: list[str]) -> dict[str, Any]:
    """A person as a row: name, and a cell for each column; times are the ones that a `time` tells."""
    person = member["profile"]
    if person is None:
        return {
            "id": member["contact"],
            "name": _("No longer by this id"),
            "cells": [("", False)] * len(chosen),
        }
    cells = [_cell(member, person, name) for name in chosen]
    return {"id": member["contact"], "name": words.name_of(person), "cells": cells}


def _cell(member: Mapping[str, Any], person: Mapping[str, Any], name: str) -> tuple[str, bool]:
    """A text, and whether it is a moment."""
    if name in ("since", "created_at"):
        return (member["since"] if name == "since" else person["created_at"]) or "", True
    if name == "userId":
        return ", ".join(each[2:] for each in person["identities"] if each.startswith("u#")), False
    value = person[name] if name in FACTS else person["traits"].get(name)
    if isinstance(value, list):
        return ", ".join(words.shown(each) for each in value), False
    return "" if value is None else words.shown(value), False


def called(name: str) -> str:
    """A column's head."""
    return {
        "email": _("E-mail"),
        "stage": _("Stage"),
        "tags": _("Tags"),
        "lists": _("Lists"),
        "created_at": _("First heard of"),
        "since": _("In it since"),
        "userId": _("User id"),
    }.get(name, name)
