"""People of a segment, or those who were chosen, as CSV: nothing in it is a formula to a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.contacts_bulk import chosen_in
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem
from sojourn.imports.formulas import table

MOST, A_PAGE = 5_000, 200  # more than that goes by the command line, which follows the cursor
FIRST, LAST = ("id", "userId"), ("stage", "tags", "lists", "created_at")

contacts_export = Blueprint(__name__)


@page(contacts_export, "/console/people/export")
def export_people(request: Request, session: Session) -> Response:
    """All that is known of each: traits, stage, tags and lists."""
    chosen, segment = chosen_in(request), parameter(request, "segment") or ""
    if not chosen and not segment:
        raise Problem(400, "nobody_chosen", _("Nobody was chosen: tick some people, or take a segment."))
    people = [_flat(each) for each in (_named(session, chosen) if chosen else _members(session, segment))]
    traits = sorted({name for row in people for name in row} - {*FIRST, *LAST})
    header = [*FIRST, *traits, *LAST]
    text = table([header, *([row.get(name, "") for name in header] for row in people)])
    file = "people.csv" if chosen else f"{segment}.csv"  # a segment that was found, so its name is one
    return Response(
        "\ufeff" + text,  # spreadsheets take a file without it for Windows' letters
        {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{file}"'},
    )


def _named(session: Session, chosen: list[str]) -> Iterator[dict[str, Any]]:
    for contact in chosen:
        try:
            yield ask(session, "GET", at("/api/contacts/{contact}", contact=contact)).body
        except Problem as problem:
            if problem.status != 404:  # merged or forgotten meanwhile
                raise


def _members(session: Session, segment: str) -> Iterator[dict[str, Any]]:
    asked: dict[str, Any] = {"profiles": "true", "limit": A_PAGE}
    for _page in range(MOST // A_PAGE):
        told = ask(session, "GET", at("/api/segments/{name}/members", name=segment), asked).body
        yield from (each["profile"] for each in told["items"] if each["profile"])
        if not told["next"]:
            return
        asked["cursor"] = told["next"]


def _flat(person: dict[str, Any]) -> dict[str, Any]:
    ids = [each[2:] for each in person["identities"] if each.startswith("u#")]
    told = {"id": person["id"], "userId": "; ".join(ids)}
    return {**_texts(person["traits"]), **told, **_texts({name: person[name] for name in LAST})}


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: "; ".join(map(str, each)) if isinstance(each, list) else each for name, each in values.items()
    }
