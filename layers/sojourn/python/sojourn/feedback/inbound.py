"""A text that somebody sent to one of our numbers, in the two-way shape of End User Messaging. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.consent.keywords import Keyword, keyword_of
from sojourn.errors import PoisonRecordError
from sojourn.feedback.letters import json_object

MAX_TEXT = 1600
NOT_IN_A_NUMBER = re.compile(r"[\s().-]")
NUMBER = re.compile(r"\+?([0-9]{3,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundSms:
    """One text; `reply_to` is the provider's id of the message that it seems to answer."""

    id: str
    sender: str
    recipient: str
    text: str
    reply_to: str

    @property
    def keyword(self) -> Keyword | None:
        """STOP, START or HELP, if it is one of them."""
        return keyword_of(self.text)


def read_sms(text: str) -> InboundSms | None:
    """The text that a message on the topic is about; None when it is about something else (a receipt, a greeting)."""
    if not text.lstrip().startswith("{") and text.lstrip().startswith("Successfully"):
        return None
    said = json_object(text)
    if "originationNumber" not in said or "inboundMessageId" not in said:
        return None
    return InboundSms(
        id=str(said["inboundMessageId"]),
        sender=_number(said["originationNumber"]),
        recipient=str(said.get("destinationNumber") or ""),
        text=_text(said),
        reply_to=str(said.get("previousPublishedMessageId") or ""),
    )


def _text(said: Mapping[str, Any]) -> str:
    body = said.get("messageBody")
    return body[:MAX_TEXT] if isinstance(body, str) else ""


def _number(said: object) -> str:
    digits = NUMBER.fullmatch(NOT_IN_A_NUMBER.sub("", str(said)))
    if digits is None:
        raise PoisonRecordError("a text from no number")
    return f"+{digits.group(1)}"
