"""What a form sends: fields by name, and files where there are any."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from chalice.app import Request

from functions.api.console.words import _
from sojourn.errors import Problem

MOST_FIELDS = 2_000
LARGEST = 6_000_000  # what Lambda hands over


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file; its name is the sender's word."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in their order."""

    pairs: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, File] = field(default_factory=dict)

    def get(self, name: str, otherwise: str = "") -> str:
        """The first value of this name, without spaces round it."""
        return next((value.strip() for key, value in self.pairs if key == name), otherwise)

    def raw(self, name: str) -> str:
        """The same to the letter: passwords, sources."""
        return next((value for key, value in self.pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of this name."""
        return [value for key, value in self.pairs if key == name]

    def as_dict(self) -> dict[str, str]:
        """The last value of each name."""
        return dict(self.pairs)


def form(request: Request) -> Form:
    """What the request's body says, urlencoded or multipart."""
    body = request.raw_body
    raw = body.encode() if isinstance(body, str) else body or b""
    if len(raw) > LARGEST:
        raise Problem(413, "body_too_large", _("that is more than 6 MB: send less at a time"))
    kind = request.headers.get("content-type", "")
    if kind.lower().startswith("multipart/form-data"):
        return _multipart(raw, kind)
    return Form(_pairs(raw))


def _pairs(raw: bytes) -> tuple[tuple[str, str], ...]:
    try:
        text = raw.decode()
        return tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError as error:
        raise _malformed() from error


def _multipart(raw: bytes, kind: str) -> Form:
    head = b"Content-Type: " + kind.encode("latin-1", "replace").replace(b"\r", b"").replace(b"\n", b"")
    message = BytesParser(policy=HTTP).parsebytes(head + b"\r\n\r\n" + raw)
    pairs, files = [], {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        if (file := part.get_filename()) is not None:
            files[name] = File(str(file), content)
        else:
            pairs.append((name, content.decode("utf-8", "replace")))
    return Form(tuple(pairs[:MOST_FIELDS]), files)


def _malformed() -> Problem:
    return Problem(400, "malformed_body", _("the form cannot be read: load the page again"))
