"""Why a contact is in a journey or not, where it stands, what it was sent or not, and what comes next. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.merge import Merge
from sojourn.contacts.model import Profile
from sojourn.insight.facts import (
    Came,
    EntryFacts,
    EntryKind,
    Gate,
    JourneyFacts,
    Standing,
    StepFacts,
)
from sojourn.insight.gates import Ahead, ahead_told, at_the_door
from sojourn.insight.reasons import said_of, unanswered
from sojourn.insight.verdicts import SENTENCES, Verdict, by_entry, left, verdict_on, why
from sojourn.messages.model import Message, MessageState

__all__ = [
    "SENTENCES", "Ahead", "Came", "EntryFacts", "EntryKind", "Gate", "JourneyFacts", "Standing", "StepFacts", "Verdict",
    "explain",
]  # fmt: skip

END = "(end)"
MOST_RUNS = 20
ASKING = {"wait for", "task"}  # the kinds of step that wait for an answer


def explain(
    profile: Profile,
    journey: JourneyFacts,
    *,
    standing: Standing | None,
    messages: Sequence[Message],
    merges: Sequence[Merge] = (),
    refused: Gate | None = None,
    gates: Sequence[Gate] = (),
    ahead: Ahead | None = None,
    runs: Sequence[Standing] = (),
    zone: str = "",
    now: datetime,
) -> dict[str, Any]:
    """The whole answer; `reason` is one of `Verdict`, `why` says it in words, `seen` has the values behind it.

    `refused` is the newest refusal, `gates` what each gate at the door would say now, `ahead` what those before the
    next message say. `zone` is the contact's, for whoever shows times.
    """
    verdict, seen, named = verdict_on(profile, journey, standing, refused, gates)
    is_live = bool(journey.version)
    return {
        "contact": profile.contact,
        "journey": journey.name,
        "enrolled": verdict is Verdict.ACTIVE,
        "reason": verdict.value,
        "why": why(verdict, named, standing, seen, goal=journey.goal),
        "seen": dict(seen) or None,
        "entries": [
            _entry(each, profile, journey, was_heard=bool(standing or refused)) for each in journey.entries
        ],
        "gates": [at_the_door(gate) for gate in gates],
        "live_version": journey.version or None,
        "state": journey.state if is_live else None,
        "state_since": (journey.since or journey.live_since) if is_live else None,
        "state_because": journey.because or None,
        "now": iso(now),
        "zone": zone or None,
        "enrolment": _enrolment(standing, journey) if standing else None,
        "runs": [_run(run, journey) for run in runs[:MOST_RUNS]],
        "messages": [_message(message, standing, journey) for message in sorted(messages, key=_order)],
        "next": _next(journey, standing, messages, ahead, now) if standing else None,
        "merges": [_merge(merge) for merge in sorted(merges, key=lambda merge: (merge.at, merge.loser))],
        "conflicts": [dict(conflict) for conflict in profile.conflicts],
    }


def _entry(entry: EntryFacts, profile: Profile, journey: JourneyFacts, *, was_heard: bool) -> dict[str, Any]:
    """One way in, and why it does not let the contact in; nothing of one that did, or of which the door said No."""
    verdict, seen, named = by_entry(entry, profile, journey)
    is_told = not (was_heard and verdict is Verdict.NOT_ADMITTED)
    return {
        "entry": entry.words,
        "reason": verdict.value if is_told else None,
        "why": why(verdict, named, None, seen) if is_told else None,
        "seen": dict(seen) or None,
    }


def _run(run: Standing, journey: JourneyFacts) -> dict[str, Any]:
    return {
        "id": run.id,
        "key": run.key or None,
        "version": run.version,
        "status": run.status,
        "reason": run.reason or None,
        "left": left(run, journey.goal) if run.ended_at else None,
        "entered_at": run.entered_at,
        "ended_at": run.ended_at or None,
    }


def _enrolment(standing: Standing, journey: JourneyFacts) -> dict[str, Any]:
    return {
        "id": standing.id,
        "entry": standing.entry,
        "key": standing.key or None,
        "version": standing.version,
        "status": standing.status,
        "reason": standing.reason or None,
        "left": left(standing, journey.goal) if standing.ended_at else None,
        "entered_at": standing.entered_at,
        "entered_by": standing.entered_by,
        "came_by": standing.came_by or None,
        "converted_at": standing.converted_at or None,
        "holdout": standing.holdout,
        "ended_at": standing.ended_at or None,
        "step": standing.step,
        "until": standing.until or None,
        "leg": standing.leg,
        "execution": standing.execution,
        "calls": [_call(name, failure) for name, failure in sorted(standing.calls.items())],
        "waits": dict(standing.waits) if standing.waits else None,
    }


def _call(name: str, failure: str) -> dict[str, Any]:
    """A call step that was answered, or why it was not."""
    return {"step": name, "failed": failure or None, "why": unanswered(failure) if failure else None}


def _message(message: Message, standing: Standing | None, journey: JourneyFacts) -> dict[str, Any]:
    is_here = standing is not None and standing.status == "active" and standing.step == message.step
    known = {
        "channel": message.channel,
        "purpose": message.purpose,
        "zones": message.zones,
        "until": standing.until if standing and is_here else "",
        "since": journey.since if journey.state != "live" else "",
    }
    return {
        "id": message.id,
        "step": message.step,
        "channel": message.channel,
        "template": message.template,
        "state": message.state.value,
        "reason": message.reason or None,
        "why": said_of(message.state.value, message.reason, {**known, **message.seen}),
        "outcome": message.outcome or None,
        "due": message.due or None,
        "decided_at": message.decided_at or None,
        "sent_at": message.sent_at or None,
        "held": message.held,
        "zones": message.zones or None,
        "seen": dict(message.seen) or None,
        "note": _note(message, standing),
    }


def _note(message: Message, standing: Standing | None) -> str | None:
    """What a reader may wonder about: the claim is the fence, what comes after it is too late (house law 5)."""
    if message.state is MessageState.UNKNOWN:
        return "The provider may have it or not; it is not sent again. A report of the provider settles it."
    ended = standing.ended_at if standing else ""
    if ended and message.sent_at and message.decided_at <= ended < message.sent_at:
        return "The contact left after this message was claimed: too late to stop it."
    return None


def _merge(merge: Merge) -> dict[str, Any]:
    """That another contact became this person: why, and by which event of which source."""
    return {
        "contact": merge.loser,
        "into": merge.survivor,
        "at": merge.at,
        "why": merge.why,
        "identity": merge.identity,
        "event": merge.event,
        "source": merge.source,
    }


def _next(
    journey: JourneyFacts,
    standing: Standing,
    messages: Sequence[Message],
    ahead: Ahead | None,
    now: datetime,
) -> dict[str, Any] | None:
    """What happens next and when; None when nothing will."""
    if standing.status != "active":
        return None
    step = journey.steps.get(standing.step)
    coming = step.then if step and step.kind == "wait" else standing.step
    is_asked = step is not None and step.kind in ASKING
    return {
        "step": coming,
        "at": standing.until or None,
        "overdue": bool(standing.until) and standing.until < iso(now),
        "what": _what(journey, coming),
        "answers": [_answer(when, leads, journey) for when, leads in step.answers] if step else [],
        "if_answered": step.then if step and is_asked else None,
        "if_not": step.otherwise if step and is_asked else None,
        "held": _held(standing, messages),
        "message": ahead_told(ahead) if ahead else None,
    }


def _answer(when: str, leads: str, journey: JourneyFacts) -> dict[str, Any]:
    return {"when": when, "step": leads, "what": _what(journey, leads)}


def _what(journey: JourneyFacts, coming: str) -> str:
    if coming == END:
        return "The journey ends."
    step = journey.steps.get(coming)
    return step.does if step else "The state machine goes on."


def _held(standing: Standing, messages: Sequence[Message]) -> str | None:
    """Why the step that the contact stands at is held back, if it is."""
    planned = (m.reason for m in messages if m.step == standing.step and m.state is MessageState.PLANNED)
    return next((reason or "held" for reason in planned), None)


def _order(message: Message) -> tuple[str, str]:
    return message.due or message.decided_at, message.id
