"""Views of templates: each save is a new, immutable version."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api import answers
from functions.api.bodies import refuse_unknown, sent_object
from functions.api.paging import listing, page
from functions.api.routing import route
from sojourn import config, telemetry
from sojourn.errors import Problem, StaleWriteError
from sojourn.messages.faults import TemplateRefusedError
from sojourn.messages.library import KIND, get_template, latest, latest_versions, save_template

templates = Blueprint(__name__)
KNOWN = {"template", "channel", "purpose", "description", "subject", "preheader", "html", "text"}


@route(templates, "/api/templates")
def list_templates(request: Request) -> dict[str, Any]:
    """Every template with its newest version."""
    found = [
        ([name], {"name": name, "version": version, "channel": channel})
        for name, (version, channel) in latest_versions().items()
    ]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(templates, "/api/templates/{name}")
def show_template(request: Request, name: str) -> dict[str, Any]:
    """The newest version, as its author wrote it."""
    version = latest(name)
    if version is None:
        raise Problem(404, "template_not_found", "there is no such template")
    return answers.template(get_template(name, version), _source(name, version))


@route(templates, "/api/templates/{name}", "PUT")
def put_template(request: Request, name: str) -> dict[str, Any]:
    """Check and save as the next version; the same again stays the version it is."""
    from sojourn.messages.check import save  # the template engine loads where templates are judged

    sent = sent_object(request)
    refuse_unknown(sent, KNOWN)
    if sent.get("template", name) != name:
        raise Problem(422, "name_mismatch", f"`template` is not {name!r}, which the address says")
    source = {**sent, "template": name}
    try:
        saved = save_template(save(source, version=0), source=source)
    except TemplateRefusedError as error:
        faults = [fault.as_json() for fault in error.faults]
        raise Problem(
            422, "template_refused", f"the template has {len(faults)} fault(s)", errors=faults
        ) from error
    except StaleWriteError:
        raise Problem(409, "revision_conflict", "somebody saved meanwhile: read it and save again") from None
    telemetry.note("template saved", template=name, version=saved.version)
    return answers.template(saved, source)


def _source(name: str, version: int) -> dict[str, Any]:
    row = config.get(KIND, f"{name}#{version:05d}")
    return dict(row.data["source"]) if row else {}
