"""Why a contact is in a journey or not, where it stands, what it was sent or not, and what comes next. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.merge import Merge
from sojourn.contacts.model import Profile
from sojourn.insight.verdicts import (
    SENTENCES,
    Came,
    EntryFacts,
    EntryKind,
    Gate,
    JourneyFacts,
    Standing,
    StepFacts,
    Verdict,
    verdict_on,
    why,
)
from sojourn.messages.model import Message, MessageState

__all__ = [
    "SENTENCES", "Came", "EntryFacts", "EntryKind", "Gate", "JourneyFacts", "Standing", "StepFacts", "Verdict",
    "explain",
]  # fmt: skip

END = "(end)"


def explain(
    profile: Profile,
    journey: JourneyFacts,
    *,
    standing: Standing | None,
    messages: Sequence[Message],
    merges: Sequence[Merge] = (),
    refused: Gate | None = None,
    gates: Sequence[Gate] = (),
    now: datetime,
) -> dict[str, Any]:
    """The whole answer; `reason` is one of `Verdict`, `why` says it in words, `seen` has the values behind it.

    `refused` is the newest refusal, `gates` what each gate would say now.
    """
    verdict, seen, named = verdict_on(profile, journey, standing, refused, gates)
    return {
        "contact": profile.contact,
        "journey": journey.name,
        "enrolled": verdict is Verdict.ACTIVE,
        "reason": verdict.value,
        "why": why(verdict, named, standing, seen),
        "seen": dict(seen) or None,
        "gates": [_gate(gate) for gate in gates],
        "live_version": journey.version or None,
        "state": journey.state if journey.version else None,
        "enrolment": _enrolment(standing) if standing else None,
        "messages": [_message(message, standing) for message in sorted(messages, key=_order)],
        "next": _next(journey, standing, messages, now) if standing else None,
        "merges": [_merge(merge) for merge in sorted(merges, key=lambda merge: (merge.at, merge.loser))],
        "conflicts": [dict(conflict) for conflict in profile.conflicts],
    }


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "gate": gate.name,
        "passes": not gate.reason,
        "reason": gate.reason or None,
        "seen": dict(gate.seen) if gate.seen else None,
    }


def _enrolment(standing: Standing) -> dict[str, Any]:
    return {
        "id": standing.id,
        "entry": standing.entry,
        "version": standing.version,
        "status": standing.status,
        "reason": standing.reason or None,
        "entered_at": standing.entered_at,
        "entered_by": standing.entered_by,
        "ended_at": standing.ended_at or None,
        "step": standing.step,
        "until": standing.until or None,
        "leg": standing.leg,
        "execution": standing.execution,
        "waits": dict(standing.waits) if standing.waits else None,
    }


def _message(message: Message, standing: Standing | None) -> dict[str, Any]:
    return {
        "id": message.id,
        "step": message.step,
        "channel": message.channel,
        "template": message.template,
        "state": message.state.value,
        "reason": message.reason or None,
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
    journey: JourneyFacts, standing: Standing, messages: Sequence[Message], now: datetime
) -> dict[str, Any] | None:
    """What happens next and when; None when nothing will."""
    if standing.status != "active":
        return None
    step = journey.steps.get(standing.step)
    coming = standing.step
    if step and step.kind == "wait":
        coming = step.then
    return {
        "step": coming,
        "at": standing.until or None,
        "overdue": bool(standing.until) and standing.until < iso(now),
        "what": _what(journey, coming),
        "if_answered": step.then if step and step.kind == "wait for" else None,
        "if_not": step.otherwise if step and step.kind == "wait for" else None,
        "held": _held(standing, messages),
    }


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
