"""What a rule may ask that is not part of a profile: consent, closed addresses, messages. Read when needed."""

from collections.abc import Iterator
from datetime import datetime

from sojourn.clock import parse_iso
from sojourn.consent.addresses.store import suppressed
from sojourn.consent.model import Channel, Consent
from sojourn.consent.store import get_consent
from sojourn.contacts.model import Profile
from sojourn.events.model import Event
from sojourn.events.store import history
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import messages_of
from sojourn.rules.view import MessageSeen, Needs
from sojourn.segments.view import Loaded

DELIVERED = "delivered"
ANSWERS = {"Message Opened": "opened", "Message Clicked": "clicked"}
HUMAN = "human"

Answered = dict[tuple[str, str], datetime]  # (message, how) → the first time


def load(profile: Profile, needs: Needs) -> Loaded:
    """What these needs ask for, strongly read; the rest stays empty."""
    consent, reachable = Consent(profile.contact), frozenset[str]()
    if Needs.CONSENT in needs:
        consent, reachable = get_consent(profile.contact), frozenset(_reachable(profile))
    messages = tuple(_messages(profile)) if Needs.MESSAGES in needs else ()
    return Loaded(consent, reachable, messages)


def _reachable(profile: Profile) -> Iterator[str]:
    for channel, address in ((Channel.EMAIL, profile.email), (Channel.SMS, profile.phone)):
        if address and suppressed(channel, address) is None:
            yield channel.value


def _messages(profile: Profile) -> Iterator[MessageSeen]:
    sent = [
        message
        for contact in profile.collections
        for message in messages_of(contact)
        if message.state is MessageState.SENT and message.sent_at
    ]
    answered = _answered(profile) if sent else {}
    for message in sorted(sent, key=lambda each: each.sent_at):
        yield _seen(message, answered)


def _seen(message: Message, answered: Answered) -> MessageSeen:
    at = parse_iso(message.sent_at)
    return MessageSeen(
        channel=message.channel,
        journey=message.journey,
        template=message.template,
        sent_at=at,
        delivered_at=at if message.outcome == DELIVERED else None,  # the row does not say when
        opened_at=answered.get((message.id, "opened")),
        clicked_at=answered.get((message.id, "clicked")),
        step=message.step,
    )


def _answered(profile: Profile) -> Answered:
    found: Answered = {}
    for name, how in ANSWERS.items():
        for event in history(profile.partitions, event_name=name):
            if _is_of_a_person(event):
                key = (str(event.properties.get("message_id")), how)
                found[key] = min(found.get(key, event.at), event.at)
    return found


def _is_of_a_person(event: Event) -> bool:
    return event.is_internal and event.properties.get("class") == HUMAN
