"""What follows when somebody texts us.

STOP closes the number before anything else is looked at, and whether or not we know whose it is. `SMS Received` is
written last and tells a second attempt that all is done. Nothing is answered here: carriers and End User Messaging
confirm STOP and answer HELP themselves, and a second confirmation would be one text too many.

The events let segments and journeys know. Somebody whose number was taken in a moment ago, and of whom nothing else is
written yet, has no identity that an event could stand under: they are judged again by the next sweep.
"""

from collections.abc import Callable
from datetime import datetime

from sojourn.clock import Clock, iso, parse_iso
from sojourn.consent.addresses.store import find_suppression, lift, suppress
from sojourn.consent.keywords import Keyword
from sojourn.consent.model import Channel, Purpose, Status, slot_of
from sojourn.consent.statements import changes_of
from sojourn.consent.store import get_consent, record
from sojourn.consent.suppression import LIFTED_BY_HOLDER, Reason
from sojourn.contacts.model import Profile
from sojourn.contacts.store import find_contact, get_profile
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event, internal_event
from sojourn.events.store import history, insert
from sojourn.feedback.inbound import InboundSms, read_sms
from sojourn.feedback.letters import Letter
from sojourn.messages.model import Message
from sojourn.messages.store import messages_of

RECEIVED, GIVEN, WITHDRAWN = "SMS Received", "Consent Given", "Consent Withdrawn"
STOPPED, STARTED = "sms STOP", "sms START"


def take_sms(letter: Letter, *, clock: Clock, judge_again: Callable[[str], None]) -> bool:
    """Let one text take effect; False when the letter is none."""
    sms = read_sms(letter.text)
    if sms is None:
        return False
    at = parse_iso(iso(letter.calendar_time(clock)))
    if sms.keyword is Keyword.STOP:
        suppress(Channel.SMS, sms.sender, reason=Reason.STOP, at=at, source=STOPPED)
    contact = find_contact(f"p#{sms.sender}")
    profile = _still_there(get_profile(contact)) if contact else None
    if profile and _is_done(profile, sms):
        return True
    identity = next(iter(profile.partitions), None) if profile else None  # where our own events about them go
    if profile and _changes_consent(sms, profile.contact, at):
        _record_consent(sms, profile.contact, identity, at)
    if sms.keyword is Keyword.START:
        lift(Channel.SMS, sms.sender, at=at, source=STARTED)
    if profile and identity:
        _insert(_event(sms, identity, RECEIVED, at, _particulars(sms, profile)))
    elif profile:
        judge_again(profile.contact)
    return True


def _still_there(profile: Profile) -> Profile | None:
    """None for somebody who is being erased: nothing more is written of them."""
    return None if profile.erased_at else profile


def _is_done(profile: Profile, sms: InboundSms) -> bool:
    return any(event.message_id == sms.id for event in history(profile.partitions, None, RECEIVED))


def _changes_consent(sms: InboundSms, contact: str, at: datetime) -> bool:
    """STOP does; START only after a STOP or its like, as it can give back no more than was taken."""
    if sms.keyword is not Keyword.START:
        return sms.keyword is Keyword.STOP
    known = find_suppression(Channel.SMS, sms.sender)
    if known is not None and known.reason:
        return known.reason in LIFTED_BY_HOLDER and known.at < iso(at)
    said = get_consent(contact).state.get(slot_of(Channel.SMS, Purpose.MARKETING, None))
    return said is not None and said.status is Status.WITHDRAWN and said.at < iso(at)


def _record_consent(sms: InboundSms, contact: str, identity: str | None, at: datetime) -> None:
    """In the ledger at once; the event tells journeys and segments, and react finds the ledger has it already."""
    name, source = (GIVEN, STARTED) if sms.keyword is Keyword.START else (WITHDRAWN, STOPPED)
    properties: dict[str, object] = {
        "channel": Channel.SMS.value,
        "purpose": Purpose.MARKETING.value,
        "source": source,
        "how": "sms",
        "wording": sms.text,
    }
    event = _event(sms, identity or f"p#{sms.sender}", name, at, properties)
    for change in changes_of(event):
        record(contact, change)
    if identity:
        _insert(event)


def _event(sms: InboundSms, identity: str, name: str, at: datetime, properties: dict[str, object]) -> Event:
    # Each of the events of one text needs an id of its own: the key holds no name.
    message_id = sms.id if name == RECEIVED else f"{sms.id}-consent"
    return internal_event(identity, name, at=at, message_id=message_id, properties=properties)


def _particulars(sms: InboundSms, profile: Profile) -> dict[str, object]:
    told: dict[str, object] = {
        "channel": Channel.SMS.value,
        "text": sms.text,
        "keyword": sms.keyword.value if sms.keyword else "",
        "from": sms.sender,
        "to": sms.recipient,
    }
    message = _answered(sms, profile)
    return told | _names_of(message) if message else told


def _answered(sms: InboundSms, profile: Profile) -> Message | None:
    if not sms.reply_to:
        return None
    sent = (message for contact in profile.collections for message in messages_of(contact))
    return next((message for message in sent if message.provider_id == sms.reply_to), None)


def _names_of(message: Message) -> dict[str, object]:
    return {
        "message_id": message.id,
        "journey": message.journey,
        "version": message.version,
        "step": message.step,
        "template": message.template,
    }


def _insert(event: Event) -> None:
    if insert([event]).failed:
        raise StoreBusyError("events")
