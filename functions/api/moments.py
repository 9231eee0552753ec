"""The moments of a life as the API tells them: `{kind, at, what, name, why, detail}`. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions.api import answers
from sojourn.clock import iso
from sojourn.consent.model import ALL, ConsentChange
from sojourn.contacts.merge import Merge
from sojourn.events.model import Event
from sojourn.insight.reasons import ended_by, said_of
from sojourn.journeys.enrolment import Enrolment
from sojourn.messages.model import Message

EVENT, MESSAGE, CONSENT, SEGMENT, JOURNEY, MERGE = (
    "event",
    "message",
    "consent",
    "segment",
    "journey",
    "merge",
)
KINDS = (EVENT, MESSAGE, CONSENT, SEGMENT, JOURNEY, MERGE)
OF_SEGMENTS = {"Segment Entered": "entered", "Segment Left": "left"}
OF_CONSENT = {"Consent Given", "Consent Withdrawn"}


@dataclass(frozen=True, slots=True)
class Moment:
    """`place` is where it stands among others, as events stand among events; `key` says what it is told by, if two
    things tell it."""

    place: tuple[str, str]
    told: Mapping[str, Any]
    key: tuple[str, ...] = ()
    is_event: bool = False


def of_event(event: Event) -> Moment:
    """What a person did; coming into a segment is a moment of the segment's."""
    name, at = event.event or event.type, iso(event.at)
    detail = answers.event(event)
    if name in OF_SEGMENTS:
        segment, what = str(event.properties.get("segment", "")), OF_SEGMENTS[name]
        told = _told(SEGMENT, at, what, segment, None, detail)
        return Moment((event.sk, event.pk), told, (SEGMENT, segment, what, at), is_event=True)
    key = (CONSENT, event.key) if name in OF_CONSENT else (EVENT, event.key)
    return Moment((event.sk, event.pk), _told(EVENT, at, name, "", None, detail), key, is_event=True)


def of_message(message: Message) -> Moment:
    """What a person was sent, or is to be, or why not."""
    at = message.sent_at or message.decided_at or message.due
    known = {"channel": message.channel, "purpose": message.purpose, "zones": message.zones, **message.seen}
    why = said_of(message.state.value, message.reason, known)
    return _moment(message.id, MESSAGE, at, message.state.value, message.step, why, answers.message(message))


def of_consent(sk: str, change: ConsentChange) -> Moment:
    """What a person allowed, or took back."""
    detail = {
        "channel": change.channel.value,
        "purpose": change.purpose.value,
        "topic": change.topic or ALL,
        "source": change.source,
        "how": change.how or None,
        "wording": change.wording,
    }
    name = f"{change.channel.value}|{change.purpose.value}|{change.topic or ALL}"
    moment = _moment(sk, CONSENT, iso(change.at), change.word.value, name, None, detail)
    return Moment(moment.place, moment.told, (CONSENT, change.event_key))


def of_run(run: Enrolment) -> Iterator[Moment]:
    """How a person came into a journey, met its goal, and left."""
    detail = {"enrolment": run.id, "version": run.version, "step": run.at, "status": run.status.value}
    yield _moment(run.id, JOURNEY, run.entered_at, "entered", run.journey, None, detail)
    if run.converted_at:
        yield _moment(run.id, JOURNEY, run.converted_at, "converted", run.journey, None, detail)
    if run.ended_at:
        why = ended_by(run.reason) if run.reason else None
        yield _moment(f"{run.id}.", JOURNEY, run.ended_at, run.status.value, run.journey, why, detail)


def of_membership(name: str, since: str, until: str, cause: str) -> Iterator[Moment]:
    """How a person came into a segment last, and went."""
    for what, at in (("entered", since), ("left", until)):
        if at:
            moment = _moment(f"{name}.{what}", SEGMENT, at, what, name, None, {"cause": cause})
            yield Moment(moment.place, moment.told, (SEGMENT, name, what, at))


def of_merge(merge: Merge) -> Moment:
    """That another contact became this person."""
    detail = {"identity": merge.identity, "source": merge.source}
    return _moment(merge.loser, MERGE, merge.at, "merged", merge.loser, merge.why, detail)


def _moment(
    id: str,  # noqa: A002
    kind: str,
    at: str,
    what: str,
    name: str,
    why: str | None,
    detail: Mapping[str, Any],
) -> Moment:
    return Moment((f"{at}#{kind}", id), _told(kind, at, what, name, why, detail))


def _told(
    kind: str, at: str, what: str, name: str, why: str | None, detail: Mapping[str, Any]
) -> dict[str, Any]:
    return {"kind": kind, "at": at, "what": what, "name": name, "why": why, "detail": dict(detail)}
