"""Every gate of a message, asked with what it needs to know: the facts read, the workspace, the caps' row, the
account's turns. What the gates say is decided in `decide`; here it is only fetched for them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sojourn.clock import iso, parse_iso
from sojourn.consent.lapse import as_of
from sojourn.consent.model import Consent, Purpose
from sojourn.consent.suppression import closes
from sojourn.contacts.workspace import workspace
from sojourn.delivery.caps import Room, is_exempt
from sojourn.delivery.decide import SEND, address_of, caps_for, judge_time, refuse, room_for, waits_for
from sojourn.delivery.desk import Desk
from sojourn.delivery.model import Facts, HoldReason, Outside, SendRequest, Skip, Verdict
from sojourn.delivery.policy import policy_of
from sojourn.delivery.turns.model import LASTS, Limits
from sojourn.messages.model import Message

AT_ONCE = timedelta(seconds=1)  # a turn so near is now


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A message whose gates were asked, and what they leave for the claim."""

    request: SendRequest
    verdict: Verdict
    room: Room | None
    address: str
    now: datetime

    @property
    def message(self) -> Message:
        """As the gates leave it."""
        return replace(self.request.message, zones=self.verdict.zones, seen=self.verdict.facts)


def ask(request: SendRequest, facts: Facts, desk: Desk) -> Asked:
    """All gates: those of the message, or, where its hours are closed, of the one that goes instead."""
    if facts.message and facts.message is not request.message:
        request = _taken_over(request, facts.message)
    asked = _of_channel(request, facts, desk)
    asked = _with_instead(asked, facts, desk) if asked.verdict.instead else asked
    if asked.verdict != SEND:
        return asked
    if request.ghost:
        return replace(asked, verdict=Verdict(skip=Skip.HOLDOUT, zones=asked.verdict.zones))
    if asked.request.message.purpose == Purpose.SERVICE:
        asked = replace(asked, verdict=_of_service(asked, facts.consent, desk))
    return _in_turn(asked, facts, desk) if asked.verdict == SEND else asked


def _taken_over(request: SendRequest, there: Message) -> SendRequest:
    """The intent keeps its slot: since when it waits, what is reserved for it, and how often it was held."""
    instead = _kept(request.instead, there) if request.instead else None
    return replace(request, message=_kept(request.message, there), instead=instead)


def _kept(message: Message, there: Message) -> Message:
    return replace(
        message,
        held=there.held,
        due=there.due or message.due,
        reserved=there.reserved,
        turn=there.turn,
        released=there.released,
    )


def _of_channel(request: SendRequest, facts: Facts, desk: Desk) -> Asked:
    now, here, message = desk.clock.calendar(), workspace(), request.message
    address = address_of(request, facts) or ""
    suppressed = _suppressed(message, address, facts.consent, desk) if address else None
    refused = refuse(request, facts, suppressed=suppressed)
    if refused:
        return Asked(request=request, verdict=refused, room=None, address=address, now=now)
    # Only where a cap applies does anybody look at the row of what is capped.
    # What waits for a person's word takes no place in them: it asks again when that is said.
    is_counted = waits_for(request) is None and bool(caps_for(request, here))
    ledger = desk.ledger(facts.profile.collections) if is_counted else None
    verdict = judge_time(request, facts, now=now, workspace=here, ledger=ledger)
    room = room_for(request, facts, here, ledger, now=now) if ledger else None
    return Asked(request=request, verdict=verdict, room=room, address=address, now=now)


def _suppressed(message: Message, address: str, consent: Consent, desk: Desk) -> str | None:
    known = desk.suppression(message.channel, address)
    is_closed = known and closes(known, message.channel, message.purpose, message.topic or None, consent)
    return known.reason if known and is_closed else None


def _with_instead(asked: Asked, facts: Facts, desk: Desk) -> Asked:
    """The other channel's message if that may go at once, else what was decided without it."""
    request = asked.request
    assert request.instead is not None
    said = {"message": request.instead, "window": request.instead_window}
    other = replace(request, **said, instead=None, outside=Outside.HOLD)  # type: ignore[arg-type]
    found = _of_channel(other, facts, desk)
    if found.verdict != SEND:
        refused = {"instead": found.verdict.skip or found.verdict.hold}
        return replace(asked, verdict=replace(asked.verdict, facts={**asked.verdict.facts, **refused}))
    seen = {**asked.verdict.facts, "instead_of": request.message.channel}
    message = replace(other.message, reason=Skip.OUTSIDE_HOURS)
    verdict = replace(found.verdict, facts=seen)
    return replace(found, request=replace(other, message=message), verdict=verdict)


def _of_service(asked: Asked, consent: Consent, desk: Desk) -> Verdict:
    """Service mail needs no consent, so it has limits of its own."""
    message = asked.message
    waits = as_of(consent, desk.clock.calendar()).pending(message.channel)
    if desk.composer.asks_to_confirm(message) and not waits:
        return Verdict(skip=Skip.NOTHING_TO_CONFIRM, zones=asked.verdict.zones)
    if not desk.may_ask(message.channel, asked.address, message.id, message.journey):
        return Verdict(skip=Skip.TOO_OFTEN, zones=asked.verdict.zones)
    return asked.verdict


def _in_turn(asked: Asked, facts: Facts, desk: Desk) -> Asked:
    """Mail goes at the account's rate: now if its turn is there, or else when it comes."""
    message = asked.request.message
    if desk.turns is None or message.channel != "email":
        return asked
    policy, wall = policy_of(workspace().delivery), desk.clock.wall()
    limits = Limits(rate=policy.email_rate, quota=policy.email_quota)
    if not limits:
        return asked
    own = parse_iso(message.turn) if message.turn else None
    if own and own <= wall < own + LASTS:
        return asked
    reason, at = HoldReason.RATE, own
    if at is None or at <= wall:
        turn = desk.turns.take(limits, now=wall, urgent=is_exempt(message))
        reason, at = turn.waits_for, turn.at
    if at <= wall + AT_ONCE:
        return asked
    return _until_turn(asked, facts, at, reason, desk)


def _until_turn(asked: Asked, facts: Facts, at: datetime, reason: HoldReason, desk: Desk) -> Asked:
    """Held until its turn, or until what else must suit it then; that moment is asked for like any other."""
    until = asked.now + (at - desk.clock.wall()) * desk.clock.pace
    ledger = asked.room.ledger if asked.room else None
    then = judge_time(asked.request, facts, now=until, workspace=workspace(), ledger=ledger)
    if then.skip:
        return replace(asked, verdict=then)
    # A turn of the day's end is none: whoever waits for tomorrow's mails asks again tomorrow.
    is_kept = then.hold is None and reason is HoldReason.RATE
    message = replace(asked.request.message, turn=iso(at) if is_kept else "")
    verdict = Verdict(hold=then.hold or reason, until=then.until or until, zones=asked.verdict.zones)
    seen = {"turn": iso(until), **then.facts}
    return replace(
        asked, request=replace(asked.request, message=message), verdict=replace(verdict, facts=seen)
    )
