"""What the post office keeps and does, without HTTP."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from infra.local.postoffice import events, mail, recipient
from infra.local.postoffice.mail import Mail
from sojourn.clock import Clock, SystemClock, iso

Publish = Callable[[str, dict[str, Any]], None]
SIMULATOR = "simulator.amazonses.com"
SIMULATED = {"bounce": ("bounce",), "complaint": ("deliver", "complain"), "suppressionlist": ("bounce",)}


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message, to a phone or from it."""

    id: str
    to: str
    text: str
    sent_at: str
    wall_at: str
    direction: str = "out"


@dataclass(slots=True)
class Fault:
    """What the next `count` calls of an operation meet instead of success."""

    operation: str
    kind: str
    count: int = 1
    seconds: float = 0.0
    match: str = ""  # only calls whose request holds this


@dataclass(slots=True)
class Config:
    """What the runner tells the post office after the deployment."""

    email_events_topic: str = ""
    inbound_sms_topic: str = ""
    send_events: bool = True
    auto_deliver: bool = True
    own_number: str = "+15550100"


class NotKeptError(Exception):
    """No such message."""


@dataclass(slots=True)
class PostOffice:
    """Keeps all mails and texts, and plays provider and recipient."""

    clock: Clock
    publish: Publish
    config: Config = field(default_factory=Config)
    mails: list[Mail] = field(default_factory=list)
    texts: list[Sms] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send_mail(self, request: dict[str, Any]) -> Mail:
        """Keep a mail, and report that it was sent and delivered."""
        new = mail.accept(
            request,
            mail_id=f"0100{uuid.uuid4().hex[:12]}-{uuid.uuid4()}-000000",
            sent_at=self.clock.calendar(),
            wall_at=iso(self.clock.wall()),
        )
        with self.lock:
            self.mails.append(new)
        if self.config.send_events:
            self.report(new, "send")
        if self.config.auto_deliver:
            for what in SIMULATED.get(_simulated(new), ("deliver",)):
                self.report(new, what)
        return new

    def send_text(self, to: str, text: str) -> Sms:
        """Keep a text to a phone."""
        return self._keep_text(to, text, "out")

    def reply(self, number: str, text: str) -> dict[str, Any]:
        """The phone answers: the text arrives on the inbound topic."""
        last = next(
            (sms for sms in reversed(self.texts) if sms.to == number and sms.direction == "out"), None
        )
        self._keep_text(number, text, "in")
        message = events.inbound_sms(
            number, text, to=self.config.own_number, reply_to=last.id if last else str(uuid.uuid4())
        )
        self.publish(self.config.inbound_sms_topic, message)
        return message

    def report(self, kept: Mail, what: str, **how: str) -> dict[str, Any]:
        """Publish one SES event about a mail."""
        make = {
            "send": events.send,
            "deliver": events.delivery,
            "bounce": events.bounce,
            "complain": events.complaint,
        }[what]
        at = iso(self.clock.calendar())
        event = make(kept, at, **how)
        self._note(kept, event["eventType"], **how)
        self.publish(self.config.email_events_topic, event)
        return event

    def act(self, kept: Mail, what: str, *, link: int = 0, user_agent: str = "") -> dict[str, object]:
        """The recipient opens, clicks or unsubscribes, by a real request."""
        agent = user_agent or recipient.A_PERSON
        if what == "open":
            answer = recipient.open_mail(kept, user_agent=agent)
        elif what == "click":
            answer = recipient.click(kept, link, user_agent=agent)
        else:
            answer = recipient.unsubscribe(kept, user_agent=agent)
        self._note(kept, what, **answer)
        return answer

    def mail(self, mail_id: str) -> Mail:
        """The mail of that id."""
        for kept in self.mails:
            if kept.id == mail_id:
                return kept
        raise NotKeptError(mail_id)

    def start_calendar(self, wall: datetime) -> None:
        """The calendar is at its first instant when the wall shows this."""
        if isinstance(self.clock, SystemClock):
            self.clock = replace(self.clock, wall_start=wall)

    def find_mails(self, to: str = "", since: str = "") -> list[Mail]:
        """The mails to an address, sent at or after a calendar instant."""
        with self.lock:
            kept = list(self.mails)
        return [one for one in kept if (not to or to in one.recipients) and one.sent_at >= since]

    def find_texts(self, to: str = "") -> list[Sms]:
        """The texts to a phone and, last of all, what it answered."""
        with self.lock:
            return [sms for sms in self.texts if not to or sms.to == to]

    def fault_for(self, operation: str, said: str = "") -> Fault | None:
        """The fault that this call must meet, used up by it."""
        with self.lock:
            for fault in self.faults:
                if fault.operation == operation and fault.count > 0 and fault.match in said:
                    fault.count -= 1
                    return fault
        return None

    def _keep_text(self, to: str, text: str, direction: str) -> Sms:
        now, wall = iso(self.clock.calendar()), iso(self.clock.wall())
        sms = Sms(str(uuid.uuid4()), to, text, now, wall, direction)
        with self.lock:
            self.texts.append(sms)
        return sms

    def _note(self, kept: Mail, what: str, **detail: object) -> None:
        with self.lock:
            kept.events.append({"event": what, "at": iso(self.clock.calendar()), **detail})


def _simulated(kept: Mail) -> str:
    """Which part of SES's mailbox simulator the address plays; labels are allowed."""
    name, _, host = kept.recipients[0].partition("@")
    return name.partition("+")[0] if host == SIMULATOR else ""


def text_as_json(sms: Sms) -> dict[str, Any]:
    """What the post office tells about a text."""
    return asdict(sms)
