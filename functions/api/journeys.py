"""Views of journeys: list, show, save a draft, publish."""

from dataclasses import replace
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api import answers
from functions.api.bodies import SentJourney, refuse_unknown, sent_journey, sent_object
from functions.api.hidden import publish_dates
from functions.api.paging import listing, page
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.clock import iso
from sojourn.errors import Problem, StaleWriteError
from sojourn.journeys.beside import known_here, known_of_drafts
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import Draft, Version, drafts, get_draft, get_version, live, save_draft
from sojourn.rules.findings import Finding

journeys = Blueprint(__name__)


@route(journeys, "/api/journeys")
def list_journeys(request: Request) -> dict[str, Any]:
    """Every journey that was ever saved or published."""
    saved, running = {draft.name: draft for draft in drafts()}, live()
    found = [
        (
            [name],
            {
                "name": name,
                "revision": saved[name].revision if name in saved else 0,
                "live_version": running[name].version if name in running else None,
                "entry": running[name].entry if name in running else None,
                "state": running[name].state.value if name in running else None,
            },
        )
        for name in {*saved, *running}
    ]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(journeys, "/api/journeys/{name}")
def show_journey(request: Request, name: str) -> Response:
    """The draft and what is live."""
    draft, published = wanted_journey(name)
    return _tagged(answers.journey(name, draft, published))


@route(journeys, "/api/journeys/{name}", "PUT")
def save_journey(request: Request, name: str) -> Response:
    """Save the draft: every error in it refuses it; a revision that is not the latest is a conflict."""
    sent = sent_journey(request)
    definition = checked(sent.source, name)
    draft = Draft(
        name=name, revision=_revision(request, sent, name), source=sent.source, definition=definition
    )
    try:
        saved = save_draft(draft)
    except StaleWriteError:
        raise _conflict(name) from None
    telemetry.note("journey saved", journey=name, revision=saved.revision)
    answer = answers.journey(name, saved, _live_version(name))
    return _tagged({**answer, "warnings": [each.to_json() for each in _missing_templates(sent.source, name)]})


@route(journeys, "/api/journeys/{name}/publish", "POST")
def publish_journey(request: Request, name: str) -> dict[str, Any]:
    """Make the draft the live version; publishing the same again changes nothing."""
    draft, _ = wanted_journey(name)
    if draft is None:
        raise Problem(409, "no_draft", f"save a draft of {name} first: PUT /api/journeys/{name}")
    existing = _confirmed(request, draft)
    told = world().publisher.publish(name)
    if told.get("errors"):
        raise _refused(told["errors"])
    if "version" not in told:
        raise _unpublished(draft, told)
    if stands := live().get(name):
        publish_dates(stands)
    answer = {"name": name, "changed": True, **{key: told[key] for key in PUBLISHED if key in told}}
    return {**answer, "existing": _let_in(draft, told["version"])} if existing else answer


def _confirmed(request: Request, draft: Draft) -> bool:
    """Whether those who are in its segment already come in; their publisher must have seen how many they are."""
    entries = _including(draft)
    if not entries:
        return False
    from sojourn.segments.members.store import count

    sent = sent_object(request) if request.raw_body else {}
    refuse_unknown(sent, {"existing"})
    there, named = sum(count(segment) for segment in entries), ", ".join(entries)
    if sent.get("existing") != there:
        said = f"{there} contacts are in {named} and would enter at once: publish with `existing`: {there}"
        raise Problem(409, "confirm_existing", said, existing=there, segment=named)
    return True


def _including(draft: Draft) -> list[str]:
    """The segments whose members come in when the journey goes live."""
    entries = Journey.from_definition(draft.definition).triggers
    return [entry.segment for entry in entries if entry.includes_existing]


def _let_in(draft: Draft, version: int) -> dict[str, Any]:
    """Begin to; asked again it goes on where it stood, and lets nobody in twice."""
    from functions.api.world import segments
    from sojourn.segments.including import run_of
    from sojourn.segments.publish import resume
    from sojourn.segments.runs.store import begun

    desk, runs = segments(), []
    for place, segment in enumerate(_including(draft)):
        wanted = run_of(draft.name, version, segment, at=iso(desk.clock.calendar()))
        wanted = replace(wanted, id=f"{wanted.id}-{place + 1}") if place else wanted
        runs.append(resume(begun(wanted), desk=desk))
    return {"run": runs[0].id, "status": runs[0].status.value}


PUBLISHED = ("version", "version_arn", "changed")


def wanted_journey(name: str) -> tuple[Draft | None, Version | None]:
    """Draft and live version of this name, one of them at least."""
    found = get_draft(name), _live_version(name)
    if found == (None, None):
        raise Problem(404, "journey_not_found", "there is no such journey")
    return found


def _live_version(name: str) -> Version | None:
    running = live().get(name)
    return get_version(name, running.version) if running else None


def checked(source: str, name: str) -> dict[str, Any]:
    """The definition of a text without errors and of this name."""
    from sojourn.journeys.load import examine  # YAML loads where journeys are read
    from sojourn.rules.parse import parse
    from sojourn.rules.tree import MalformedError

    file = f"{name}.journey.yaml"
    try:
        parse(source)
    except MalformedError as error:
        finding = Finding(file, error.line, "", error.problem, error.remedy).to_json()
        message = f"line {error.line}: {error.problem}"
        raise Problem(400, "malformed_yaml", message, line=error.line, errors=[finding]) from error
    examined = examine(source, file=file, known=known_of_drafts())
    if examined.findings or examined.journey is None:
        raise _refused([finding.to_json() for finding in examined.findings])
    if examined.journey.name != name:
        problem = f"`journey` is {examined.journey.name!r}, the address says {name!r}"
        raise _refused([Finding(file, 1, "", problem, "make the two the same").to_json()])
    return examined.journey.to_definition()


def _missing_templates(source: str, name: str) -> tuple[Finding, ...]:
    """What will keep the draft from being published: a draft may come before its templates."""
    from sojourn.journeys.load import examine

    return examine(source, file=f"{name}.journey.yaml", known=known_here(name)).findings


def _revision(request: Request, sent: SentJourney, name: str) -> int:
    """The revision to follow: the one that the author read, or the latest when they do not say."""
    draft = get_draft(name)
    latest = draft.revision if draft else 0
    if_match = request.headers.get("if-match")
    if if_match and if_match.strip() != f'"{latest}"' and not (if_match.strip() == "*" and draft):
        raise Problem(412, "precondition_failed", _since(latest), revision=latest)
    if sent.revision not in (None, latest):
        raise Problem(409, "revision_conflict", _since(latest), revision=latest)
    return latest


def _conflict(name: str) -> Problem:
    draft = get_draft(name)
    latest = draft.revision if draft else 0
    return Problem(409, "revision_conflict", _since(latest), revision=latest)


def _since(latest: int) -> str:
    return f"somebody saved meanwhile: read revision {latest}, bring your changes in, save again"


def _refused(errors: list[dict[str, Any]]) -> Problem:
    return Problem(422, "journey_refused", f"the journey has {len(errors)} error(s)", errors=errors)


def _unpublished(draft: Draft, told: dict[str, Any]) -> Problem:
    """Why the publisher raised: an error of the journey when there is one, else its own."""
    if findings := _missing_templates(draft.source, draft.name):
        return _refused([finding.to_json() for finding in findings])
    telemetry.warn("publishing failed", journey=draft.name, error=str(told.get("error", "")))
    return Problem(502, "publish_failed", "the publisher failed; its log says why. Publishing again is safe")


def _tagged(answer: dict[str, Any]) -> Response:
    return Response(answer, {"Content-Type": "application/json", "ETag": f'"{answer["revision"]}"'})
