"""What a POST says: the mailbox's one click (RFC 8058), a button of our pages, or nothing. Pure."""

from email.parser import BytesParser
from email.policy import HTTP
from enum import StrEnum
from urllib.parse import parse_qs

ONE_CLICK = ("List-Unsubscribe", "One-Click")
BUTTON = ("confirm", "unsubscribe")
LONGEST = 16_384


class Scope(StrEnum):
    """How much is to stop."""

    TOPIC = "topic"  # messages of this kind, on this channel
    CHANNEL = "channel"
    ALL = "all"
    LESS = "less"  # nothing, but less often


def said(body: bytes, content_type: str) -> str:
    """`one_click`, `page`, or an empty text."""
    fields = fields_of(body, content_type)
    if ONE_CLICK in fields:
        return "one_click"
    return "page" if BUTTON in fields else ""


def scope_of(body: bytes, content_type: str) -> Scope:
    """How much the page's button stops; a mailbox's one click, and whatever is unclear, stops the topic."""
    fields = fields_of(body, content_type)
    chosen = [scope for scope in Scope if ("scope", scope.value) in fields]
    return chosen[0] if len(chosen) == 1 and ONE_CLICK not in fields else Scope.TOPIC


def fields_of(body: bytes, content_type: str) -> set[tuple[str, str]]:
    """The fields of a form, as names and values; none when it cannot be read."""
    if not 0 < len(body) <= LONGEST:
        return set()
    multipart = content_type.strip().lower().startswith("multipart/form-data")
    return _multipart(body, content_type) if multipart else _urlencoded(body)


def _urlencoded(body: bytes) -> set[tuple[str, str]]:
    try:
        parsed = parse_qs(body.decode().strip(), max_num_fields=40)
    except ValueError:
        return set()
    return {(name, value) for name, values in parsed.items() for value in values}


def _multipart(body: bytes, content_type: str) -> set[tuple[str, str]]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("ascii", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    return {(_name(part), _text(part)) for part in message.iter_parts()} if message.is_multipart() else set()


def _name(part: object) -> str:
    disposition = getattr(part, "get_param", lambda *_, **__: "")("name", "", header="content-disposition")
    return str(disposition)


def _text(part: object) -> str:
    payload = getattr(part, "get_payload", lambda **_: b"")(decode=True)
    return payload.decode("utf-8", "replace").strip() if isinstance(payload, bytes) else ""
