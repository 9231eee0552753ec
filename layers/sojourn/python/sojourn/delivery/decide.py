"""The decision, without any side effect: send, skip or hold, from facts alone."""

from datetime import datetime

from sojourn.delivery.hours import next_open, zone_of
from sojourn.delivery.model import Facts, HoldReason, SendRequest, Skip, Verdict

SEND = Verdict()


def address_of(request: SendRequest, facts: Facts) -> str | None:
    """Where this channel reaches the contact."""
    return facts.profile.email if request.message.channel == "email" else facts.profile.phone


def decide(request: SendRequest, facts: Facts, *, suppressed: str | None, now: datetime) -> Verdict:
    """Gates in order: address, suppression, consent, hours. The first that closes is the reason."""
    if not address_of(request, facts):
        return Verdict(skip=Skip.NO_ADDRESS)
    if suppressed:
        return Verdict(skip=Skip.SUPPRESSED)
    message = request.message
    if refusal := facts.consent.refusal(message.channel, message.purpose, message.topic or None):
        return Verdict(skip=refusal.value)
    if request.window and (opens := next_open(request.window, zone_of(facts.profile.timezone), now)) > now:
        return Verdict(hold=HoldReason.HOURS, until=opens)
    return SEND
