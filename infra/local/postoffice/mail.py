"""A mail as SES was given it, and the bytes that a recipient would get."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

# The default policy folds a long List-Unsubscribe into encoded words, and one-click is broken.
UNFOLDED = policy.SMTP.clone(max_line_length=998)


@dataclass(slots=True)
class Mail:
    """One mail to one or more recipients, with what has happened to it since."""

    id: str
    sender: str
    recipients: list[str]
    subject: str
    sent_at: str
    wall_at: str
    raw: bytes
    headers: dict[str, str]
    tags: dict[str, str]
    configuration_set: str
    text: str
    html: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """What the post office tells about it."""
        return {
            "id": self.id,
            "to": self.recipients[0] if self.recipients else "",
            "from": self.sender,
            "subject": self.subject,
            "sent_at": self.sent_at,
            "wall_at": self.wall_at,
            "tags": self.tags,
            "headers": self.headers,
            "text": self.text,
            "html": self.html,
            "events": self.events,
        }

    @property
    def unsubscribe_url(self) -> str | None:
        """The first https (here also http) address in List-Unsubscribe."""
        entries = self.headers.get("List-Unsubscribe", "").split(",")
        urls = [entry.strip().strip("<>") for entry in entries]
        return next((url for url in urls if url.startswith(("http://", "https://"))), None)

    @property
    def links(self) -> list[str]:
        """The links that a reader may follow, in order, less the way out."""
        return [url for url, _ in self.named_links]

    @property
    def named_links(self) -> list[tuple[str, str]]:
        """The same with the words that a reader sees."""
        found = _Anchors.of(self.html).links
        return [(url, words) for url, words in found if not self._is_way_out(url)]

    def _is_way_out(self, url: str) -> bool:
        return url == self.unsubscribe_url or urlsplit(url).path.startswith(("/u/", "/p/"))

    @property
    def pixel(self) -> str | None:
        """The address of the picture that tells of an opening."""
        return next(iter(_Anchors.of(self.html).pixels), None)


def accept(request: dict[str, Any], *, mail_id: str, sent_at: datetime, wall_at: str) -> Mail:
    """The mail that a SendEmail request asks for."""
    content, sender = request["Content"], request.get("FromEmailAddress", "")
    recipients = request.get("Destination", {}).get("ToAddresses", [])
    if "Raw" in content:
        message = message_from_bytes(base64.b64decode(content["Raw"]["Data"]), policy=UNFOLDED)
        assert isinstance(message, EmailMessage)
    else:
        message = compose(content["Simple"], sender, recipients)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{mail_id}@email.amazonses.com>"
    return Mail(
        id=mail_id,
        sender=sender or str(message["From"]),
        recipients=recipients or [str(message["To"])],
        subject=str(message["Subject"]),
        sent_at=sent_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        wall_at=wall_at,
        raw=message.as_bytes(),
        headers={name: str(value) for name, value in message.items()},
        tags={tag["Name"]: tag["Value"] for tag in request.get("EmailTags", [])},
        configuration_set=request.get("ConfigurationSetName", ""),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def compose(simple: dict[str, Any], sender: str, recipients: list[str]) -> EmailMessage:
    """The message that SES builds from Simple content, each header on a line of its own."""
    message = EmailMessage(policy=UNFOLDED)
    message["From"], message["To"] = sender, ", ".join(recipients)
    message["Subject"] = simple["Subject"]["Data"]
    for header in simple.get("Headers", []):
        message[header["Name"]] = header["Value"]
    body = simple["Body"]
    if "Text" in body:
        message.set_content(body["Text"]["Data"], cte="quoted-printable")
    if "Html" in body and "Text" in body:
        message.add_alternative(body["Html"]["Data"], subtype="html", cte="quoted-printable")
    elif "Html" in body:
        message.set_content(body["Html"]["Data"], subtype="html", cte="quoted-printable")
    return message


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""


class _Anchors(HTMLParser):
    """Collects what a mail program would follow or load."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.pixels: list[str] = []
        self.reading = False

    @classmethod
    def of(cls, html: str) -> _Anchors:
        anchors = cls()
        anchors.feed(html)
        return anchors

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "a" and named.get("href", "").startswith(("http://", "https://")):
            self.links.append((named["href"], ""))
            self.reading = True
        if tag == "img" and _is_pixel(named):
            self.pixels.append(named["src"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.reading = False

    def handle_data(self, data: str) -> None:
        if self.reading:
            url, words = self.links[-1]
            self.links[-1] = (url, " ".join((words + data).split()))


def _is_pixel(image: dict[str, str]) -> bool:
    src = image.get("src", "")
    tiny = image.get("width") == "1" and image.get("height") == "1"
    return src.startswith(("http://", "https://")) and (tiny or urlsplit(src).path.startswith("/o/"))
