"""ask → render → claim → send → record. Whatever happens, a message is sent at most once (house laws 4 and 5).

Rendering comes before the claim, not after it: a crash while rendering then leaves nothing behind, and the stretch
between claim and provider, in which a crash costs certainty, is as short as it can be.
"""

from dataclasses import replace
from datetime import timedelta

from sojourn.clock import iso
from sojourn.consent.model import Consent, Measure
from sojourn.contacts.addresses import address_hash, is_simulated
from sojourn.delivery import store
from sojourn.delivery.ask import Asked, ask
from sojourn.delivery.compose import Content
from sojourn.delivery.desk import Desk
from sojourn.delivery.ledger.store import given_back, write_of
from sojourn.delivery.model import (
    Facts,
    HoldReason,
    NotNowError,
    OutcomeUnknownError,
    ProviderRefusedError,
    Receipt,
    RecipientUnverifiedError,
    SendRequest,
    Skip,
    Sms,
)
from sojourn.errors import HeldError
from sojourn.messages.faults import MissingFieldError, RenderError
from sojourn.messages.model import SETTLED, SIMULATED, Message, MessageState
from sojourn.transactions import Write

__all__ = ["Desk", "deliver"]


def deliver(request: SendRequest, facts: Facts, *, run: store.Run, desk: Desk) -> Receipt:
    """Bring one message to its end. Raises HeldError, EnrolmentEndedError, ClaimStaleError, AlreadyClaimedError."""
    there = facts.message
    if there and there.state is MessageState.SENDING:
        return _uncertain(there, run)
    if there and there.state in SETTLED:
        return Receipt(there.id, there.state, there.reason)
    asked = ask(request, facts, desk)
    if asked.verdict.hold:
        raise _held(asked, facts)
    message = replace(asked.message, decided_at=iso(asked.now))
    if asked.verdict.skip:
        skipped = replace(message, state=MessageState.SKIPPED, reason=asked.verdict.skip)
        return _concluded(skipped, facts, run)
    return _send(message, asked, facts, run, desk)


def _measured(message: Message, consent: Consent, desk: Desk) -> list[Measure]:
    unasked = desk.measured_unasked()
    return [each for each in Measure if consent.may_measure(message.channel, each, unasked=unasked)]


def _send(message: Message, asked: Asked, facts: Facts, run: store.Run, desk: Desk) -> Receipt:
    against = SIMULATED if is_simulated(asked.address) else ""
    message = replace(message, address_hash=address_hash(message.channel, asked.address), against=against)
    try:
        measured = _measured(message, facts.consent, desk)
        content = desk.composer.compose(message, asked.address, facts.profile, measured=measured)
    except RenderError as error:
        is_missing = isinstance(error, MissingFieldError)
        reason = f"render:{error.field}"[:200] if is_missing else error.reason
        return _concluded(replace(message, state=MessageState.FAILED, reason=reason), facts, run)
    claimed = _claimed(message, content, asked, facts, run)
    try:
        body = content.body
        reference = desk.sms.send(body) if isinstance(body, Sms) else desk.email.send(body)
    except NotNowError as error:
        raise _given_back(claimed, error, facts, desk) from error
    except RecipientUnverifiedError:
        skipped = replace(claimed, state=MessageState.SKIPPED, reason=Skip.SANDBOX)
        return _settled(skipped, run, _unit_of(claimed, facts))
    except ProviderRefusedError as error:
        failed = replace(claimed, state=MessageState.FAILED, reason=str(error))
        return _settled(failed, run, _unit_of(claimed, facts))
    except OutcomeUnknownError:
        return _settled(replace(claimed, state=MessageState.UNKNOWN, reason="provider_silent"), run)
    sent_at = iso(desk.clock.calendar())
    return _settled(replace(claimed, state=MessageState.SENT, provider_id=reference, sent_at=sent_at), run)


def _claimed(message: Message, content: Content, asked: Asked, facts: Facts, run: store.Run) -> Message:
    """Ours to send: with a unit of its caps, in the same transaction."""
    claimed = replace(
        message,
        state=MessageState.SENDING,
        values=content.values,
        parts=content.parts,
        reserved=iso(asked.now) if asked.room else "",
        turn="",
    )
    unit = write_of(asked.room.taken(asked.now, held=False)) if asked.room else None
    store.claim(claimed, facts.consent, run, unit)
    return claimed


def _concluded(message: Message, facts: Facts, run: store.Run) -> Receipt:
    store.conclude(message, run, _unit_of(message, facts))
    return Receipt(message.id, message.state, message.reason)


def _settled(message: Message, run: store.Run, unit: Write | None = None) -> Receipt:
    store.settle(message, run, unit)
    return Receipt(message.id, message.state, message.reason)


def _unit_of(message: Message, facts: Facts) -> Write | None:
    """What a message that is not sent after all gives back to the caps."""
    return given_back(facts.consent.contact, message.digest) if message.reserved else None


def _uncertain(there: Message, run: store.Run) -> Receipt:
    """An earlier attempt claimed and vanished: nobody knows whether the provider has the message."""
    return _settled(replace(there, state=MessageState.UNKNOWN, reason="attempt_vanished"), run)


def _held(asked: Asked, facts: Facts) -> HeldError:
    """Keep the slot of a message that must wait, and a unit of its caps for the moment that it waits for."""
    message, verdict = asked.message, asked.verdict
    assert verdict.hold is not None
    assert verdict.until is not None
    held = replace(message, state=MessageState.PLANNED, reason=verdict.hold, held=message.held + 1)
    if asked.room and not asked.request.ghost:
        unit: Write | None = write_of(asked.room.taken(verdict.until, held=True))
        held = replace(held, reserved=iso(verdict.until))
    else:
        unit, held = _unit_of(message, facts), replace(held, reserved="")
    store.plan(held, unit)
    return HeldError(iso(verdict.until), verdict.hold)


def _given_back(message: Message, error: NotNowError, facts: Facts, desk: Desk) -> HeldError:
    """The provider did not take it, provably: planned again, and later."""
    store.give_back(replace(message, state=MessageState.PLANNED, reason=error.reason, held=message.held + 1))
    if unit := _unit_of(message, facts):
        store.return_unit(unit)
    pause = timedelta(seconds=error.wall_seconds * desk.clock.pace)
    return HeldError(iso(desk.clock.calendar() + pause), HoldReason(error.reason))
