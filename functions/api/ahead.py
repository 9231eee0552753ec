"""What would become of the message that a run comes to next, gate by gate, as things stand: decided by delivery's own
words, and nothing is done, taken or written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.api.ahead_gates import cap_gate, mode_gate, reputation_gate
from functions.api.world import world
from sojourn.clock import iso, parse_iso
from sojourn.consent.addresses.store import find_suppression
from sojourn.consent.model import NEEDS_NO_CONSENT, Purpose, effective
from sojourn.consent.suppression import Suppression, closes
from sojourn.contacts.addresses import refusal as texting_refusal
from sojourn.contacts.workspace import workspace
from sojourn.delivery import store as delivery
from sojourn.delivery.caps import Room, is_exempt
from sojourn.delivery.decide import (
    SEND,
    address_of,
    caps_for,
    deadline_of,
    decide,
    hours_for,
    room_for,
    said,
)
from sojourn.delivery.ledger.store import read_ledger
from sojourn.delivery.model import Facts, HoldReason, Outside, SendRequest, Skip, Verdict
from sojourn.delivery.policy import policy_of
from sojourn.delivery.turns.model import Limits
from sojourn.delivery.turns.store import used_on
from sojourn.insight.explain import Ahead, Gate
from sojourn.journeys.delivering import request_of
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.live import LIVE, LiveJourney
from sojourn.journeys.modes import sending_of
from sojourn.journeys.reputation import standing_of
from sojourn.journeys.rounds import round_of
from sojourn.journeys.send_step import as_resumed
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import HumanTask, Send, Wait, WaitFor
from sojourn.journeys.store import key_of
from sojourn.journeys.versions import published
from sojourn.messages.model import Message, MessageState, message_digest

BY_WORD = {HoldReason.PAUSED, HoldReason.DRAFT, HoldReason.REPUTATION}  # somebody ends the hold, not a moment
PROVIDERS = {HoldReason.RATE, HoldReason.QUOTA, HoldReason.SUSPENDED, HoldReason.PROVIDER}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The message, and everything that its gates look at."""

    request: SendRequest
    facts: Facts
    live: LiveJourney | None
    suppression: Suppression | None
    room: Room | None
    at: datetime

    @property
    def message(self) -> Message:
        return self.request.message

    @property
    def is_closed(self) -> bool:
        """Whether the address is suppressed for this message."""
        known, message = self.suppression, self.message
        return known is not None and closes(
            known, message.channel, message.purpose, message.topic or None, self.facts.consent
        )


def message_ahead(run: Enrolment, *, now: datetime) -> Ahead | None:
    """The message of the step where the run stands, or of the step behind its wait; None where no message is next."""
    coming = _next_send(run, now)
    if coming is None:
        return None
    step, at = coming
    asked = _asked(run, step, at)
    if asked is None:
        return None
    verdict = _verdict(asked, run)
    state = (
        MessageState.SKIPPED if verdict.skip else MessageState.PLANNED if verdict.hold else MessageState.SENT
    )
    return Ahead(
        step=step.name,
        channel=asked.message.channel,
        purpose=asked.message.purpose,
        at=iso(at),
        state=state.value,
        reason=verdict.skip or str(verdict.hold or ""),
        until=iso(verdict.until) if verdict.until and verdict.hold not in BY_WORD else "",
        seen={**_values(asked), **verdict.facts},
        gates=tuple(_gates(asked, now)),
    )


def _next_send(run: Enrolment, now: datetime) -> tuple[Send, datetime] | None:
    """With the moment when the run comes to it; of a wait for something, by the way of silence."""
    journey, _ = published(run.journey, run.version)
    shape = shape_of(journey)
    step, at = shape.steps.get(run.at), now
    if isinstance(step, Wait | WaitFor | HumanTask):
        at = max(now, parse_iso(run.until)) if run.until else now
        ways = shape.ways[step.name]
        step = shape.steps.get(ways.then if isinstance(step, Wait) else ways.otherwise)
    return (step, at) if isinstance(step, Send) else None


def _asked(run: Enrolment, step: Send, at: datetime) -> _Asked | None:
    """None when the message is settled already, or being sent."""
    journey, templates = published(run.journey, run.version)
    message = _message(run, step, templates[step.template], at)
    facts, _, rows = delivery.read_with(run.contact, message.digest, key_of(run.id), LIVE)
    there = facts.message
    if there and there.state is not MessageState.PLANNED:
        return None
    ghost = run.holdout or step.name in shape_of(journey).held_out
    more = {"ghost": ghost, "sending": sending_of(rows), "standing": standing_of(rows)}
    request = request_of(journey, step, there or message, templates, **more)
    live = LiveJourney.from_json(run.journey, rows[run.journey]) if run.journey in rows else None
    request = as_resumed(request, live) if live else request
    address = address_of(request, facts)
    here = workspace()
    ledger = read_ledger(facts.profile.collections) if caps_for(request, here) else None
    return _Asked(
        request=request,
        facts=facts,
        live=live,
        suppression=find_suppression(message.channel, address) if address else None,
        room=room_for(request, facts, here, ledger, now=at) if ledger else None,
        at=at,
    )


def _message(run: Enrolment, step: Send, version: int, at: datetime) -> Message:
    journey, _ = published(run.journey, run.version)
    return Message(
        contact=run.contact,
        digest=message_digest(run.id, step.name, round_of(journey, run.rounds, step.name)),
        enrolment=run.id,
        journey=run.journey,
        version=run.version,
        step=step.name,
        channel=step.channel.value,
        template=step.template,
        template_version=version,
        identity=run.identity,
        topic=journey.topic or "",
        purpose=journey.purpose.value,
        due=iso(at),
    )


def _verdict(asked: _Asked, run: Enrolment) -> Verdict:
    """Delivery's own; where it would let go what the provider, or the account's rate, holds, that still holds."""
    suppressed = asked.suppression.reason if asked.is_closed and asked.suppression else None
    ledger = asked.room.ledger if asked.room else None
    verdict = decide(
        asked.request, asked.facts, suppressed=suppressed, now=asked.at, workspace=workspace(), ledger=ledger
    )
    if verdict != SEND:
        return verdict
    if asked.request.ghost:
        return Verdict(skip=Skip.HOLDOUT)
    there = asked.facts.message
    if there and there.reason in PROVIDERS and run.until and parse_iso(run.until) > asked.at:
        return Verdict(hold=HoldReason(there.reason), until=parse_iso(run.until), facts=there.seen)
    return verdict


def _values(asked: _Asked) -> dict[str, Any]:
    """What every sentence about the message may name."""
    hours = hours_for(asked.request, asked.facts, workspace(), now=asked.at)
    since = asked.live.since if asked.live and asked.live.state.value != "live" else ""
    return {
        **({"since": since} if since else {}),
        **({"zones": str(hours.place)} if hours else {}),
    }


def _gates(asked: _Asked, now: datetime) -> Iterator[Gate]:
    """Each of them, whatever the others say, in the order in which they are asked."""
    yield _journey(asked)
    yield _address(asked)
    yield _suppression(asked)
    yield _consent(asked)
    yield from mode_gate(asked.request, address_of(asked.request, asked.facts) or "")
    yield from reputation_gate(asked.request)
    yield _hours(asked)
    if asked.room:
        yield from (cap_gate(cap, asked.room, asked.at) for cap in asked.room.caps)
    yield from _turn(asked, now)
    yield _expiry(asked)
    if asked.request.ghost:
        yield Gate("holdout", Skip.HOLDOUT.value)


def _journey(asked: _Asked) -> Gate:
    live = asked.live
    state = live.state.value if live else "live"
    seen = (
        {"state": state, "since": live.since or None, "because": live.why or None}
        if live
        else {"state": state}
    )
    reason = {"paused": HoldReason.PAUSED.value, "stopped": Skip.JOURNEY_STOPPED.value}.get(state, "")
    return Gate("journey", reason, seen)


def _address(asked: _Asked) -> Gate:
    address, channel = address_of(asked.request, asked.facts), asked.message.channel
    fault = texting_refusal(address) if address and channel == "sms" else None
    reason = Skip.NO_ADDRESS.value if not address else fault.value if fault else ""
    return Gate("address", reason, {"channel": channel})


def _suppression(asked: _Asked) -> Gate:
    known = asked.suppression
    if known is None or known.reason is None:
        return Gate("suppression", "", {"suppressed": None})
    seen = {"suppressed": known.reason.value, "since": known.at, "source": known.source}
    return Gate("suppression", Skip.SUPPRESSED.value if asked.is_closed else "", seen)


def _consent(asked: _Asked) -> Gate:
    message, consent = asked.message, asked.facts.consent
    topic = message.topic or None
    said_last = effective(consent.state, message.channel, message.purpose, topic)
    seen = {
        "channel": message.channel,
        "purpose": message.purpose,
        "topic": topic,
        "status": said_last.status.value if said_last else None,
        "since": said_last.at if said_last else None,
        "source": said_last.by if said_last else None,
    }
    if Purpose(message.purpose) in NEEDS_NO_CONSENT:
        return Gate("consent", "", {**seen, "needed": False})
    refusal = consent.refusal(message.channel, message.purpose, topic)
    return Gate("consent", refusal.value if refusal else "", seen)


def _hours(asked: _Asked) -> Gate:
    hours = hours_for(asked.request, asked.facts, workspace(), now=asked.at)
    if hours is None:
        return Gate("hours", "", {"hours": None})
    opens = hours.opens(asked.at)
    seen = {"hours": said(hours.window), "zones": str(hours.place), "opens": iso(opens) if opens else None}
    if opens == asked.at:
        return Gate("hours", "", {**seen, "opens": None})
    skips = asked.request.outside is Outside.SKIP
    reason = Skip.NO_COMMON_HOURS if opens is None else Skip.OUTSIDE_HOURS if skips else HoldReason.HOURS
    return Gate("hours", reason.value, seen)


def _turn(asked: _Asked, now: datetime) -> Iterator[Gate]:
    """The account's rate and quota, where it has any: what is left is told, no turn is taken."""
    policy, message, clock = policy_of(workspace().delivery), asked.message, world().clock
    if message.channel != "email":
        return
    if policy.email_rate:
        own = parse_iso(message.turn) if message.turn else None
        waits = own is not None and own > clock.wall()
        at = now + (own - clock.wall()) * clock.pace if own else None
        seen = {"rate": policy.email_rate, "turn": iso(at) if at and waits else None}
        yield Gate("rate", HoldReason.RATE.value if waits else "", seen)
    if policy.email_quota:
        most = Limits(quota=policy.email_quota).of_day(urgent=is_exempt(message))
        used = used_on(clock.wall())
        is_gone = used >= most
        yield Gate("quota", HoldReason.QUOTA.value if is_gone else "", {"used": used, "at_most": most})


def _expiry(asked: _Asked) -> Gate:
    hours = hours_for(asked.request, asked.facts, workspace(), now=asked.at)
    deadline = deadline_of(asked.request, asked.facts, workspace(), hours, now=asked.at)
    seen = {"expires": iso(deadline.ends)}
    return Gate("expiry", Skip.EXPIRED.value if deadline.is_past(asked.at) else "", seen)
