"""What people may ask for: everything that is known of them, or to be forgotten. Both take a while, and are jobs."""

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Request, Response

from functions.api.contacts import wanted_contact
from functions.api.routing import caller, route
from functions.api.world import world
from sojourn.errors import Problem

if TYPE_CHECKING:
    from sojourn.privacy.model import Erasure, Export

privacy = Blueprint(__name__)
LONGEST_ID = 64


@route(privacy, "/api/contacts/{contact}/erase", "POST")
def erase_contact(request: Request, contact: str) -> Response:
    """Forget a person, known or not; asking again gives the same answer."""
    from sojourn.privacy.request import ask_erasure

    return _accepted(_erasure(ask_erasure(contact, by=caller(request), desk=world().privacy())))


@route(privacy, "/api/erasures/{erasure}")
def show_erasure(request: Request, erasure: str) -> dict[str, Any]:
    """How far it is, and what it came to: the proof."""
    from sojourn.privacy.store import get_erasure

    found = get_erasure(erasure) if len(erasure) <= LONGEST_ID else None
    if found is None:
        raise Problem(404, "erasure_not_found", "there is no such erasure")
    return _erasure(found)


@route(privacy, "/api/contacts/{contact}/export", "POST")
def export_contact(request: Request, contact: str) -> Response:
    """Write a file with everything of a person."""
    from sojourn.privacy.request import ask_export

    profile = wanted_contact(contact)
    return _accepted(_export(ask_export(profile.contact, by=caller(request), desk=world().privacy())))


@route(privacy, "/api/exports/{export}")
def show_export(request: Request, export: str) -> dict[str, Any]:
    """How far it is; then an address for the file, which is good for a quarter of an hour."""
    from sojourn.privacy.store import get_export

    found = get_export(export) if len(export) <= LONGEST_ID else None
    if found is None:
        raise Problem(404, "export_not_found", "there is no such export")
    return _export(found)


def _accepted(told: dict[str, Any]) -> Response:
    headers = {"Content-Type": "application/json", "Location": told["status_url"]}
    return Response(told, headers, 202)


def _erasure(erasure: "Erasure") -> dict[str, Any]:
    from sojourn.privacy.model import Status

    return {
        "id": erasure.id,
        "status": erasure.status.value,
        "step": erasure.step.value,
        "found": bool(erasure.collections) if erasure.status is Status.DONE else None,
        "deleted": dict(erasure.deleted),
        "asked_at": erasure.asked_at,
        "asked_by": erasure.by,
        "done_at": erasure.done_at or None,
        "status_url": f"/api/erasures/{erasure.id}",
    }


def _export(export: "Export") -> dict[str, Any]:
    from sojourn.privacy.model import Status

    is_there = export.status is Status.DONE and export.found
    return {
        "id": export.id,
        "contact": export.contact,
        "status": export.status.value,
        "found": export.found,
        "bytes": export.bytes,
        "asked_at": export.asked_at,
        "asked_by": export.by,
        "done_at": export.done_at or None,
        "status_url": f"/api/exports/{export.id}",
        "download_url": world().files().link(export.key, f"{export.contact}.json") if is_there else None,
    }
