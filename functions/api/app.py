"""The admin API: contacts, journeys, templates, and why. Private; every call but the specification needs an API key.

The console stands in the same function and asks this API without leaving it (docs/decisions/0030).
"""

from typing import Any

from chalice.app import Blueprint, Chalice

from functions.api.approving import approving
from functions.api.attributes import attributes
from functions.api.auditing import auditing
from functions.api.bulk import bulk
from functions.api.contacts import contacts
from functions.api.days import days
from functions.api.exports import exports
from functions.api.health import health
from functions.api.hooks import hooks
from functions.api.imports import imports
from functions.api.insights import insights
from functions.api.journeys import journeys
from functions.api.keys import keys
from functions.api.lives import lives
from functions.api.measuring import measuring
from functions.api.mending import mending
from functions.api.merging import merging
from functions.api.migrating import migrating
from functions.api.openapi import specification
from functions.api.overview import overview
from functions.api.pending import pending
from functions.api.people import people
from functions.api.previews import previews
from functions.api.privacy import privacy
from functions.api.proofs import proofs
from functions.api.queues import queues
from functions.api.rehearsing import rehearsals
from functions.api.reputation import reputation
from functions.api.routing import open_route
from functions.api.running import running
from functions.api.segments import segments
from functions.api.sending import sending
from functions.api.suppressions import suppressions
from functions.api.tasks import tasks
from functions.api.team import team
from functions.api.templates import templates
from functions.api.waiting import drafts
from functions.api.watching import watching
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
    lives,
    people,
    bulk,
    merging,
    overview,
    pending,
    days,
    journeys,
    approving,
    running,
    migrating,
    mending,
    rehearsals,
    insights,
    watching,
    imports,
    exports,
    templates,
    proofs,
    previews,
    privacy,
    segments,
    attributes,
    workspaces,
    sending,
    reputation,
    drafts,
    suppressions,
    tasks,
    auditing,
    keys,
    hooks,
    team,
    queues,
    health,
    measuring,
):
    app.register_blueprint(blueprint)

_answers = lambda_handler(app)


def _answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["path"] != "/" and not event["path"].startswith(CONSOLE):
        return _answers(event, context)
    from functions.api.console.app import answer  # pages and their templates load with the first of them

    return answer(event, context)


CONSOLE = "/console"
handler = telemetry.measured(_answer)
