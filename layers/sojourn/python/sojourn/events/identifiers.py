"""Who an event is about, and the ids it carries: texts, or numbers that become texts."""

import math
from collections.abc import Mapping
from typing import Any

from sojourn.events.model import EventType
from sojourn.events.rejections import EventRejectedError

LONGEST_ID = 256  # characters; four bytes each at most, far from DynamoDB's 2,048 of a hash key
LONGEST_MESSAGE_ID = 256  # bytes; the range key holds a time and a source too, in 1,024

CODES = {
    "userId": "invalid_user_id",
    "anonymousId": "invalid_anonymous_id",
    "previousId": "invalid_previous_id",
    "groupId": "invalid_group_id",
    "messageId": "invalid_message_id",
}
# What an event of this type needs beside userId or anonymousId.
ALSO_NEEDED = {
    EventType.ALIAS.value: ("userId", "previousId"),
    EventType.GROUP.value: ("groupId",),
}


def identifiers(item: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The ids of an event that are there, as texts."""
    ids = {}
    for field in ("userId", "anonymousId", "previousId", "groupId"):
        value = item.get(field)
        if value is not None:
            ids[field] = identifier(value, field)
    _check_needed(ids, kind)
    return ids


def partition(ids: Mapping[str, str]) -> str:
    """The hash key: the user where one is named, else the anonymous visitor."""
    return f"u#{ids['userId']}" if "userId" in ids else f"a#{ids['anonymousId']}"


def identifier(value: Any, field: str) -> str:
    """An id as text."""
    text = as_text(value)
    if text is None or not text.strip():
        raise EventRejectedError(CODES[field], f"{field} must be a text or a number, and not empty", field)
    if len(text) > LONGEST_ID:
        raise EventRejectedError(CODES[field], f"{field} may have {LONGEST_ID} characters", field)
    return utf8(text, CODES[field], field)


def message_id(value: Any) -> str | None:
    """The id that the client gave, None when it gave none."""
    if value is None or value == "":
        return None
    text = as_text(value)
    code = CODES["messageId"]
    if text is None:
        raise EventRejectedError(code, "messageId must be a text", "messageId")
    if len(utf8(text, code, "messageId").encode()) > LONGEST_MESSAGE_ID:
        raise EventRejectedError(code, f"messageId may have {LONGEST_MESSAGE_ID} bytes", "messageId")
    return text


def as_text(value: Any) -> str | None:
    """Texts as they are, numbers as they would be written; nothing else is an id."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    return str(int(value)) if value == int(value) else repr(value)


def utf8(text: str, code: str, field: str) -> str:
    """The text, when it can be stored: half a surrogate pair cannot."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise EventRejectedError(code, f"{field} holds half a surrogate pair", field) from error
    return text


def _check_needed(ids: Mapping[str, str], kind: str) -> None:
    if "userId" not in ids and "anonymousId" not in ids:
        raise EventRejectedError("missing_identity", "userId or anonymousId is needed", "userId")
    for field in ALSO_NEEDED.get(kind, ()):
        if field not in ids:
            raise EventRejectedError(
                f"missing_{CODES[field].removeprefix('invalid_')}", f"{field} is needed", field
            )
