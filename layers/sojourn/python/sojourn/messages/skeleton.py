"""MJML read strictly: its bare structure for the compiler, and what an author put into it, which goes round it. Pure.

The compiler trusts its input. It ends the process over deep nesting, hands on what it does not know, loses a line break
between two tags, and writes attributes as Rust quotes texts. So the structure is held against a table that has no way
to nest deeply; contents, addresses and the blocks of a template are words in it, which are changed back later.
"""

import re
from dataclasses import dataclass, field

from sojourn.messages.allowlist import DEEPER
from sojourn.messages.elements import (
    DEFAULTS,
    HOLD_HTML,
    KEPT_ATTRIBUTES,
    NO_TRACK,
    ONCE,
    TAKE_BLOCKS,
    judged,
    misplaced,
)
from sojourn.messages.faults import TemplateFaultError
from sojourn.messages.mask import SHOW, TOKEN, Masked

MAX_ELEMENTS = 1_000
VALUE = r"(?:\"[^\"<]*\"|'[^'<]*')"
NAME = r"[a-zA-Z][a-zA-Z0-9-]*"
OPENING = re.compile(
    rf"<(?P<name>mj[a-z-]*)(?P<attributes>(?:\s+(?:{NAME}\s*=\s*{VALUE}|{NO_TRACK}))*)\s*(?P<empty>/?)>"
)
CLOSING = re.compile(r"</(?P<name>mj[a-z-]*)\s*>")
ATTRIBUTE = re.compile(rf"(?P<name>{NAME})(?:\s*=\s*(?P<value>{VALUE}))?")
COMMENT = re.compile(r"<!--(?!-?>)(?:(?!--).)*-->", re.DOTALL)
ANY_TAG = re.compile(rf"</?(?P<name>{NAME})")
WORD = re.compile(r"\{%[-+]?\s*(\w+)")
AS_MJML = 'write <mj-name attribute="value"> and close it, and HTML inside mj-text, mj-table or mj-raw'
WHOLE = "put it round whole elements"

Span = tuple[int, int]


@dataclass(slots=True)
class Skeleton:
    """What the compiler gets, and what each word in it stands for: a span of the masked source."""

    word: str
    pieces: list[str] = field(default_factory=list)
    kept: list[Span] = field(default_factory=list)
    must_show: set[int] = field(default_factory=set)
    not_counted: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The structure as MJML."""
        return "".join(self.pieces)

    def keep(self, span: Span, *, must_show: bool = True) -> None:
        """Put a word where this part of the source stood."""
        self.must_show |= {len(self.kept)} if must_show else set()
        self.pieces.append(f"{self.word}{len(self.kept):05d}")
        self.kept.append(span)


def read_skeleton(masked: Masked) -> Skeleton:
    """Raises TemplateFaultError at the first place that is no MJML of ours."""
    word = "kept"
    while word in masked.text:
        word += "x"
    return _Reader(masked, Skeleton(word)).read()


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    start: int
    blocks: int


class _Reader:
    def __init__(self, masked: Masked, skeleton: Skeleton) -> None:
        self.masked, self.text, self.skeleton = masked, masked.text, skeleton
        self.open = [_Open("", 0, 0)]
        self.blocks = 0
        self.seen: list[str] = []

    def fault(self, place: int, problem: str, remedy: str = AS_MJML) -> TemplateFaultError:
        return TemplateFaultError(self.masked.line_at(place), problem, remedy)

    def read(self) -> Skeleton:
        place = 0
        while place < len(self.text):
            place = self._next(place)
        if len(self.open) > 1:
            raise self.fault(self.open[-1].start, f"<{self.open[-1].name}> is not closed")
        if "mj-body" not in self.seen:
            raise self.fault(0, "no <mjml> with an <mj-body>", "begin with <mjml><mj-body>")
        return self.skeleton

    def _next(self, place: int) -> int:
        """Read one tag, one comment, or what stands between them; where it ends."""
        if self.text[place] != "<":
            return self._between(place)
        if found := COMMENT.match(self.text, place):
            return found.end()
        if found := CLOSING.match(self.text, place):
            self._close(found["name"], place)
            return found.end()
        if found := OPENING.match(self.text, place):
            return self._opened(found)
        raise self._unreadable(place)

    def _unreadable(self, place: int) -> TemplateFaultError:
        tag = ANY_TAG.match(self.text, place)
        if tag is None:
            return self.fault(place, "neither a tag nor a plain comment: no DOCTYPE, no entity, no < alone")
        if tag["name"].startswith("mj"):
            return self.fault(place, f'<{tag["name"]}> is not written as <{tag["name"]} name="value">')
        return self.fault(place, f"<{tag['name']}> outside the elements that hold HTML")

    def _between(self, start: int) -> int:
        """Space, and blocks of the template: an `if` or a `for` round whole elements."""
        end = self.text.find("<", start)
        end = end if end >= 0 else len(self.text)
        stretch, inside = self.text[start:end], self.open[-1].name
        if (bare := TOKEN.sub("", stretch).strip()) or SHOW in stretch:
            first = start + len(stretch) - len(stretch.lstrip())
            raise self.fault(first, f"outside the elements that hold text: {bare[:20] or 'a merge field'}")
        for found in TOKEN.finditer(self.text, start, end):
            if inside not in TAKE_BLOCKS:
                raise self.fault(found.start(), f"a template tag in <{inside or 'nothing'}>", WHOLE)
            self._count_block(found)
            self.skeleton.keep(found.span())
        return end

    def _count_block(self, found: re.Match[str]) -> None:
        word = WORD.match(self.masked.tags[int(found[1])])
        self.blocks += DEEPER.get(word[1], 0) if word else 0
        if self.blocks < self.open[-1].blocks:
            raise self._torn(found.start())

    def _torn(self, place: int) -> TemplateFaultError:
        name = self.open[-1].name
        return self.fault(place, f"an if or for begins on one side of <{name}> and ends on the other", WHOLE)

    def _close(self, name: str, place: int) -> None:
        inside = self.open[-1]
        if not inside.name:
            raise self.fault(place, f"</{name}> closes nothing")
        if name != inside.name:
            line = self.masked.line_at(inside.start)
            raise self.fault(place, f"</{name}> where <{inside.name}> of line {line} is open")
        if self.blocks != inside.blocks:
            raise self._torn(place)
        self.open.pop()
        self.skeleton.pieces.append(f"</{name}>")

    def _opened(self, found: re.Match[str]) -> int:
        name, start = found["name"], found.start()
        if complaint := misplaced(name, self.open[-1].name):
            raise self.fault(start, *complaint)
        self._count(name, start)
        self.skeleton.pieces.append(f"<{name}")
        first = len(self.skeleton.kept)
        names = [
            self._attribute(name, each) for each in ATTRIBUTE.finditer(self.text, *found.span("attributes"))
        ]
        if len(set(names)) < len(names):
            raise self.fault(start, f"an attribute of <{name}> twice", "keep one")
        if name == "mj-social-element" and "src" not in names and self.open[-1].name != DEFAULTS:
            raise self.fault(
                start, "an icon without src would come from a host of others", "name your own by src"
            )
        if NO_TRACK in names:
            self.skeleton.not_counted |= set(range(first, len(self.skeleton.kept)))
        self.skeleton.pieces.append("/>" if found["empty"] else ">")
        if found["empty"]:
            return found.end()
        if name in HOLD_HTML:
            return self._held(name, found)
        self.open.append(_Open(name, start, self.blocks))
        return found.end()

    def _count(self, name: str, place: int) -> None:
        self.seen.append(name)
        if len(self.seen) > MAX_ELEMENTS:
            raise self.fault(place, f"more than {MAX_ELEMENTS} elements", "shorten it")
        if name in ONCE and self.seen.count(name) > 1:
            raise self.fault(place, f"<{name}> twice", "keep one")

    def _attribute(self, element: str, found: re.Match[str]) -> str:
        name, value = found["name"].lower(), (found["value"] or "")[1:-1]
        for complaint in judged(element, name, value):
            raise self.fault(found.start(), *complaint)
        if name == NO_TRACK:
            return name
        self.skeleton.pieces.append(f' {name}="')
        if name in KEPT_ATTRIBUTES and value:
            start = found.start("value") + 1
            self.skeleton.keep((start, start + len(value)), must_show=False)
        else:
            self.skeleton.pieces.append(value)
        self.skeleton.pieces.append('"')
        return name

    def _held(self, name: str, found: re.Match[str]) -> int:
        """The HTML in an element goes by as it is, up to the element's own end."""
        closing = re.compile(rf"</{name}\s*>").search(self.text, found.end())
        other = re.compile(r"</?mj[a-z-]*").search(self.text, found.end())
        if closing is None or (other and other.start() < closing.start()):
            raise self.fault(found.start(), f"<{name}> is not closed")
        if self.text[found.end() : closing.start()].strip():
            if self.open[-1].name == DEFAULTS:
                raise self.fault(
                    found.start(), f"a text in the defaults of <{name}>", "write attributes alone there"
                )
            self.skeleton.keep((found.end(), closing.start()))
        self.skeleton.pieces.append(f"</{name}>")
        return closing.end()
