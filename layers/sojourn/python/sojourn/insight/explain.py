"""Why a contact is in a journey or not, where it stands, what it was sent or not, and what comes next. Pure.

The journeys lie floors above, so what must be known of one comes as plain facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.merge import Merge
from sojourn.contacts.model import Profile
from sojourn.contacts.seen import News, last_news
from sojourn.messages.model import Message, MessageState

END = "(end)"


class Verdict(StrEnum):
    """Why a contact is in a journey or not."""

    ACTIVE = "active"
    ALREADY_ONCE = "already_once"
    BETWEEN_REQUESTS = "between_requests"
    JOURNEY_NOT_LIVE = "journey_not_live"
    ENTRY_EVENT_NEVER_SEEN = "entry_event_never_seen"
    ENTRY_EVENT_BEFORE_LIVE = "entry_event_before_live"
    ENTRY_EVENT_TOO_OLD = "entry_event_too_old"
    ENTRY_EVENT_IMPORTED = "entry_event_imported"
    SEGMENT_NEVER_ENTERED = "segment_never_entered"
    SEGMENT_ENTERED_BEFORE_LIVE = "segment_entered_before_live"
    SEGMENT_ENTERED_UNMOVED = "segment_entered_unmoved"
    SEGMENT_INVALID = "segment_invalid"
    NOT_ADMITTED = "not_admitted"


SENTENCES = {
    Verdict.ACTIVE: "The contact is in the journey.",
    Verdict.ALREADY_ONCE: "The contact went through the journey already, and a journey is entered once.",
    Verdict.BETWEEN_REQUESTS: "The contact went through the journey; the next {entry} lets them in again.",
    Verdict.JOURNEY_NOT_LIVE: "The journey is not live: nobody can enter before it is published.",
    Verdict.ENTRY_EVENT_NEVER_SEEN: "The journey is entered by {entry}, and the contact never did that.",
    Verdict.ENTRY_EVENT_BEFORE_LIVE: "The contact's last {entry} came before the journey went live.",
    Verdict.ENTRY_EVENT_TOO_OLD: "{entry} was old news when it arrived, and what is no news moves nobody.",
    Verdict.ENTRY_EVENT_IMPORTED: "{entry} came with an import, and imported history moves nobody.",
    Verdict.SEGMENT_NEVER_ENTERED: (
        "The journey is entered by coming into the segment {entry}, and the contact never did."
    ),
    Verdict.SEGMENT_ENTERED_BEFORE_LIVE: "The contact came into {entry} before the journey went live.",
    Verdict.SEGMENT_ENTERED_UNMOVED: (
        "The contact came into {entry} when the rule was made or changed, or by an import, and that moves nobody."
    ),
    Verdict.SEGMENT_INVALID: (
        "The segment {entry} names an attribute that was deleted: until its rule is mended nobody comes in or goes out."
    ),
    Verdict.NOT_ADMITTED: "{entry} was seen, but there is no enrolment: it may be on its way; ask again in a minute.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """A step: what it does in words, and the steps it leads to."""

    kind: str
    does: str
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Came:
    """When a contact came into a segment last, and whether by what may move somebody."""

    since: str
    moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyFacts:
    """A journey as published; `version` 0 when it never was. `steps` are those of the contact's own version."""

    name: str
    version: int = 0
    entry: str = ""
    live_since: str = ""
    is_entered_again: bool = False
    segment: str = ""  # that one comes into, where that is the entry
    is_held: bool = False  # for that segment's rule cannot be judged
    steps: Mapping[str, StepFacts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An enrolment as its row tells it, without what is secret."""

    id: str
    entry: int
    version: int
    status: str
    reason: str
    entered_at: str
    entered_by: str
    ended_at: str
    step: str
    until: str
    leg: int
    execution: str
    waits: Mapping[str, Any] | None = None


def explain(
    profile: Profile,
    journey: JourneyFacts,
    *,
    standing: Standing | None,
    messages: Sequence[Message],
    merges: Sequence[Merge] = (),
    came: Came | None = None,
    now: datetime,
) -> dict[str, Any]:
    """The whole answer; `reason` is one of `Verdict`, `why` says it in words."""
    verdict = _verdict(profile, journey, standing, came)
    return {
        "contact": profile.contact,
        "journey": journey.name,
        "enrolled": verdict is Verdict.ACTIVE,
        "reason": verdict.value,
        "why": _why(verdict, journey, standing),
        "live_version": journey.version or None,
        "enrolment": _enrolment(standing) if standing else None,
        "messages": [_message(message, standing) for message in sorted(messages, key=_order)],
        "next": _next(journey, standing, messages, now) if standing else None,
        "merges": [_merge(merge) for merge in sorted(merges, key=lambda merge: (merge.at, merge.loser))],
        "conflicts": [dict(conflict) for conflict in profile.conflicts],
    }


def _verdict(
    profile: Profile, journey: JourneyFacts, standing: Standing | None, came: Came | None
) -> Verdict:
    if standing:
        over = Verdict.BETWEEN_REQUESTS if journey.is_entered_again else Verdict.ALREADY_ONCE
        return Verdict.ACTIVE if standing.status == "active" else over
    if not journey.version:
        return Verdict.JOURNEY_NOT_LIVE
    if journey.segment:
        return Verdict.SEGMENT_INVALID if journey.is_held else _came(came, journey)
    seen = profile.events.get(journey.entry)
    if not seen:
        return Verdict.ENTRY_EVENT_NEVER_SEEN
    last = last_news(seen)
    if not last:
        return Verdict.ENTRY_EVENT_TOO_OLD if News.LATE in seen else Verdict.ENTRY_EVENT_IMPORTED
    return Verdict.ENTRY_EVENT_BEFORE_LIVE if last < journey.live_since else Verdict.NOT_ADMITTED


def _came(came: Came | None, journey: JourneyFacts) -> Verdict:
    if came is None:
        return Verdict.SEGMENT_NEVER_ENTERED
    if came.since < journey.live_since:
        return Verdict.SEGMENT_ENTERED_BEFORE_LIVE
    return Verdict.NOT_ADMITTED if came.moves else Verdict.SEGMENT_ENTERED_UNMOVED


def _why(verdict: Verdict, journey: JourneyFacts, standing: Standing | None) -> str:
    sentence = SENTENCES[verdict].format(entry=f"“{journey.segment or journey.entry}”")
    if verdict not in {Verdict.ALREADY_ONCE, Verdict.BETWEEN_REQUESTS} or standing is None:
        return sentence
    because = f" ({standing.reason})" if standing.reason else ""
    return f"{sentence} It {standing.status}{because} at {standing.ended_at}."


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
