"""The people of the story, and what they do."""

import re
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from tests.faults.world import World

EMAIL, PHONE = "ann@example.org", "+12125550123"
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
AGREED = [
    {"channel": channel, "purpose": purpose, "source": "form"}
    for channel, purpose in (("email", "marketing"), ("sms", "marketing"), ("email", "tracking"))
]


def sign_up(world: World, user: str = "ann", **traits: Any) -> None:
    """Somebody leaves name and address, agrees to be written to, and signs up."""
    about = {"userId": user, "timestamp": iso(world.clock.calendar())}
    signed_up = {"type": "track", "messageId": f"{user}-2", "event": "Signed Up", **about}
    world.collect(introduction(world, user, **traits), signed_up)


def introduces(world: World, user: str = "ann", **traits: Any) -> None:
    """Somebody leaves name and address, and agrees to be written to."""
    world.collect(introduction(world, user, **traits))


def introduction(world: World, user: str, **traits: Any) -> dict[str, Any]:
    """Who it is; a trait that is None is not told."""
    known = {"email": EMAIL, "firstName": "Ann", "phone": PHONE, "timezone": "America/New_York", **traits}
    return {
        "type": "identify",
        "messageId": f"{user}-1",
        "userId": user,
        "timestamp": iso(world.clock.calendar()),
        "traits": {trait: value for trait, value in known.items() if value},
        "context": {"consent": AGREED},
    }


def does(
    world: World, event: str, user: str = "ann", *, message_id: str = "", at: datetime | None = None
) -> None:
    """Something that the shop tells us of."""
    when = iso(at or world.clock.calendar())
    name = message_id or f"{user}-{event}-{when}"
    world.collect({"type": "track", "event": event, "userId": user, "messageId": name, "timestamp": when})


def clicks(world: World, subject: str) -> Any:
    """The first link of the mail."""
    return world.get(world.mail(subject).links[0])


def unsubscribes(world: World, subject: str) -> Any:
    """The mailbox's button."""
    way_out = re.findall(
        r"<https://mail\.example\.org(.+)>", world.mail(subject).headers["List-Unsubscribe"]
    )[0]
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
