"""A request's body, from what the gateway hands over to a JSON object. Nothing is believed of its headers.

bytes     undo the gateway's base64
inflate   gzip by its magic bytes, with a cap: a bomb costs the cap and no more
text      UTF-8, a byte order mark is passed over
json      lenient where clients are known to slip (NaN is null), strict in the rest
"""

import base64
import binascii
import json
import zlib
from typing import Any

from sojourn.errors import Problem

GZIP_MAGIC = b"\x1f\x8b"
GZIP = 31  # zlib's word for: a gzip header and trailer, which it checks
KNOWN_CODINGS = {"", "identity", "gzip", "x-gzip"}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
REPLACED = "\x1f\ufffd"  # gzip that passed through a text channel: what it was is lost
MAX_DEPTH = 32  # what DynamoDB nests


def read_object(body: str | bytes | None, *, encoded: bool, coding: str, limit: int) -> dict[str, Any]:
    """The JSON object in a body of at most `limit` bytes, inflated."""
    raw = inflate(as_bytes(body, encoded=encoded), coding=coding, limit=limit)
    if not raw.removeprefix(BYTE_ORDER_MARK).strip():
        raise not_an_object()
    value = parse(raw)
    if not isinstance(value, dict):
        raise not_an_object()
    return value


def as_bytes(body: str | bytes | None, *, encoded: bool) -> bytes:
    """What the caller sent."""
    if body is None or isinstance(body, bytes):
        return body or b""
    try:
        return base64.b64decode(body, validate=True) if encoded else body.encode()
    except UnicodeEncodeError as error:
        raise _invalid_utf8() from error
    except (binascii.Error, ValueError) as error:
        raise Problem(400, "malformed_body", "the gateway's base64 does not decode") from error


def inflate(raw: bytes, *, coding: str, limit: int) -> bytes:
    """The bytes themselves, or what a gzip member holds; the caller's claim about it is not asked for."""
    if not {part.strip().lower() for part in coding.split(",")} <= KNOWN_CODINGS:
        raise Problem(415, "unsupported_encoding", "send the body plain or with Content-Encoding: gzip")
    if raw.startswith(REPLACED.encode()):
        raise Problem(415, "unsupported_encoding", "the gzip body was damaged on its way; send it plain")
    plain = _gunzip(raw, limit) if raw.startswith(GZIP_MAGIC) else raw
    if len(plain) > limit:
        raise too_large(limit)
    return plain


def parse(raw: bytes) -> Any:
    """The JSON value; of duplicate keys the last wins, NaN and the infinities are null."""
    if not json.detect_encoding(raw).startswith("utf-8"):
        raise _invalid_utf8()
    try:
        text = raw.removeprefix(BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        raise _invalid_utf8(offset=error.start) from error
    try:
        return _decode(text)
    except json.JSONDecodeError as error:
        message = f"no valid JSON at character {error.pos}: {error.msg}"
        raise Problem(400, "malformed_json", message, offset=error.pos) from error
    except RecursionError as error:
        raise too_deep() from error


def is_deeper_than(limit: int, value: Any) -> bool:
    """Whether objects and arrays nest deeper than `limit`; level by level, so that depth costs no stack."""
    level = [value]
    for _ in range(limit + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def too_deep(limit: int = MAX_DEPTH) -> Problem:
    """The refusal of what nests too deep to be stored."""
    return Problem(400, "too_deep", f"objects and arrays may nest {limit} deep: flatten it", limit=limit)


def too_large(limit: int) -> Problem:
    """The refusal of a body over the limit."""
    return Problem(
        413, "body_too_large", f"the body may have {limit} bytes, inflated: send less at a time", limit=limit
    )


def not_an_object() -> Problem:
    """The refusal of a body that is empty or something else than an object."""
    return Problem(400, "body_not_object", "the body must be a JSON object")


def _invalid_utf8(**extra: Any) -> Problem:
    return Problem(400, "invalid_utf8", "the body must be JSON in UTF-8", **extra)


def _gunzip(raw: bytes, limit: int) -> bytes:
    member = zlib.decompressobj(GZIP)
    try:
        plain = member.decompress(raw, limit + 1)
    except zlib.error as error:
        raise Problem(400, "malformed_gzip", "the gzip body is damaged") from error
    if len(plain) > limit:
        raise too_large(limit)
    if not member.eof or member.unused_data:
        raise Problem(400, "malformed_gzip", "the gzip body must be one whole member")
    return plain


def _decode(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a whole number of more than 4,300 digits, which Python refuses to read
        return _PATIENT_DECODER.decode(text)


def _nothing(_: str) -> None:
    return None


def _number(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:
        return None


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values()) or [None]
    if isinstance(value, list):
        return value or [None]
    return []


_DECODER = json.JSONDecoder(parse_constant=_nothing)
_PATIENT_DECODER = json.JSONDecoder(parse_constant=_nothing, parse_int=_number)
