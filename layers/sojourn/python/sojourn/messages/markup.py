"""The HTML of a mail, read strictly: every browser and mail client must see the same tags as this reader.

That is what makes the other rules hold: only known elements, no handlers, no scripts, merge fields inside texts and
quoted attributes only, and whole tags between the blocks of a template, so that every branch stays well-formed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from sojourn.messages.mask import BLOCK, SHOW, Masked

ELEMENTS = {
    "html", "head", "title", "meta", "style", "body", "div", "span", "p", "br", "hr", "a", "img", "table", "thead",
    "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", "h1", "h2", "h3", "h4", "h5", "h6", "ul",
    "ol", "li", "dl", "dt", "dd", "strong", "b", "em", "i", "u", "s", "small", "big", "sub", "sup", "blockquote",
    "pre", "code", "abbr", "address", "center", "font", "header", "footer", "main", "section", "article", "figure",
    "figcaption",
}  # fmt: skip
MOST_PROBLEMS = 100
FIELD_ATTRIBUTES = {"href", "src", "alt", "title", "aria-label"}
NO_ATTRIBUTES = {
    "action",
    "formaction",
    "srcdoc",
    "srcset",
    "ping",
    "cite",
    "longdesc",
    "lowsrc",
    "dynsrc",
    "poster",
    "target",
}
HTTP_EQUIV = {"content-type", "x-ua-compatible"}
ATTRIBUTE = re.compile(r"\s+([a-zA-Z][a-zA-Z0-9:-]*)(?:\s*=\s*(\"[^\"]*\"|'[^']*'))?")
TAG_NAME = re.compile(r"<[a-zA-Z][a-zA-Z0-9]*")
TAG_END = re.compile(r"\s*/?>")
CLOSING_TAG = re.compile(r"</[a-zA-Z][a-zA-Z0-9]*\s*>")
# Comments that cannot be read in two ways: words only, or Outlook's conditional ones, which may show a picture.
PLAIN_COMMENT = re.compile(r"(?!-)(?:(?!--)[^<>])*")
OUTLOOK_COMMENT = re.compile(
    r"\[if [^\]<>-]*\]>(?:<!|(?:(?!--|href|src(?!=\"https://)|on\w+=).)*<!\[endif\])|<!\[endif\]",
    re.DOTALL | re.IGNORECASE,
)
UNSAFE_STYLE = re.compile(
    r"@import|expression\s*\(|javascript:|behavior|-moz-binding|\\|url\((?!['\"]?https://)|<", re.IGNORECASE
)
ENTITY = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*;)")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute and where its value stands."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening tag and where it ends."""

    name: str
    start: int
    end: int
    attributes: tuple[Attribute, ...]

    def get(self, name: str) -> Attribute | None:
        """The attribute of this name."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


@dataclass(slots=True)
class Document:
    """What was read: tags, where the body ends, and what is wrong with which place."""

    tags: list[Tag] = field(default_factory=list)
    body_end: int | None = None
    problems: list[tuple[int, str]] = field(default_factory=list)


def read(masked: Masked) -> Document:
    """Read a masked source; its problems are listed, not raised, and a hundred are enough."""
    reader = _Reader(masked.text)
    try:
        reader.feed(masked.text)
        reader.close()
    except _EnoughError:
        pass
    except AssertionError:
        reader.document.problems.append((reader.place(), "a declaration that cannot be read"))
    return reader.document


class _EnoughError(Exception):
    """Nobody reads on."""


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text = text
        self.document = Document()
        self.line_starts = [0, *(end.end() for end in re.finditer("\n", text))]  # as HTMLParser counts lines
        self.inside = ""

    def place(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def note(self, problem: str) -> None:
        if len(self.document.problems) >= MOST_PROBLEMS:
            raise _EnoughError
        self.document.problems.append((self.place(), problem))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start, raw = self.place(), self.get_starttag_text() or ""
        read_tag = _tag(tag, start, raw)
        if read_tag is None:
            self.note(
                f'<{tag}> is not written as <{tag} name="value">, or has a template tag outside a value'
            )
            return
        if self.inside == "title":
            self.note("a tag inside the title")
        self.inside = tag if tag in {"title", "style"} else self.inside
        self.document.tags.append(read_tag)
        for problem in _judge(read_tag):
            self.note(problem)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.inside = ""

    def handle_endtag(self, tag: str) -> None:
        start = self.place()
        if not CLOSING_TAG.match(self.text, start):
            self.note(f"</{tag}> is not written plainly")
        if tag == "body":
            self.document.body_end = start
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside == "style" and (SHOW in data or BLOCK in data or UNSAFE_STYLE.search(data)):
            self.note("a style sheet with a merge field, an import or a foreign address")
        elif "<" in data:
            self.note("a < that begins no tag: write &lt;")

    def handle_comment(self, data: str) -> None:
        plain = PLAIN_COMMENT.fullmatch(data) or OUTLOOK_COMMENT.fullmatch(data)
        closed = self.text.startswith(f"<!--{data}-->", self.place())
        if not (plain and closed) or SHOW in data or BLOCK in data:
            self.note("a comment that mail clients may read differently: use {# … #}")

    def handle_decl(self, decl: str) -> None:
        if not decl.lower().startswith("doctype html") or SHOW in decl or BLOCK in decl:
            self.note("a declaration other than <!doctype html>")

    def handle_pi(self, data: str) -> None:
        self.note("a processing instruction")

    def unknown_decl(self, data: str) -> None:
        self.note("a marked section")


def _tag(name: str, start: int, raw: str) -> Tag | None:
    """The tag as written, or None when two readers could read it differently."""
    head = TAG_NAME.match(raw)
    if head is None:
        return None
    position, attributes = head.end(), list[Attribute]()
    while match := ATTRIBUTE.match(raw, position):
        value, position = match[2] or "", match.end()
        end = start + match.end(2) - 1 if value else start + position
        attributes.append(
            Attribute(match[1].lower(), unescaped(value[1:-1]), end - max(len(value) - 2, 0), end)
        )
    if not TAG_END.fullmatch(raw, position) or BLOCK in raw:
        return None
    return Tag(name, start, start + len(raw), tuple(attributes))


def unescaped(value: str) -> str:
    """An attribute's value as browsers read it: `&copy=1` in an address is no copyright sign."""
    return ENTITY.sub(lambda entity: unescape(entity[0]), value)


def _judge(tag: Tag) -> Iterator[str]:
    if tag.name not in ELEMENTS:
        yield f"<{tag.name}> does not belong in a mail"
    if len({attribute.name for attribute in tag.attributes}) < len(tag.attributes):
        yield "an attribute twice"
    for attribute in tag.attributes:
        yield from _judge_attribute(tag.name, attribute)
    if tag.name == "img" and tag.get("alt") is None:
        yield 'an image without alt (alt="" for decoration)'


def _judge_attribute(tag: str, attribute: Attribute) -> Iterator[str]:
    name, value = attribute.name, attribute.value
    if name.startswith(("on", "xlink")) or name in NO_ATTRIBUTES:
        yield f"the attribute {name} does not belong in a mail"
    if (name == "href" and tag != "a") or (name == "src" and tag != "img"):
        yield f"{name} on <{tag}>"
    if SHOW in value and name not in FIELD_ATTRIBUTES:
        yield f"a merge field in {name}"
    if name == "style" and UNSAFE_STYLE.search(value):
        yield "a style with an import, a script or a foreign address"
    if name == "http-equiv" and value.lower() not in HTTP_EQUIV:
        yield f"http-equiv {value}"
    if name == "background" and not value.startswith("https://"):
        yield "a background that does not begin with https://"
