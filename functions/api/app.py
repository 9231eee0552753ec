"""The admin API: contacts, journeys, templates, and why. Private; every call but the specification needs an API key."""

from typing import Any

from chalice.app import Blueprint, Chalice

from functions.api.approving import approving
from functions.api.attributes import attributes
from functions.api.auditing import auditing
from functions.api.contacts import contacts
from functions.api.exports import exports
from functions.api.imports import imports
from functions.api.insights import insights
from functions.api.journeys import journeys
from functions.api.migrating import migrating
from functions.api.openapi import specification
from functions.api.people import people
from functions.api.privacy import privacy
from functions.api.proofs import proofs
from functions.api.rehearsing import rehearsals
from functions.api.routing import open_route
from functions.api.running import running
from functions.api.segments import segments
from functions.api.sending import sending
from functions.api.suppressions import suppressions
from functions.api.tasks import tasks
from functions.api.templates import templates
from functions.api.workspace import workspaces
from sojourn import telemetry
from sojourn.http import lambda_handler

about = Blueprint(__name__)


@open_route(about, "/api/openapi.json")
def show_specification() -> dict[str, Any]:
    """What this API can do, for programs: the one page that asks for no key."""
    return specification()


app = Chalice(app_name="api")
for blueprint in (
    about,
    contacts,
    people,
    journeys,
    approving,
    running,
    migrating,
    rehearsals,
    insights,
    imports,
    exports,
    templates,
    proofs,
    privacy,
    segments,
    attributes,
    workspaces,
    sending,
    suppressions,
    tasks,
    auditing,
):
    app.register_blueprint(blueprint)

handler = telemetry.measured(lambda_handler(app))
