"""MJML, the language of mails that fit every screen, compiled to HTML when a template is saved, never when it is sent.

    masked = compiled(mask(source, html_environment()))    # the HTML, its tags out of the way, at lines of the MJML

What comes out is judged like HTML that an author writes (`markup`), for the compiler lets scripts pass.
"""

import re

from sojourn.messages.elements import NO_TRACK
from sojourn.messages.faults import TemplateFaultError
from sojourn.messages.mask import Masked
from sojourn.messages.skeleton import Skeleton, Span, read_skeleton

TARGET = re.compile(r' target="[^"]*"')  # the compiler's own; no mail needs one
HREF = ' href="'
MAX_HTML = 1_000_000


def compiled(masked: Masked) -> Masked:
    """The HTML of an MJML source; TemplateFaultError names the line where it is none."""
    from mjml import mjml2html

    skeleton = read_skeleton(masked)
    try:
        html = mjml2html(skeleton.text, fonts={})
    except ValueError as error:
        raise TemplateFaultError(1, f"MJML that cannot be compiled: {error}", "simplify it") from None
    if len(html) > MAX_HTML:
        raise TemplateFaultError(1, f"more than {MAX_HTML} characters of HTML", "shorten it")
    return _Filled(masked, skeleton).of(html)


class _Filled:
    """The HTML with the author's own parts put back, each piece with the line that it came from."""

    def __init__(self, source: Masked, skeleton: Skeleton) -> None:
        self.source, self.skeleton = source, skeleton
        self.pieces: list[str] = []
        self.places = [(0, 1)]  # offset here, line there
        self.offset = 0
        self.is_in_tag = False

    def of(self, html: str) -> Masked:
        end, shown = 0, set[int]()
        for word in re.finditer(rf"{self.skeleton.word}(\d{{5}})", html):
            number = int(word[1])
            span = self.skeleton.kept[number]
            self._made(html[end : word.start()], self.source.line_at(span[0]))
            self._kept(span)
            if number in self.skeleton.not_counted and html.startswith(HREF, word.start() - len(HREF)):
                self._add(f'" {NO_TRACK}="')
            shown.add(number)
            end = word.end()
        self._made(html[end:], self.places[-1][1])
        if lost := self.skeleton.must_show - shown:
            line = self.source.line_at(self.skeleton.kept[min(lost)][0])
            raise TemplateFaultError(
                line, "a text that MJML does not show here", "put it into the mj-text of a column"
            )
        offsets, lines = zip(*self.places, strict=True)
        return Masked("".join(self.pieces), self.source.tags, offsets, lines)

    def _made(self, part: str, line: int) -> None:
        """What the compiler wrote, in one line; a tag that holds an author's value comes from that value's line."""
        part = TARGET.sub("", part).replace("\n", " ")
        opened, closed = part.rfind("<"), part.rfind(">")
        self.is_in_tag = opened > closed or (opened == closed and self.is_in_tag)
        if opened > closed:
            self.places.append((self.offset + opened, line))
        self._add(part)

    def _kept(self, span: Span) -> None:
        """What the author wrote, at its own lines; a value stands in double quotes now."""
        start, end = span
        inside = (place for place in self.source.offsets if start < place < end)
        self.places += [
            (self.offset + place - start, self.source.line_at(place)) for place in (start, *inside)
        ]
        text = self.source.text[start:end]
        self._add(text.replace('"', "&quot;") if self.is_in_tag else text)
        self.places.append((self.offset, self.source.line_at(end)))

    def _add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.offset += len(piece)
