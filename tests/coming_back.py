"""What SES says of a mail, in the post office's shapes, as it lies in the queue of the whole world in one process."""

from typing import Any

from infra.local.postoffice import events
from infra.local.postoffice.mail import Mail as Posted
from sojourn.clock import iso
from tests.faults.services import Mail
from tests.faults.world import World


def bounces(world: World, mail: Mail, *, kind: str = "Permanent", subtype: str = "General") -> None:
    """The recipient's server refused it."""
    _arrives(world, events.bounce(_posted(mail), iso(world.clock.calendar()), kind=kind, subtype=subtype))


def complains(world: World, mail: Mail) -> None:
    """The recipient called it spam."""
    _arrives(world, events.complaint(_posted(mail), iso(world.clock.calendar())))


def _arrives(world: World, said: dict[str, Any]) -> None:
    world.queue("record_feedback", said)


def _posted(mail: Mail) -> Posted:
    return Posted(
        id=mail.id,
        sender="Shop <hello@example.org>",
        recipients=[mail.to],
        subject=mail.subject,
        sent_at=mail.at,
        wall_at=mail.at,
        raw=b"",
        headers={},
        tags=dict(mail.tags),
        configuration_set="sojourn",
        text="",
        html="",
    )
