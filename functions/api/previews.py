"""A view of how a message would look: a saved version, or one that somebody writes; with a contact's facts, or with
made-up ones. Nothing is written and nothing goes out."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.proofs import facts_of
from functions.api.routing import route
from functions.api.templates import named, refused, wanted
from sojourn.bootstrap import settings
from sojourn.errors import NotFoundError, Problem
from sojourn.messages.faults import RenderError, TemplateRefusedError
from sojourn.messages.library import get_template
from sojourn.messages.template import Template

previews = Blueprint(__name__)


@route(previews, "/api/templates/{name}/preview", "POST")
def preview_template(request: Request, name: str) -> dict[str, Any]:
    """Its parts as somebody would get them; `missing` are fields that they lack and that have no default: a real
    message would fail for them, and here their names stand in their place."""
    sent = sent_object(request)
    refuse_unknown(sent, {"as", "version", "definition"})
    template = _template(name, sent)
    facts = facts_of(sent.get("as"))
    from functions.api.samples import looked_at  # the template engine loads where templates are judged

    try:
        rendered, missing = looked_at(template, facts, postal_address=settings().postal_address)
    except RenderError as error:
        said = "with these values it cannot be made: a real message would fail too"
        raise Problem(422, error.reason, said, field=error.field or None) from error
    return {
        "name": name,
        "version": template.version or None,
        "channel": template.channel,
        "subject": rendered.subject,
        "html": rendered.html,
        "text": rendered.text,
        "missing": missing,
    }


def _template(name: str, sent: Mapping[str, Any]) -> Template:
    definition, version = sent.get("definition"), sent.get("version")
    if version is not None and not (type(version) is int and version > 0):
        raise Problem(400, "invalid_field", "`version` is a whole number", field="version")
    if definition is None:
        try:
            return get_template(name, version or wanted(name))
        except NotFoundError:
            raise Problem(404, "version_not_found", f"{name} has no version {version}") from None
    if not isinstance(definition, dict):
        raise Problem(
            400, "invalid_field", "`definition` is an object: the template's fields", field="definition"
        )
    from sojourn.messages.check import save

    try:
        return save(named(definition, name), version=0)
    except TemplateRefusedError as error:
        raise refused(error) from error
