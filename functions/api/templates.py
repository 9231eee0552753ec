"""Views of templates: each save is a new, immutable version."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api import answers
from functions.api.bodies import refuse_unknown, sent_object
from functions.api.paging import Fetched, Position, listing, page
from functions.api.routing import caller, route
from functions.api.template_conflicts import moved_on, tags_of
from functions.api.world import world
from sojourn import telemetry
from sojourn.clock import iso
from sojourn.errors import Problem, StaleWriteError
from sojourn.messages.faults import TemplateRefusedError
from sojourn.messages.library import (
    MovedOnError,
    get_template,
    latest,
    latest_versions,
    save_template,
    source_of,
    versions_of,
)

templates = Blueprint(__name__)
LONGEST = 8  # digits of a version
KNOWN = {"template", "channel", "purpose", "description", "subject", "preheader", "html", "mjml", "text"}


@route(templates, "/api/templates")
def list_templates(request: Request) -> dict[str, Any]:
    """Every template with its newest version."""
    found = [
        ([name], {"name": name, "version": version, "channel": channel})
        for name, (version, channel) in latest_versions().items()
    ]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(templates, "/api/templates/{name}")
def show_template(request: Request, name: str) -> Response:
    """The newest version, as its author wrote it."""
    return _tagged(shown(name, wanted(name)))


@route(templates, "/api/templates/{name}", "PUT")
def put_template(request: Request, name: str) -> Response:
    """Check and save as the next version; the same again stays the version it is. With `If-Match` only over the version
    that was read."""
    from sojourn.messages.check import save  # the template engine loads where templates are judged

    source = named(sent_object(request), name)
    read = tags_of(request)
    who = {"saved_by": caller(request), "saved_at": iso(world().clock.calendar())}
    try:
        saved = save_template(save(source, version=0), source=source, saved=who, read=read)
    except TemplateRefusedError as error:
        raise refused(error) from error
    except MovedOnError as error:
        raise moved_on(name, error.version, read or frozenset(), source) from None
    except StaleWriteError:
        raise Problem(409, "revision_conflict", "somebody saved meanwhile: read it and save again") from None
    telemetry.note("template saved", template=name, version=saved.version)
    return _tagged(answers.template(saved, source))


@route(templates, "/api/templates/{name}/versions")
def list_versions(request: Request, name: str) -> dict[str, Any]:
    """Every version there was, the latest first: who saved it, and when."""
    newest = wanted(name)

    def fetch(limit: int, after: Position | None) -> Fetched:
        first = int(after[0]) - 1 if after else newest
        last = max(1, first - limit + 1)
        return versions_of(name, range(first, last - 1, -1)), [str(last)] if last > 1 else None

    return listing(request, fetch)


@route(templates, "/api/templates/{name}/versions/{version}")
def show_version(request: Request, name: str, version: str) -> dict[str, Any]:
    """One of them, as its author wrote it."""
    newest = wanted(name)
    number = int(version) if version.isascii() and version.isdigit() and len(version) < LONGEST else 0
    if not 1 <= number <= newest:
        raise Problem(404, "version_not_found", f"{name} has versions 1 to {newest}")
    return shown(name, number)


def wanted(name: str) -> int:
    """The newest version of a template that is there."""
    version = latest(name)
    if version is None:
        raise Problem(404, "template_not_found", "there is no such template")
    return version


def shown(name: str, version: int) -> dict[str, Any]:
    """One version, as its author wrote it."""
    return answers.template(get_template(name, version), source_of(name, version))


def named(sent: dict[str, Any], name: str) -> dict[str, Any]:
    """What was sent, with the name that the address says."""
    refuse_unknown(sent, KNOWN)
    if sent.get("template", name) != name:
        raise Problem(422, "name_mismatch", f"`template` is not {name!r}, which the address says")
    return {**sent, "template": name}


def refused(error: TemplateRefusedError) -> Problem:
    """The faults, each with its field, line and remedy."""
    faults = [fault.as_json() for fault in error.faults]
    return Problem(422, "template_refused", f"the template has {len(faults)} fault(s)", errors=faults)


def _tagged(told: dict[str, Any]) -> Response:
    return Response(told, {"Content-Type": "application/json", "ETag": f'"{told["version"]}"'}, 200)
