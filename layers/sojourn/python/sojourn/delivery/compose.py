"""A message's words: the template with the contact's facts, its links, the headers that mailbox providers ask for."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sojourn.clock import Clock
from sojourn.consent.model import Measure, Purpose
from sojourn.contacts.model import Profile
from sojourn.delivery.model import Email, Sms
from sojourn.messages.library import get_template
from sojourn.messages.model import Message
from sojourn.messages.proofs.model import tag_of
from sojourn.messages.render import Rendered, header_text, render
from sojourn.messages.sms import part_count
from sojourn.messages.template import Template
from sojourn.messages.urls import CONFIRM, ERASE, EXPORT, OF_SERVICE, PREFERENCES
from sojourn.tracking.tokens import Action, Keys, sign, sign_until

MEASURES = frozenset({Measure.OPENS, Measure.CLICKS})
NOTHING: frozenset[Measure] = frozenset()
DOORS = {
    CONFIRM: (Action.CONFIRM, "/p/confirm"),
    PREFERENCES: (Action.PREFERENCES, "/p"),
    EXPORT: (Action.EXPORT, "/p/export"),
    ERASE: (Action.ERASE, "/p/erase"),
}
OF_A_PROOF, MARK = "test", "[Test] "  # no token: the pages behind such a link say that it leads nowhere
ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058, 3.1: exactly this


@dataclass(frozen=True, slots=True)
class Content:
    """A message ready to go, with what must be remembered of it."""

    body: Email | Sms
    values: Mapping[str, Any] = field(default_factory=dict)
    parts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Writes messages. `public_url` is where the recipients' links lead."""

    public_url: str
    postal_address: str
    keys: Callable[[], Keys]
    clock: Clock

    def compose(
        self,
        message: Message,
        address: str,
        profile: Profile,
        *,
        measured: Collection[Measure] = MEASURES,
    ) -> Content:
        """The message for this contact, measured as far as they allow; RenderError when a field is missing."""
        rendered = self._rendered(
            message, profile, NOTHING if message.purpose == Purpose.SERVICE else measured
        )
        if message.channel == "sms":
            return Content(Sms(to=address, text=rendered.text), rendered.values, part_count(rendered.text))
        email = Email(
            to=address,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            headers=self._headers(message),
            tags=_tags(message),
        )
        return Content(email, rendered.values)

    def proof(self, template: Template, address: str, facts: Mapping[str, Any], *, id: str = "") -> Content:  # noqa: A002
        """The template for somebody of the team: nothing is measured, and no link in it changes anything."""
        rendered = render(
            template,
            facts,
            unsubscribe_url=f"{self.public_url}/u/{OF_A_PROOF}",
            doors={name: f"{self.public_url}{door}/{OF_A_PROOF}" for name, (_, door) in DOORS.items()},
            postal_address=self.postal_address,
        )
        if template.channel == "sms":
            text = f"{MARK}{rendered.text}"
            return Content(Sms(to=address, text=text), parts=part_count(text))
        subject = header_text(f"{MARK}{rendered.subject}")
        headers = {"Auto-Submitted": "auto-generated"}
        return Content(
            Email(
                to=address,
                subject=subject,
                html=rendered.html,
                text=rendered.text,
                headers=headers,
                tags={"journey": OF_A_PROOF, **({"message_id": tag_of(id)} if id else {})},
            )
        )

    def asks_to_confirm(self, message: Message) -> bool:
        """Whether the message is there to be confirmed: pointless for who already did."""
        template = get_template(message.template, message.template_version)
        return message.purpose == Purpose.SERVICE and CONFIRM in template.html + template.text

    def _rendered(self, message: Message, profile: Profile, measured: Collection[Measure]) -> Rendered:
        keys, to = self.keys(), message.id
        template = get_template(message.template, message.template_version)
        return render(
            template,
            profile.attributes,
            link=(lambda index: f"{self.public_url}/c/{sign(keys, Action.CLICK, to, index)}")
            if Measure.CLICKS in measured
            else None,
            pixel_url=f"{self.public_url}/o/{sign(keys, Action.OPEN, to)}.gif"
            if Measure.OPENS in measured
            else "",
            unsubscribe_url=self._unsubscribe_url(message),
            doors=self._doors(message, template.subject + template.html + template.text),
            postal_address=self.postal_address,
        )

    def _headers(self, message: Message) -> dict[str, str]:
        """RFC 8058 one-click on marketing; on what the person asked for there is nothing to unsubscribe from."""
        if message.purpose != "marketing":
            return {"Auto-Submitted": "auto-generated"}
        return {
            "List-Unsubscribe": f"<{self._unsubscribe_url(message)}>",
            "List-Unsubscribe-Post": ONE_CLICK,
            "Feedback-ID": f"{message.template}:{message.journey}:{message.purpose}:sojourn",
        }

    def _doors(self, message: Message, shown: str) -> dict[str, str]:
        """The pages that the template leads to; what changes something is there in service mail only."""
        wanted = [name for name in DOORS if name in shown]
        if message.purpose != Purpose.SERVICE:
            wanted = [name for name in wanted if name not in OF_SERVICE]
        return {name: self._ending(*DOORS[name], message.id) for name in wanted}

    def _ending(self, action: Action, door: str, to: str) -> str:
        return f"{self.public_url}{door}/{sign_until(self.keys(), action, to, self.clock.wall())}"

    def _unsubscribe_url(self, message: Message) -> str:
        return f"{self.public_url}/u/{sign(self.keys(), Action.UNSUBSCRIBE, message.id)}"


def _tags(message: Message) -> dict[str, str]:
    """What SES gives back with every event; a tag takes no spaces, so the step goes as a digest."""
    step = hashlib.sha256(message.step.encode()).hexdigest()[:16]
    return {"message_id": message.id, "journey": message.journey, "step_hash": step}
