"""Everybody, by the page: `sojourn export contacts` follows the cursor."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api import answers
from functions.api.paging import Fetched, Position, listing
from functions.api.routing import route

exports = Blueprint(__name__)


@route(exports, "/api/contacts")
def list_contacts(request: Request) -> dict[str, Any]:
    """Contacts in no order; a page may be short, even empty, while there is a next one."""
    from sojourn.imports.people import people_after

    def fetch(limit: int, after: Position | None) -> Fetched:
        found, place = people_after((after[0], after[1]) if after else None, limit)
        return [answers.contact(profile, consent) for profile, consent in found], list(
            place
        ) if place else None

    return listing(request, fetch)
