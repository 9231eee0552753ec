"""The decision, without any side effect: send, skip or hold, from facts alone."""

from datetime import datetime

from sojourn.contacts.addresses import refusal as texting_refusal
from sojourn.contacts.workspace import Workspace
from sojourn.delivery.model import Facts, HoldReason, SendRequest, Skip, Verdict, Window
from sojourn.delivery.release import release

SEND = Verdict()
NOWHERE = Workspace()


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
) -> Verdict:
    """Gates in order: address, suppression, consent, hours. The first that closes is the reason."""
    address = address_of(request, facts)
    message = request.message
    if not address:
        return Verdict(skip=Skip.NO_ADDRESS)
    if message.channel == "sms" and (fault := texting_refusal(address)):
        return Verdict(skip=fault.value)
    if suppressed:
        return Verdict(skip=Skip.SUPPRESSED)
    if refusal := facts.consent.refusal(message.channel, message.purpose, message.topic or None):
        return Verdict(skip=refusal.value)
    return _by_hours(request.window, message.channel, facts, workspace, now) if request.window else SEND


def _by_hours(window: Window, channel: str, facts: Facts, workspace: Workspace, now: datetime) -> Verdict:
    """Send or hold, with the zones that say so: a zone is a fact that somebody may ask for."""
    opens = release(window, channel, facts.profile, workspace, now=now)
    if opens.at is None:
        return Verdict(skip=Skip.NO_COMMON_HOURS, zones=opens.zones)
    if opens.at > now:
        return Verdict(hold=HoldReason.HOURS, until=opens.at, zones=opens.zones)
    return Verdict(zones=opens.zones)
