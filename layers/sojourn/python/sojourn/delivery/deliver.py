"""decide → render → claim → send → record. Whatever happens, a message is sent at most once (house laws 4 and 5).

Rendering comes before the claim, not after it: a crash while rendering then leaves nothing behind, and the stretch
between claim and provider, in which a crash costs certainty, is as short as it can be.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.clock import Clock, iso
from sojourn.consent.lapse import as_of
from sojourn.consent.model import Consent, Measure, Purpose
from sojourn.consent.suppression import Suppression, closes
from sojourn.contacts.addresses import address_hash
from sojourn.contacts.workspace import workspace
from sojourn.delivery import store
from sojourn.delivery.compose import Composer
from sojourn.delivery.decide import NOWHERE, SEND, address_of, decide
from sojourn.delivery.model import (
    EmailSender,
    Facts,
    HoldReason,
    NotNowError,
    OutcomeUnknownError,
    ProviderRefusedError,
    Receipt,
    SendRequest,
    Skip,
    Sms,
    SmsSender,
    Verdict,
)
from sojourn.delivery.release import asks_workspace
from sojourn.errors import HeldError
from sojourn.messages.faults import RenderError
from sojourn.messages.model import SETTLED, Message, MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that sending needs and that is not the message itself."""

    clock: Clock
    email: EmailSender
    sms: SmsSender
    composer: Composer
    suppression: Callable[[str, str], Suppression | None]  # channel, address
    may_ask: Callable[[str, str, str, str], bool]  # channel, address, message, its journey: not too often
    measured_unasked: Callable[[], bool]  # who never said a word of being measured


def deliver(request: SendRequest, facts: Facts, *, run: store.Run, desk: Desk) -> Receipt:
    """Bring one message to its end. Raises HeldError, EnrolmentEndedError, ClaimStaleError, AlreadyClaimedError."""
    there = facts.message
    if there and there.state is MessageState.SENDING:
        return _uncertain(there, run)
    if there and there.state in SETTLED:
        return Receipt(there.id, there.state, there.reason)
    message = replace(request.message, held=there.held) if there else request.message
    address = address_of(request, facts)
    suppressed = _suppressed(message, address, facts.consent, desk) if address else None
    here = workspace() if request.window and asks_workspace(facts.profile) else NOWHERE
    verdict = decide(request, facts, suppressed=suppressed, now=desk.clock.calendar(), workspace=here)
    zones = verdict.zones
    if address and verdict == SEND and message.purpose == Purpose.SERVICE:
        verdict = _judged_as_service(message, address, facts.consent, desk)
    if verdict.hold:
        raise _held(replace(message, zones=zones), verdict)
    message = replace(message, zones=zones, decided_at=iso(desk.clock.calendar()))
    if verdict.skip or not address:
        return _concluded(replace(message, state=MessageState.SKIPPED, reason=verdict.skip), run)
    return _send(
        replace(message, address_hash=address_hash(message.channel, address)), address, facts, run, desk
    )


def _suppressed(message: Message, address: str, consent: Consent, desk: Desk) -> str | None:
    known = desk.suppression(message.channel, address)
    return known.reason if known and _closes(known, message, consent) else None


def _closes(known: Suppression, message: Message, consent: Consent) -> bool:
    return closes(known, message.channel, message.purpose, message.topic or None, consent)


def _judged_as_service(message: Message, address: str, consent: Consent, desk: Desk) -> Verdict:
    """Service mail needs no consent, so it has limits of its own."""
    waits = as_of(consent, desk.clock.calendar()).pending(message.channel)
    if desk.composer.asks_to_confirm(message) and not waits:
        return Verdict(skip=Skip.NOTHING_TO_CONFIRM)
    if not desk.may_ask(message.channel, address, message.id, message.journey):
        return Verdict(skip=Skip.TOO_OFTEN)
    return SEND


def _measured(message: Message, consent: Consent, desk: Desk) -> list[Measure]:
    unasked = desk.measured_unasked()
    return [each for each in Measure if consent.may_measure(message.channel, each, unasked=unasked)]


def _send(message: Message, address: str, facts: Facts, run: store.Run, desk: Desk) -> Receipt:
    try:
        measured = _measured(message, facts.consent, desk)
        content = desk.composer.compose(message, address, facts.profile, measured=measured)
    except RenderError as error:
        return _concluded(
            replace(message, state=MessageState.FAILED, reason=f"render:{error.field}"[:200]), run
        )
    claimed = replace(message, state=MessageState.SENDING, values=content.values, parts=content.parts)
    store.claim(claimed, facts.consent, run)
    try:
        body = content.body
        reference = desk.sms.send(body) if isinstance(body, Sms) else desk.email.send(body)
    except NotNowError as error:
        raise _given_back(claimed, error, desk) from error
    except ProviderRefusedError as error:
        return _settled(replace(claimed, state=MessageState.FAILED, reason=str(error)), run)
    except OutcomeUnknownError:
        return _settled(replace(claimed, state=MessageState.UNKNOWN, reason="provider_silent"), run)
    sent = replace(
        claimed, state=MessageState.SENT, provider_id=reference, sent_at=iso(desk.clock.calendar())
    )
    return _settled(sent, run)


def _concluded(message: Message, run: store.Run) -> Receipt:
    store.conclude(message, run)
    return Receipt(message.id, message.state, message.reason)


def _settled(message: Message, run: store.Run) -> Receipt:
    store.settle(message, run)
    return Receipt(message.id, message.state, message.reason)


def _uncertain(there: Message, run: store.Run) -> Receipt:
    """An earlier attempt claimed and vanished: nobody knows whether the provider has the message."""
    return _settled(replace(there, state=MessageState.UNKNOWN, reason="attempt_vanished"), run)


def _held(message: Message, verdict: Verdict) -> HeldError:
    """Keep the slot of a message that must wait."""
    assert verdict.hold is not None
    assert verdict.until is not None
    held = replace(message, state=MessageState.PLANNED, reason=verdict.hold, held=message.held + 1)
    store.plan(held)
    return HeldError(iso(verdict.until), verdict.hold)


def _given_back(message: Message, error: NotNowError, desk: Desk) -> HeldError:
    """The provider did not take it, provably: planned again, and later."""
    store.give_back(replace(message, state=MessageState.PLANNED, reason=error.reason, held=message.held + 1))
    pause = timedelta(seconds=error.wall_seconds * desk.clock.pace)
    return HeldError(iso(desk.clock.calendar() + pause), HoldReason(error.reason))
