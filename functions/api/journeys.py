"""Views of journeys: list, show, save a draft, publish."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Request, Response

from functions.api import answers
from functions.api.approving import shown, unapproved
from functions.api.bodies import refuse_unknown, sent_journey, sent_object
from functions.api.hidden import publish_dates
from functions.api.paging import listing, page
from functions.api.revisions import followed, outrun, unchanged
from functions.api.routing import caller, route
from functions.api.world import world
from sojourn import telemetry
from sojourn.clock import iso
from sojourn.errors import Problem, StaleWriteError
from sojourn.journeys.beside import known_here, known_of_drafts
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import Draft, Version, drafts, get_draft, get_version, live, save_draft
from sojourn.rules.findings import Finding

if TYPE_CHECKING:
    from sojourn.journeys.load import Examined

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
    return _tagged(_shown(name, draft, published))


@route(journeys, "/api/journeys/{name}", "PUT")
def save_journey(request: Request, name: str) -> Response:
    """Save the draft: every error in it refuses it; a revision that is not the latest is a conflict."""
    sent = sent_journey(request)
    definition = checked(sent.source, name)
    revision = followed(request, get_draft(name), sent.revision, text=sent.source)
    saver = {"saved_by": caller(request), "saved_at": iso(world().clock.calendar())}
    draft = Draft(name=name, revision=revision, source=sent.source, definition=definition, **saver)
    try:
        saved = save_draft(draft)
    except StaleWriteError:
        raise outrun(name, revision, text=sent.source) from None
    telemetry.note("journey saved", journey=name, revision=saved.revision)
    answer = _shown(name, saved, live_version(name))
    return _tagged({**answer, "warnings": doubted(sent.source, name)})


@route(journeys, "/api/journeys/{name}/check", "POST")
def check_journey(request: Request, name: str) -> dict[str, Any]:
    """Every error and every warning of a text, or of the draft, as publishing it would find them. Writes nothing."""
    source = sent_journey(request).source if request.raw_body else _kept(name)
    examined = examined_here(source, name)
    told = {
        which: [each.to_json() for each in found]
        for which, found in (("errors", examined.findings), ("warnings", examined.warnings))
    }
    return {"name": name, "is_sound": not examined.findings, **told}


@route(journeys, "/api/journeys/{name}/publish", "POST")
def publish_journey(request: Request, name: str) -> dict[str, Any]:
    """Make the draft the live version; publishing the same again changes nothing."""
    draft, _ = wanted_journey(name)
    if draft is None:
        raise Problem(409, "no_draft", f"save a draft of {name} first: PUT /api/journeys/{name}")
    unchanged(request, draft)
    _refuse_unapproved(draft)
    existing = _confirmed(request, draft)
    told = world().publisher.publish(name)
    if told.get("errors"):
        raise _refused(told["errors"])
    if "approvals" in told:  # an approval lapsed, or another revision came, while the publisher was asked
        _refuse_unapproved(wanted_journey(name)[0] or draft)
    if "version" not in told:
        raise _unpublished(draft, told)
    if stands := live().get(name):
        publish_dates(stands)
    answer = {"name": name, "changed": True, **{key: told[key] for key in PUBLISHED if key in told}}
    answer["mode"] = _mode_of(draft)
    return {**answer, "existing": _let_in(draft, told["version"])} if existing else answer


def _mode_of(draft: Draft) -> str:
    """How far its messages go: by its own word and the workspace's, the stricter."""
    from sojourn.bootstrap import first_sending
    from sojourn.delivery.modes import Mode, strictest
    from sojourn.journeys.modes import sending

    own = Mode(draft.definition.get("mode", Mode.LIVE))
    return strictest((own, sending(first=first_sending()).mode)).value


def _refuse_unapproved(draft: Draft) -> None:
    """Its errors go first: who mends them makes a revision that is to be agreed to anew."""
    if problem := unapproved(draft):
        if findings := examined_here(draft.source, draft.name).findings:
            raise _refused([finding.to_json() for finding in findings])
        raise problem


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


PUBLISHED = ("version", "version_arn", "changed", "warnings")


def wanted_journey(name: str) -> tuple[Draft | None, Version | None]:
    """Draft and live version of this name, one of them at least."""
    found = get_draft(name), live_version(name)
    if found == (None, None):
        raise Problem(404, "journey_not_found", "there is no such journey")
    return found


def live_version(name: str) -> Version | None:
    """The version that people come into."""
    running = live().get(name)
    return get_version(name, running.version) if running else None


def checked(source: str, name: str) -> dict[str, Any]:
    """The definition of a text without errors and of this name."""
    from sojourn.journeys.load import MOST_LEVELS, examine  # YAML loads where journeys are read
    from sojourn.rules.parse import parse
    from sojourn.rules.tree import MalformedError

    file = f"{name}.journey.yaml"
    try:
        parse(source, deepest=MOST_LEVELS)
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


def examined_here(source: str, name: str) -> "Examined":
    """A text held against all that is here and live: what publishing it would find."""
    from sojourn.journeys.load import examine

    return examine(source, file=f"{name}.journey.yaml", known=known_here(name))


def doubted(source: str, name: str) -> list[dict[str, Any]]:
    """What will keep a draft from being published, since it may come before its templates; then its warnings."""
    examined = examined_here(source, name)
    hindrances = [{**each.to_json(), "hinders": True} for each in examined.findings]
    return [*hindrances, *({**each.to_json(), "hinders": False} for each in examined.warnings)]


def _kept(name: str) -> str:
    draft, published = wanted_journey(name)
    latest = draft or published
    assert latest is not None
    return latest.source


def _shown(name: str, draft: Draft | None, published: Version | None) -> dict[str, Any]:
    return answers.journey(name, draft, published) | (shown(draft) if draft else {"approvals": None})


def _refused(errors: list[dict[str, Any]]) -> Problem:
    return Problem(422, "journey_refused", f"the journey has {len(errors)} error(s)", errors=errors)


def _unpublished(draft: Draft, told: dict[str, Any]) -> Problem:
    """Why the publisher raised: an error of the journey when there is one, else its own."""
    if findings := examined_here(draft.source, draft.name).findings:
        return _refused([finding.to_json() for finding in findings])
    telemetry.warn("publishing failed", journey=draft.name, error=str(told.get("error", "")))
    return Problem(502, "publish_failed", "the publisher failed; its log says why. Publishing again is safe")


def _tagged(answer: dict[str, Any]) -> Response:
    return Response(answer, {"Content-Type": "application/json", "ETag": f'"{answer["revision"]}"'})
