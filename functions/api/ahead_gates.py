"""Gates of the message that comes next, each told by itself: the sending mode, the reputation, and one cap."""

from collections.abc import Iterator
from datetime import datetime

from sojourn.clock import iso
from sojourn.delivery.caps import Room
from sojourn.delivery.decide import is_draft, is_paused
from sojourn.delivery.model import Cap, HoldReason, SendRequest, Skip
from sojourn.delivery.modes import Mode, shut_by
from sojourn.insight.explain import Gate
from sojourn.insight.reasons import lasting


def mode_gate(request: SendRequest, address: str) -> Iterator[Gate]:
    """Where anything is said of how far messages go."""
    seen = {"workspace": request.sending.mode.value, "journey": str(request.mode)}
    if set(seen.values()) == {Mode.LIVE} and not request.sending.restored:
        return
    shut = shut_by(request.sending, request.mode, address)
    reason = Skip.MODE.value if shut else HoldReason.DRAFT.value if is_draft(request) else ""
    yield Gate("mode", reason, {**seen, **({"mode": shut.value} if shut else {})})


def reputation_gate(request: SendRequest) -> Iterator[Gate]:
    """Where marketing is paused for bounces or complaints."""
    if request.standing.is_paused:
        reason = HoldReason.REPUTATION.value if is_paused(request) else ""
        yield Gate("reputation", reason, {**request.standing.facts(), "purpose": request.message.purpose})


def cap_gate(cap: Cap, room: Room, at: datetime) -> Gate:
    """What one cap alone says."""
    alone = Room(
        caps=(cap,),
        ledger=room.ledger,
        message=room.message,
        priority=room.priority,
        zone=room.zone,
        now=room.now,
    )
    kept = cap.keep if room.priority < cap.keep_for else 0
    is_full = bool(alone.closed(at))
    opens = alone.opens(at) if is_full and not cap.skips else None
    seen = {
        "of": "the journey" if cap.journey else "the workspace",
        "channel": cap.channel or None,
        "topic": cap.topic or None,
        "used": room.used(cap, at),
        "at_most": cap.most - kept,
        "kept": kept or None,
        "per": lasting(cap.seconds),
        "count": "calendar" if cap.is_calendar else "rolling",
        "room": iso(opens) if opens else None,
    }
    return Gate("cap", (Skip.CAPPED.value if cap.skips else HoldReason.CAP.value) if is_full else "", seen)
