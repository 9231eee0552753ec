"""The decision, without any side effect: send, skip or hold, from facts alone.

Gates in order: the journey, address, suppression, consent, sending mode, the sender's reputation, then time: hours,
caps, expiry. The first that closes is the reason. What only time closes is asked together, so that a message which must
wait learns the first moment that suits all of it; and where that is too late, it learns so at once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sojourn.clock import iso, parse_iso
from sojourn.consent.model import Purpose
from sojourn.contacts.addresses import refusal as texting_refusal
from sojourn.contacts.workspace import Workspace
from sojourn.delivery.caps import Ledger, Room, applying
from sojourn.delivery.hours import day_start
from sojourn.delivery.model import (
    FOREVER,
    Cap,
    Facts,
    HoldReason,
    JourneyState,
    Outside,
    SendRequest,
    Skip,
    Verdict,
    Window,
)
from sojourn.delivery.modes import shut_by, waits_for_release
from sojourn.delivery.policy import policy_of
from sojourn.delivery.release import LocalHours, home_of, hours_of
from sojourn.delivery.schedule import Constraint, Deadline, Never, earliest

SEND = Verdict()
NOWHERE = Workspace()
USUAL_EXPIRY = timedelta(hours=24)


def address_of(request: SendRequest, facts: Facts) -> str | None:
    """Where this channel reaches the contact."""
    return facts.profile.email if request.message.channel == "email" else facts.profile.phone


def decide(
    request: SendRequest,
    facts: Facts,
    *,
    suppressed: str | None,
    now: datetime,
    workspace: Workspace = NOWHERE,
    ledger: Ledger | None = None,
) -> Verdict:
    """What becomes of the message now. `ledger` is what the caps count, where any of `caps_of` applies."""
    refused = refuse(request, facts, suppressed=suppressed)
    return refused or judge_time(request, facts, now=now, workspace=workspace, ledger=ledger)


def refuse(request: SendRequest, facts: Facts, *, suppressed: str | None) -> Verdict | None:
    """The gates that no time opens; None when they stand open."""
    if request.journey_state != JourneyState.LIVE:
        return _not_live(request.journey_state)
    address, message = address_of(request, facts), request.message
    if not address:
        return Verdict(skip=Skip.NO_ADDRESS)
    if message.channel == "sms" and (fault := texting_refusal(address)):
        return Verdict(skip=fault.value)
    if suppressed:
        return Verdict(skip=Skip.SUPPRESSED, facts={"suppressed": suppressed})
    topic = message.topic or None
    if refusal := facts.consent.refusal(message.channel, message.purpose, topic):
        status = facts.consent.status(message.channel, message.purpose, topic)
        return Verdict(skip=refusal.value, facts={"consent": status.value if status else None})
    if mode := shut_by(request.sending, request.mode, address):
        return Verdict(skip=Skip.MODE, facts={"mode": mode.value})
    return None


def judge_time(
    request: SendRequest, facts: Facts, *, now: datetime, workspace: Workspace, ledger: Ledger | None = None
) -> Verdict:
    """Whether it may go now, when it may otherwise, or that this would be too late."""
    hours = hours_for(request, facts, workspace, now=now)
    if word := waits_for(request):
        return _kept_back(word, request, deadline_of(request, facts, workspace, hours, now=now), now)
    opens = hours.opens(now) if hours else now
    zones = str(hours.place) if hours else ""
    if hours and opens != now and request.outside is Outside.SKIP:
        skip = Skip.OUTSIDE_HOURS if opens else Skip.NO_COMMON_HOURS
        return Verdict(skip=skip, zones=zones, facts=_seen_of_hours(hours, now))
    room = room_for(request, facts, workspace, ledger, now=now) if ledger else None
    deadline = deadline_of(request, facts, workspace, hours, now=now)
    verdict = _scheduled(hours, room, deadline, now)
    if not hours:
        return verdict
    return Verdict(
        skip=verdict.skip,
        hold=verdict.hold,
        until=verdict.until,
        instead=opens != now and request.instead is not None,
        zones=zones,
        facts=verdict.facts,
    )


def is_draft(request: SendRequest) -> bool:
    """Whether it waits for a person; what goes to nobody needs no one's word."""
    is_let_go = request.ghost or bool(request.message.released)
    return not is_let_go and waits_for_release(request.sending, request.mode)


def is_paused(request: SendRequest) -> bool:
    """Whether it is marketing, and that waits for the sake of the sender's reputation."""
    return request.standing.is_paused and request.message.purpose == Purpose.MARKETING


def waits_for(request: SendRequest) -> HoldReason | None:
    """Whose word it waits for: a person's who releases it, or who resumes marketing."""
    if is_draft(request):
        return HoldReason.DRAFT
    return HoldReason.REPUTATION if is_paused(request) else None


def hours_for(
    request: SendRequest, facts: Facts, workspace: Workspace, *, now: datetime
) -> LocalHours | None:
    """The hours of the message where its reader may be; None when it may go at any."""
    message = request.message
    window = policy_of(workspace.delivery).window(request.window, message.channel, message.purpose)
    return hours_of(window, message.channel, facts.profile, workspace, now=now) if window else None


def caps_for(request: SendRequest, workspace: Workspace) -> tuple[Cap, ...]:
    """The caps of the journey and of the workspace that the message must have room under."""
    caps = (*request.caps, *policy_of(workspace.delivery).caps)
    return applying(caps, request.message) if caps else ()


def room_for(
    request: SendRequest, facts: Facts, workspace: Workspace, ledger: Ledger, *, now: datetime
) -> Room | None:
    """What the message asks of the caps; None when none applies."""
    caps = caps_for(request, workspace)
    return (
        Room(
            caps=caps,
            ledger=ledger,
            message=request.message,
            priority=request.priority,
            zone=home_of(facts.profile, workspace),
            now=now,
        )
        if caps
        else None
    )


def deadline_of(
    request: SendRequest, facts: Facts, workspace: Workspace, hours: LocalHours | None, *, now: datetime
) -> Deadline:
    """Until when the message may go. What the step says counts from when the contact came to it. The usual 24 hours
    count from when its hours first were open then, so that nothing expires for the sake of hours alone."""
    due = parse_iso(request.message.due) if request.message.due else now
    due = max(due, request.late_from) if request.late_from else due
    if request.expires_with_the_day:
        zone = home_of(facts.profile, workspace)
        tomorrow = due.astimezone(zone).date() + timedelta(days=1)
        return Deadline(day_start(zone, tomorrow) + request.slack, with_the_day=True)
    if request.expires is not None:
        return Deadline(due + request.expires + request.slack)
    opened = hours.opens(due) if hours else due
    return Deadline((opened or due) + USUAL_EXPIRY + request.slack)


def _not_live(state: str) -> Verdict:
    if state == JourneyState.STOPPED:
        return Verdict(skip=Skip.JOURNEY_STOPPED)
    return Verdict(hold=HoldReason.PAUSED, until=parse_iso(FOREVER))


def _kept_back(word: HoldReason, request: SendRequest, deadline: Deadline, now: datetime) -> Verdict:
    """Held until it expires: at that moment nobody can let it go any more."""
    seen: Mapping[str, Any] = {"expires": iso(deadline.ends)}
    if word is HoldReason.REPUTATION:
        seen = {**seen, **request.standing.facts()}
    if now >= deadline.ends:
        return Verdict(skip=Skip.EXPIRED, facts=seen)
    return Verdict(hold=word, until=deadline.ends, facts=seen)


def _scheduled(hours: LocalHours | None, room: Room | None, deadline: Deadline, now: datetime) -> Verdict:
    constraints: list[tuple[HoldReason, Constraint]] = []
    constraints += [(HoldReason.HOURS, hours)] if hours else []
    constraints += [(HoldReason.CAP, room)] if room else []
    slot = earliest(now, constraints, deadline)
    if room and slot.at and room.refuses(slot.at):
        return Verdict(skip=Skip.CAPPED, facts=_seen(hours, room, deadline, now))
    if isinstance(slot, Never):
        goes = {"could_go": iso(slot.at)} if slot.at else {}
        return Verdict(skip=slot.reason, facts={**_seen(hours, room, deadline, now), **goes})
    if slot.waits_for is None:
        return SEND
    return Verdict(hold=slot.waits_for, until=slot.at, facts=_seen(hours, room, deadline, now))


def _seen(
    hours: LocalHours | None, room: Room | None, deadline: Deadline, now: datetime
) -> Mapping[str, Any]:
    """What the gates saw, as explain tells it."""
    return {
        **(_seen_of_hours(hours, now) if hours else {}),
        **(_seen_of_caps(room, now) if room else {}),
        "expires": iso(deadline.ends),
    }


def _seen_of_hours(hours: LocalHours, now: datetime) -> dict[str, Any]:
    opens = hours.opens(now)
    return {"hours": said(hours.window), **({"opens": iso(opens)} if opens else {})}


def _seen_of_caps(room: Room, now: datetime) -> dict[str, Any]:
    closed: Sequence[tuple[Cap, int]] = room.closed(now)
    caps = [{"most": cap.most, "seconds": cap.seconds, "counted": counted} for cap, counted in closed]
    opens = room.opens(now)
    return {"caps": caps, **({"room": iso(opens)} if opens else {})} if caps else {}


def said(window: Window) -> str:
    """`mon,tue 09:00-17:00`."""
    days = ",".join(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day] for day in window.days)
    return f"{days} {window.start}-{window.end}".strip()
