"""What the views of segments do; loaded by the first request for one."""

from collections.abc import Iterable
from typing import Any

from chalice.app import Request, Response

from functions.api import segment_answers as answers
from functions.api.bodies import sent_journey
from functions.api.contacts import wanted_contact
from functions.api.hidden import is_hidden
from functions.api.paging import listing, page, parameter
from functions.api.world import segments as desk
from functions.api.world import world
from sojourn.clock import iso
from sojourn.errors import NotFoundError, Problem, StaleWriteError
from sojourn.insight.counting import SEGMENT
from sojourn.insight.store import figures_of
from sojourn.journeys.versions import live as live_journeys
from sojourn.rules.findings import Finding
from sojourn.rules.load import Examined, SegmentRefusedError, examine
from sojourn.rules.nodes import Rule
from sojourn.rules.say import sentence
from sojourn.segments import publish as publishing
from sojourn.segments import store
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import members_of
from sojourn.segments.members.store import count, memberships_of
from sojourn.segments.model import Segment
from sojourn.segments.preview import preview
from sojourn.segments.publish import SegmentNamedError
from sojourn.segments.runs.model import Status
from sojourn.segments.store import SegmentDraft, Standing
from sojourn.segments.trial import Trial

DAYS = 60


def list_segments(request: Request) -> dict[str, Any]:
    """Names, and how each stands."""
    from functions.api.segment_reading import listed

    hidden = parameter(request, "hidden") == "true"
    saved = {draft.name: draft for draft in store.drafts()}
    stands, index = store.standings()
    found = [
        ([name], listed(name, saved.get(name), stands, index))
        for name in {*saved, *(name for name, stand in stands.items() if stand.live or stand.pending)}
        if name in saved or not is_hidden(name) or hidden
    ]
    return listing(
        request, lambda limit, after: page(found, limit, after), of={"hidden": "true"} if hidden else {}
    )


def show_segment(name: str) -> Response:
    """Everything of one."""
    draft, stand = wanted_segment(name)
    index = store.live_index()
    segment = index.live.get(name)
    return _tagged(
        {
            "name": name,
            "revision": revision_of(draft),
            "source": draft.source if draft else None,
            **answers.stand(stand),
            "live_since": published_at(segment),
            "means": sentence(segment.rule) if segment else None,
            "members": count(name) if segment else 0,
            "evaluated_at": iso(world().clock.calendar()) if segment and not stand.pending else None,
            "run": answers.progress(publishing.newest_run(name, stand), name),
            "used_by": used_by(name, index),
            "days": days_of(name),
        }
    )


def save_segment(request: Request, name: str) -> Response:
    """Refused with every error, or saved."""
    sent = sent_journey(request)
    examined = publishing.examined_as(name, sent.source)
    _refuse(examined)
    draft = store.get_draft(name)
    latest = revision_of(draft)
    if sent.revision not in (None, latest):
        raise _conflict(latest)
    try:
        saved, _ = publishing.save(name, sent.source, revision=latest)
    except StaleWriteError:
        raise _conflict(revision_of(store.get_draft(name))) from None
    answer = {"name": name, "revision": saved.revision, "means": sentence(examined.rule)}
    return _tagged({**answer, "warnings": answers.told(examined.warnings)})


def publish_segment(name: str) -> Response:
    """Begun, or nothing to do."""
    try:
        told = publishing.publish(name, desk=desk())
    except SegmentRefusedError as error:
        raise _refused(error.findings) from error
    except NotFoundError as error:
        raise Problem(404, "segment_not_found", str(error)) from error
    is_over = told.run is None or told.run.status is Status.DONE
    answer = {
        "name": name,
        "generation": told.generation or None,
        "changed": told.changed,
        "run": answers.progress(told.run, name),
        "warnings": answers.told(told.warnings),
    }
    return _json(answer, 200 if is_over else 202)


def retire_segment(name: str) -> Response:
    """Begun."""
    wanted_segment(name)
    entered_by = [journey.name for journey in live_journeys().values() if name in journey.segments]
    try:
        run = publishing.retire(name, named_by=entered_by, desk=desk())
    except SegmentNamedError as error:
        named = ", ".join(error.by)
        raise Problem(
            409, "segment_named", f"{named}: these look at it; change them first", by=list(error.by)
        ) from error
    except NotFoundError as error:
        raise Problem(409, "segment_not_in_force", str(error)) from error
    return _json({"name": name, "run": answers.progress(run, name)}, 202)


def preview_segment(request: Request) -> dict[str, Any]:
    """A head count with its interval, and some of them."""
    examined, trial = sent_trial(request)
    found = preview(trial, clock=world().clock)
    estimate = found.estimate
    return {
        "count": estimate.count,
        "low": estimate.low,
        "high": estimate.high,
        "is_exact": estimate.is_exact,
        "looked_at": estimate.looked_at,
        "of": estimate.of,
        "means": sentence(examined.rule),
        "uncut": sorted(trial.uncut),
        "examples": [answers.example(profile) for profile in found.examples],
        "warnings": answers.told(examined.warnings),
    }


def explain_segment(request: Request, name: str) -> dict[str, Any]:
    """Of the rule in force; before there is one, of the draft."""
    asked = parameter(request, "contact")
    if asked is None:
        raise Problem(400, "missing_parameter", "the parameter `contact` is missing", parameter="contact")
    profile = wanted_contact(asked)
    draft, _ = wanted_segment(name)
    index = store.live_index()
    segment = index.live.get(name)
    trial = _trial(segment.rule if segment else _rule_of(name, draft), segment)
    row = next((each for each in memberships_of(profile.contact) if each.segment == name), None)
    return {
        "segment": name,
        "contact": profile.contact,
        "is_live": segment is not None,
        "is_in": name in members_of(profile.segments, index),
        "since": row.since if row else None,
        "until": row.until or None if row else None,
        "cause": row.cause if row else None,
        "by": row.event or None if row else None,
        "at": iso(world().clock.calendar()),
        "rule": answers.explained(trial.explain(profile)),
    }


def sent_trial(request: Request) -> tuple[Examined, Trial]:
    """The rule of a text that is not saved, ready to be tried; every error in it refuses it."""
    text = sent_journey(request).source
    examined = publishing.examined_as(_named_in(text), text)
    _refuse(examined)
    return examined, _trial(examined.rule)


def _named_in(text: str) -> str:
    """The name that a text gives itself: what is tried need not be saved."""
    segment = examine(text).segment
    return segment.name if segment else ""


def _rule_of(name: str, draft: SegmentDraft | None) -> Rule:
    """What a draft says; nothing that is wrong with it is passed over."""
    if draft is None:
        raise Problem(409, "segment_not_in_force", "the segment has no draft, and no rule in force yet")
    examined = publishing.examined_as(name, draft.source)
    _refuse(examined)
    return examined.rule


def _trial(rule: Rule, segment: Segment | None = None) -> Trial:
    cuts = segment.cuts if segment else store.newest_cuts()[1]
    return Trial(rule, store.live_index(), cuts, world().clock)


def wanted_segment(name: str) -> tuple[SegmentDraft | None, Standing]:
    """Its draft and how it stands; Problem 404 where there never was one."""
    draft, stand = store.get_draft(name), store.live().get(name, Standing())
    if draft is None and not stand.live and not stand.pending:
        raise Problem(404, "segment_not_found", "there is no such segment")
    return draft, stand


def published_at(segment: Segment | None) -> str | None:
    """Since when its rule is what it is."""
    return store.get_generation(segment.name, segment.generation).published_at if segment else None


def days_of(name: str) -> list[dict[str, Any]]:
    """The latest days on which somebody came or went, and how many were in at the end of each."""
    days: list[dict[str, Any]] = []
    members = 0
    for key, figures in figures_of(name, SEGMENT):
        entered, left = figures.get("entered", 0), figures.get("left", 0)
        members += entered - left
        days.append({"day": key.day, "entered": entered, "left": left, "members": members})
    return days[-DAYS:]


def used_by(name: str, index: SegmentIndex) -> dict[str, list[str]]:
    """Who looks at it."""
    journeys = sorted(each.name for each in live_journeys().values() if name in each.segments)
    return {"segments": sorted(index.by_segment.get(name, ())), "journeys": journeys}


def _refuse(examined: Examined) -> None:
    if examined.findings or examined.segment is None or examined.segment.rule is None:
        raise _refused(examined.findings)


def _refused(findings: Iterable[Finding]) -> Problem:
    errors = answers.told(findings)
    return Problem(400, "segment_refused", f"the segment has {len(errors)} error(s)", errors=errors)


def revision_of(draft: SegmentDraft | None) -> int:
    """0 before the first save."""
    return draft.revision if draft else 0


def _conflict(latest: int) -> Problem:
    said = f"somebody saved meanwhile: read revision {latest}, bring your changes in, save again"
    return Problem(409, "revision_conflict", said, revision=latest)


def _json(answer: dict[str, Any], status: int) -> Response:
    return Response(answer, {"Content-Type": "application/json"}, status)


def _tagged(answer: dict[str, Any]) -> Response:
    return Response(answer, {"Content-Type": "application/json", "ETag": f'"{answer["revision"]}"'})
