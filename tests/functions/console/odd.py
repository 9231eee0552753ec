"""Odd requests for any route: what is sent begins as something sensible, and then one thing in it is not."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.functions.console.full_house import MAIL
from tests.functions.console.journeys_there import FIRST
from tests.functions.test_api_imports import STATEMENT
from tests.insight_rows import ADA

Draw = st.DrawFn
Path = tuple[str | int, ...]

WORDS: tuple[str, ...] = (
    "", " ", "\0", "a\0b", "\ud800", "a\udfffb", "\u202e", "\ufeff", "é", "e\u0301", "😀", "²", "٣", "½", "-1", "0",
    "1", "1.5", "1e400", "9" * 40, "9" * 5_000, "NaN", "inf", "true", "null", "[]", "{}", "..", "../..", "/", "//",
    "a/b", "a b", "a\nb", "a\r\nX-Odd: 1", "%", "%00", "%2F", "?", "#", "C#x", "u#ada", "x" * 300, "é" * 200,
    "x" * 100_000, "{{", "{{ x }}", "{% for %}", "'", '"', "<b>", "- a\n- b", "a: [", "&a [*a]", "!!python/object:x",
    "2026-02-30", "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-21T10:00:00Z",
    "25:99", "P1D", "99999999999 days", "0 days", "ada@example.org", "@", "a@b", "ada@exämple.org",
    "a@" + "b." * 200, "+15551234567", "+", "tel:+1", "https://example.org", "http://[::1", "http://[x]/",
    "javascript:x", "ada", ADA, "u1", "welcome", "hello", "payers", "news", "email", "sms", "marketing", "send", "skip",
    "Remind", "Send the welcome",
    "imports/people.csv", "a.b.1", "a.b.²", "a..1", ".", "x.welcome.1", f"{ADA}.welcome.1",
    "eyJhIjoxfQ==", "=", "====", "e30", "e30.e30.e30", "apply", "undo", "merge", "add:", "add:rule", "add:steps/0",
    "remove:rule/0", "remove:x/1/y", "any:rule", "move:steps/0", "up:rule/1", "add:rule/" + "9" * 5_000, "9" * 400,
    "add steps/0", "add send", "delete steps/0", "delete entry/event", "up steps/1", "copy steps/0", "rule filter",
    "select steps/9/x/" + "9" * 5_000, "steps/0", "+steps/0", "steps/0/send", "filter",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, 10**40, -(10**400), 1e308, float("nan"), float("inf"), [], {}, [[]], [None], [{}],
    {"": None}, {"x": {"y": []}}, {"\0": "\0"}, {"\ud800": "\ud800"}, ["x"] * 2_000, ["a", 1], {"x" * 3_000: 1},
    {str(number): number for number in range(300)}, {"is": None}, {"move": 1}, {"attribute": [], "is": {}},
)  # fmt: skip
WHOLE: tuple[str | bytes | None, ...] = (
    None, "", " ", "null", "[]", "3", '"x"', "true", "NaN", '{"a":', "{", "}", "{'a': 1}", '{"a": 1, "a": 2}',
    "[" * 100_000, '{"a":' * 5_000, "- a", "a: b", "journey: x", "---\n---", "&a [*a]", "a: &b [*b]", "\t", "\0",
    "\ud800", "x" * 100_000, "=&=&&", "a=%ff", "%", "csrf", b"", b"\xff", b"\xfe\xff\0a", b"\x1f\x8b",
    b"\x1f\x8b\x08\0junk", b"\xef\xbb\xbf{}", b"\xef\xbb\xbf", b"--x\r\n\r\n", b"--x--",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\xff\r\n--x--\r\n',
)  # fmt: skip
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
KINDS = (
    "application/json", "application/yaml", "text/plain", "", "x", "\0", FORM, PARTS, "multipart/form-data",
    'multipart/form-data; boundary="', "multipart/form-data; boundary=é",
)  # fmt: skip
DEEPEST = 4
TAGS = (
    '"1"',
    '"0"',
    '"9"',
    "1",
    "*",
    "",
    " ",
    '"',
    'W/"1"',
    '"²"',
    '"1", "2"',
    '"' + "9" * 5_000 + '"',
    "é",
    ",",
    "x" * 9_000,
)
NAMED: dict[str, Any] = {  # what the API's specification does not say of its fields
    "source": FIRST, "yaml": FIRST, "journey": "welcome", "userId": "ada", "user_id": "ada", "contact": ADA,
    "contacts": [ADA], "with": "bob", "email": "ada@example.org", "to": "ada@example.org", "address": "ada@example.org",
    "event": "Signed Up", "label": "vip", "provider": "shopify", "key": "imports/people.csv", "kind": "contacts",
    "consent": STATEMENT, "mapping": {"columns": {"id": "userId"}}, "timestamp": "2026-11-21T10:00:00Z",
    "rule": [{"attribute": "plan", "is": "pro"}], "definition": MAIL, "clauses": {"Remind": "stay"}, "country": "FR",
    "timezone": "Europe/Paris", "messages": ["x"], "as": "ada", "role": "editor", "name": "odd",
}  # fmt: skip

words = st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=5)
values = words | st.sampled_from(VALUES).map(deepcopy)


@dataclass(frozen=True)
class Sent:
    """A body and the headers that come with it."""

    body: str | bytes | None
    headers: Mapping[str, str]


@st.composite
def part(draw: Draw, known: str) -> str:
    """What stands in an address: mostly what is there, else anything, in any spelling a gateway hands over."""
    if draw(st.sampled_from((True, True, False))):
        return quote(known, safe="")
    odd = draw(words)[:400]
    return odd if draw(st.booleans()) else quote(odd, safe="", errors="surrogatepass")


@st.composite
def spoken(draw: Draw, schema: Mapping[str, Any], document: Mapping[str, Any]) -> Sent:
    """A JSON body of this schema with something odd in it; or nothing of the kind."""
    if not draw(st.integers(0, 5)):
        return Sent(draw(st.sampled_from(WHOLE)), _labels(draw, draw(st.sampled_from(KINDS))))
    body = _like(draw, schema, document, "", 0)
    for _ in range(draw(st.integers(0, 2))):
        body = _bent(draw, body)
    if isinstance(body, str) and draw(st.booleans()):
        return Sent(body, _labels(draw, "application/yaml"))
    text = json.dumps(body)
    return Sent(text if draw(st.booleans()) else text.encode(), _labels(draw, "application/json"))


@st.composite
def typed(draw: Draw, fields: list[tuple[str, str]], names: list[str]) -> Sent:
    """A form with these fields and something odd in them; or nothing of the kind."""
    if not draw(st.integers(0, 7)):
        return Sent(draw(st.sampled_from(WHOLE)), _labels(draw, draw(st.sampled_from(KINDS))))
    pairs = list(fields)
    for _ in range(draw(st.integers(0, 3))):
        said, new = draw(words), draw(st.sampled_from(names))
        at = draw(st.integers(0, 9_999)) % max(len(pairs), 1)  # what a form has may change on the way
        match draw(st.sampled_from(("bent", "bent", "bent", "left out", "twice", "new"))):
            case "bent" if pairs:
                pairs[at] = (pairs[at][0], said)
            case "left out" if pairs:
                del pairs[at]
            case "twice" if pairs:
                pairs.append((pairs[at][0], said))
            case _:
                pairs.append((new, said))
    if draw(st.integers(0, 4)):
        body = urlencode(pairs, errors="surrogatepass")
        return Sent(body, _labels(draw, FORM))
    return Sent(_multipart(draw, pairs), _labels(draw, PARTS))


def _multipart(draw: Draw, pairs: list[tuple[str, str]]) -> bytes:
    head = 'Content-Disposition: form-data; name="{}"{}'
    pieces = [(head.format(name, ""), value.encode("utf-8", "surrogatepass")) for name, value in pairs]
    for name in draw(st.lists(st.sampled_from(("file", "source", "")), max_size=2)):
        content = draw(
            st.sampled_from((b"", b"\xff\xfe\0", b"id,email\nu1,\n", b'"', b"PK\x03\x04", b"id;\xe9\n" * 50))
        )
        pieces.append(
            (
                head.format(name, f'; filename="{draw(st.sampled_from(("a.csv", "", "../é", "a" * 400)))}"'),
                content,
            )
        )
    return (
        b"".join(b"--x\r\n" + top.encode() + b"\r\n\r\n" + body + b"\r\n" for top, body in pieces)
        + b"--x--\r\n"
    )


def _labels(draw: Draw, kind: str) -> dict[str, str]:
    told = {"content-type": kind}
    if draw(st.booleans()):
        told["if-match"] = draw(st.sampled_from(TAGS))
    if not draw(st.integers(0, 4)):
        told["idempotency-key"] = draw(words)[:9_000]
    if not draw(st.integers(0, 9)):
        told["content-encoding"] = draw(st.sampled_from(("gzip", "br", "gzip, gzip", "")))
    if not draw(st.integers(0, 4)):
        told["hx-request"] = "true"
    return told


def _like(draw: Draw, schema: Mapping[str, Any], document: Mapping[str, Any], name: str, depth: int) -> Any:
    """Something of this schema."""
    schema = resolved(document, schema)
    if name in NAMED and draw(st.sampled_from((True, True, False))):
        return deepcopy(NAMED[name])
    if several := schema.get("oneOf") or schema.get("anyOf"):
        return _like(draw, draw(st.sampled_from(several)), document, name, depth)
    if "enum" in schema or "const" in schema:
        return draw(st.sampled_from(schema.get("enum", [schema.get("const")])))
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return _object(draw, schema, document, depth) if depth < DEEPEST else {}
    if kind == "array":
        return [_like(draw, schema.get("items", {}), document, "", depth + 1)] if depth < DEEPEST else []
    return {"integer": 1, "number": 1.5, "boolean": True}.get(kind, "odd")


def _object(draw: Draw, schema: Mapping[str, Any], document: Mapping[str, Any], depth: int) -> dict[str, Any]:
    said: dict[str, Any] = schema.get("properties", {})
    names = [each for each in said if each in schema.get("required", ()) or draw(st.booleans())]
    return {each: _like(draw, said[each], document, each, depth + 1) for each in names}


def resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an OpenAPI document means by this."""
    while "$ref" in node:
        found: Any = document
        for each in node["$ref"].removeprefix("#/").split("/"):
            found = found[each]
        node = found
    return node


def _bent(draw: Draw, body: Any) -> Any:
    """The same with one value of another kind, left out, or too many."""
    if not isinstance(body, dict) or not body:
        return draw(values)
    *above, last = draw(st.sampled_from(list(_paths(body))))
    there = body
    for step in above:
        there = there[step]
    match draw(st.sampled_from(("bent", "bent", "bent", "left out", "new"))):
        case "bent":
            there[last] = draw(values)
        case "left out":
            del there[last]
        case _:
            body[draw(words)[:500]] = draw(values)
    return body


def _paths(tree: Any) -> Iterator[Path]:
    for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield (name,)
        if isinstance(value, dict | list):
            yield from ((name, *rest) for rest in _paths(value))


__all__ = ["Sent", "part", "resolved", "spoken", "typed", "words"]
