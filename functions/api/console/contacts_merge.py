"""Two contacts that are one person: looked at side by side, and merged with the id of the one that goes typed in."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console import contacts_words as words
from functions.api.console.asking import ask, at
from functions.api.console.contacts import path_of
from functions.api.console.forms import form
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

LONGEST = 1_000
REFUSED = (400, 404, 409)

contacts_merge = Blueprint(__name__)


@page(contacts_merge, "/console/contacts/{contact}/merge")
def ask_merge(request: Request, session: Session, contact: str) -> Response:
    """Whom with; then both side by side, and what they would be together."""
    other = parameter(request, "with") or ""
    if not other:
        return _whom(session, contact, "", "")
    return _question(session, contact, other, "")


@page(contacts_merge, "/console/contacts/{contact}/merge", "POST")
def merge_contacts(request: Request, session: Session, contact: str) -> Response:
    """Named, by any name, which the address of the next page does not tell; or merged, with the id typed in."""
    said = form(request)
    if not said.get("with"):
        return _named(session, contact, said.get("who")[:LONGEST])
    plan = _plan(session, contact, said.get("with"))
    if said.get("typed") != plan["loser"]["id"]:
        error = _("That is not the id of the contact that goes: nothing was merged.")
        return _question(session, contact, said.get("with"), error, 422)
    body = {"with": said.get("with")}
    told = ask(session, "POST", at("/api/contacts/{contact}/merge", contact=contact), body=body).body
    return redirect(path_of(told["survivor"]["id"]), flash=_("They are one. It shows within a second."))


def _named(session: Session, contact: str, who: str) -> Response:
    try:
        plan = _plan(session, contact, who)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        error = (
            _("Nobody has this address or id. It is looked for as a whole, not by a part.")
            if problem.status == 404
            else problem.message
        )
        return _whom(session, contact, who, error, 422)
    ids = {plan["survivor"]["id"], plan["loser"]["id"]}
    one = ask(session, "GET", at("/api/contacts/{contact}", contact=contact)).body["id"]
    return redirect(at("/console/contacts/{one}/merge?with={other}", one=one, other=(ids - {one}).pop()))


def _whom(session: Session, contact: str, who: str, error: str, status: int = 200) -> Response:
    person = ask(session, "GET", at("/api/contacts/{contact}", contact=contact)).body
    told = {"name": words.name_of(person), "path": path_of(person["id"]), "who": who, "error": error}
    return render(session, "contacts/merge.html", status, plan=None, **told)


def _question(session: Session, contact: str, other: str, error: str, status: int = 200) -> Response:
    plan = _plan(session, contact, other)
    one = next(
        (plan[role] for role in ("survivor", "loser") if plan[role]["id"] == contact), plan["survivor"]
    )
    return render(
        session,
        "contacts/merge.html",
        status,
        plan=plan,
        name=words.name_of(one),
        path=path_of(one["id"]),
        survivor=words.name_of(plan["survivor"]),
        loser=words.name_of(plan["loser"]),
        rows=_rows(plan),
        other=other,
        who="",
        error=error,
    )


def _plan(session: Session, contact: str, other: str) -> Any:
    path = at("/api/contacts/{contact}/merge", contact=contact)
    return ask(session, "GET", path, {"with": other}).body


def _rows(plan: Any) -> list[tuple[str, list[str], bool]]:
    """What is known, of each and of both together, and whether the two differ."""
    people = [plan[role] for role in ("survivor", "loser", "together")]
    named: list[tuple[str, list[str]]] = [
        (_("Names"), [", ".join(name[2:] for name in each["identities"]) for each in people]),
        (_("Stage"), [_text(each["stage"]) for each in people]),
        (_("Tags"), [_text(each["tags"]) for each in people]),
        (_("Lists"), [_text(each["lists"]) for each in people]),
    ]
    traits = sorted({name for each in people for name in each["traits"]})
    named += [(name, [_text(each["traits"].get(name)) for each in people]) for name in traits]
    return [(name, cells, cells[0] != cells[1]) for name, cells in named if any(cells)]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(words.shown(each) for each in value)
    return "" if value is None else words.shown(value)
