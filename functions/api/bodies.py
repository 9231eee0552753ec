"""What a PUT sends, whatever its label says: a JSON object, or for journeys the YAML text itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Request

from sojourn.errors import Problem
from sojourn.http.bodies import (
    MAX_DEPTH,
    as_bytes,
    inflate,
    is_deeper_than,
    not_an_object,
    parse,
    read_object,
    too_deep,
)

LARGEST_TEMPLATE = 1_000_000
FORMS = ("source", "yaml", "definition")  # the wrapped ways to send a journey
SERVERS_OWN = {
    "id", "name", "version", "version_arn", "status", "live", "live_version", "content_hash", "published_at",
    "created_at", "updated_at",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentJourney:
    """The text of a journey file, and the revision that its author had read, where they say."""

    source: str
    revision: int | None = None


def sent_object(request: Request) -> dict[str, Any]:
    """A JSON object."""
    body, encoded, coding = _raw(request)
    found = read_object(body, encoded=encoded, coding=coding, limit=LARGEST_TEMPLATE)
    if is_deeper_than(MAX_DEPTH, found):
        raise too_deep()
    _refuse_halves(found)
    return found


def refuse_unknown(fields: Mapping[str, Any], known: set[str]) -> None:
    """What nobody asked for is not passed over: it may be meant to change what only the server may."""
    for name in sorted(set(fields) - known):
        raise Problem(400, "unknown_field", f"the field `{name[:80]}` cannot be set here", field=name[:80])


def sent_journey(request: Request) -> SentJourney:
    """The journey's text: YAML as it is, JSON as it is, or what `source`, `yaml` or `definition` holds."""
    from sojourn.rules.parse import LARGEST  # YAML loads where journeys are read

    body, encoded, coding = _raw(request)
    raw = inflate(as_bytes(body, encoded=encoded), coding=coding, limit=LARGEST)
    if not raw.strip():
        raise Problem(400, "body_empty", "send the journey: its YAML, or its definition as JSON")
    text = _decoded(raw)
    if not text.lstrip().startswith("{"):
        return SentJourney(text)
    fields = _json(text, raw)
    wrapped = [form for form in FORMS if form in fields]
    return _wrapped(fields, wrapped) if wrapped else _bare(fields, text)


def _wrapped(fields: dict[str, Any], forms: list[str]) -> SentJourney:
    refuse_unknown(fields, {"revision", forms[0]})
    content, revision = fields[forms[0]], fields.get("revision")
    if not isinstance(revision, int | None) or isinstance(revision, bool):
        raise Problem(400, "invalid_field", "`revision` is a whole number", field="revision")
    if forms[0] == "definition":
        if not isinstance(content, dict):
            raise Problem(400, "invalid_field", "`definition` is an object", field="definition")
        return SentJourney(_written(content), revision)
    if not isinstance(content, str):
        raise Problem(400, "invalid_field", f"`{forms[0]}` is the YAML text", field=forms[0])
    return SentJourney(content, revision)


def _bare(fields: dict[str, Any], text: str) -> SentJourney:
    for name in sorted(SERVERS_OWN & set(fields)):
        refuse_unknown({name: None}, set())
    return SentJourney(text)


def _json(text: str, raw: bytes) -> dict[str, Any]:
    value = parse(raw)
    if is_deeper_than(MAX_DEPTH * 2, value):
        raise too_deep(MAX_DEPTH * 2)
    if not isinstance(value, dict):
        raise not_an_object()
    _refuse_halves(value)
    return value


def _refuse_halves(value: dict[str, Any]) -> None:
    """JSON can spell half a surrogate pair, and no table keeps it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        message = "the body holds half a surrogate pair (\\ud800 to \\udfff): send whole characters"
        raise Problem(400, "invalid_utf8", message) from error


def _written(definition: dict[str, Any]) -> str:
    return json.dumps(definition, indent=2, ensure_ascii=False) + "\n"


def _decoded(raw: bytes) -> str:
    from sojourn.rules.parse import decode
    from sojourn.rules.tree import MalformedError

    try:
        return decode(raw)
    except MalformedError as error:
        raise Problem(400, "invalid_utf8", f"line {error.line}: {error.problem}", line=error.line) from error


def _raw(request: Request) -> tuple[str | bytes | None, bool, str]:
    """Body, whether the gateway encoded it, and its coding."""
    event = request.to_original_event()
    return event.get("body"), bool(event.get("isBase64Encoded")), request.headers.get("content-encoding", "")
