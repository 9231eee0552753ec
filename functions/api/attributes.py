"""Views of the types of attributes."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.paging import listing, page
from functions.api.routing import route
from sojourn import telemetry
from sojourn.contacts.attributes import BUILT_IN, Teacher
from sojourn.contacts.registry import Attribute, declare, read_all
from sojourn.errors import Problem

attributes = Blueprint(__name__)


@route(attributes, "/api/attributes")
def list_attributes(request: Request) -> dict[str, Any]:
    """Every attribute by name, those that the engine itself reads among them."""
    built_in = [Attribute(name, kind, Teacher.OPERATOR) for name, kind in BUILT_IN.items()]
    found = [([each.name], _answer(each)) for each in [*built_in, *read_all()]]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(attributes, "/api/attributes", "PUT")
def put_attributes(request: Request) -> dict[str, Any]:
    """Say the types of attributes before their first value comes."""
    sent = sent_object(request)
    refuse_unknown(sent, {"attributes"})
    types = sent.get("attributes")
    if not isinstance(types, dict):
        raise Problem(
            400, "invalid_field", "`attributes` is an object of names and types", field="attributes"
        )
    declare(types)
    telemetry.note("attributes declared", count=len(types))
    return {"attributes": types}


@route(attributes, "/api/attributes/{name}", "DELETE")
def delete_attribute(request: Request, name: str) -> dict[str, Any]:
    """Hold its type no longer; the segments that name it stand still, and are named."""
    from sojourn.segments import validity

    if name in BUILT_IN:
        raise Problem(409, "attribute_built_in", "the engine itself reads it; it cannot be deleted")
    if name not in {each.name for each in read_all()}:
        raise Problem(404, "attribute_not_found", "nobody has said such an attribute")
    invalid = {
        segment: list(gone) for segment, gone in validity.delete_attribute(name).items() if name in gone
    }
    telemetry.note("attribute deleted", segments=len(invalid))
    return {"deleted": name, "invalid_segments": invalid}


def _answer(attribute: Attribute) -> dict[str, Any]:
    return {
        "name": attribute.name,
        "type": attribute.type,
        "taught_by": attribute.by,
        "seen": attribute.seen,
        "built_in": attribute.name in BUILT_IN,
    }
