"""The people of the story, and what they do."""

import re
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from tests.faults.world import World

EMAIL, PHONE = "ann@example.org", "+12125550123"
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
AGREED = [{"channel": channel, "purpose": "marketing", "source": "form"} for channel in ("email", "sms")]


def sign_up(world: World, user: str = "ann", **traits: Any) -> None:
    """Somebody leaves name and address, agrees to be written to, and signs up."""
    known = {"email": EMAIL, "firstName": "Ann", "phone": PHONE, "timezone": "America/New_York", **traits}
    about = {"userId": user, "timestamp": iso(world.clock.calendar())}
    told = {trait: value for trait, value in known.items() if value}
    world.collect(
        {"type": "identify", "messageId": f"{user}-1", "traits": told, "context": {"consent": AGREED}, **about},
        {"type": "track", "messageId": f"{user}-2", "event": "Signed Up", **about},
    )


def does(world: World, event: str, user: str = "ann", *, message_id: str = "", at: datetime | None = None) -> None:
    """Something that the shop tells us of."""
    when = iso(at or world.clock.calendar())
    name = message_id or f"{user}-{event}-{when}"
    world.collect({"type": "track", "event": event, "userId": user, "messageId": name, "timestamp": when})


def clicks(world: World, subject: str) -> Any:
    """The first link of the mail."""
    return world.get(world.mail(subject).links[0])


def unsubscribes(world: World, subject: str) -> Any:
    """The mailbox's button."""
    way_out = re.findall(r"<https://mail\.example\.org(.+)>", world.mail(subject).headers["List-Unsubscribe"])[0]
    return world.post(way_out, ONE_CLICK, FORM)


def texts(world: World, words: str, number: str = PHONE) -> None:
    """A text to our number."""
    said = {
        "originationNumber": number,
        "destinationNumber": "+12065550100",
        "messageKeyword": "KEYWORD_1",
        "messageBody": words,
        "inboundMessageId": f"in-{world.clock.calendar().timestamp()}",
    }
    world.queue("receive_sms", said)
