"""Views of what happened and why: a journey's report, one contact's explanation."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.contacts import wanted_contact
from functions.api.facts import gates_of, journey_facts, refused_by, standing_of
from functions.api.journeys import wanted_journey
from functions.api.paging import parameter
from functions.api.routing import route
from functions.api.world import world
from sojourn.contacts.store import merges_of
from sojourn.errors import Problem
from sojourn.insight.explain import explain
from sojourn.insight.report import report
from sojourn.insight.store import figures_of
from sojourn.journeys.enrolment import Status
from sojourn.journeys.store import enrolments_of
from sojourn.journeys.timers import wall_of
from sojourn.messages.store import messages_of

insights = Blueprint(__name__)


@route(insights, "/api/journeys/{name}/report")
def show_report(request: Request, name: str) -> dict[str, Any]:
    """Figures of all versions together."""
    wanted_journey(name)
    return report(figures_of(name))


@route(insights, "/api/explain")
def show_explanation(request: Request) -> dict[str, Any]:
    """Why this contact is in this journey or not, and what comes next."""
    from functions.api.ahead import message_ahead  # what sends loads the template engine

    name = _needed(request, "journey")
    profile = wanted_contact(_needed(request, "contact"))
    _, live = wanted_journey(name)
    every = (run for contact in profile.collections for run in enrolments_of(contact))
    runs = [run for run in every if run.journey == name]
    runs.sort(key=lambda run: (run.status is Status.ACTIVE, run.entered_at, run.entry), reverse=True)
    latest = next(iter(runs), None)
    now = world().clock.calendar()
    version = latest.version if latest else None
    facts = journey_facts(name, live, of_version=version, profile=profile, now=now)
    return explain(
        profile,
        facts,
        standing=standing_of(latest, told=True) if latest else None,
        messages=[each for each in messages_of(latest.contact) if each.enrolment == latest.id]
        if latest
        else [],
        merges=list(merges_of(profile.collections)) if profile.merged else (),
        refused=refused_by(profile, name),
        gates=gates_of(profile, live, runs, now=now) if live else (),
        ahead=message_ahead(latest, now=now) if latest and latest.status is Status.ACTIVE else None,
        runs=[standing_of(run) for run in runs],
        zone=str(wall_of(profile)),
        now=now,
    )


def _needed(request: Request, name: str) -> str:
    value = parameter(request, name)
    if value is None:
        raise Problem(400, "missing_parameter", f"the parameter `{name}` is missing", parameter=name)
    return value
