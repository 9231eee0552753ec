"""What a POST on an unsubscribe link says: the mailbox's one click (RFC 8058), our page's button, or nothing. Pure."""

from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qs

ONE_CLICK = ("List-Unsubscribe", "One-Click")
BUTTON = ("confirm", "unsubscribe")
LONGEST = 16_384


def said(body: bytes, content_type: str) -> str:
    """`one_click`, `page`, or an empty text. No other field of the form is looked at."""
    if not 0 < len(body) <= LONGEST:
        return ""
    multipart = content_type.strip().lower().startswith("multipart/form-data")
    fields = _multipart(body, content_type) if multipart else _urlencoded(body)
    if ONE_CLICK in fields:
        return "one_click"
    return "page" if BUTTON in fields else ""


def _urlencoded(body: bytes) -> set[tuple[str, str]]:
    try:
        parsed = parse_qs(body.decode().strip(), max_num_fields=20)
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
