"""Jinja2 tags out of the way, so that a source can be read as the HTML or the text that it is.

Each `{{ … }}` becomes one private-use token, each `{% … %}` another; comments go. `restored` puts them back.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError

from sojourn.messages.faults import TemplateFaultError

SHOW, BLOCK, END = "\ue000", "\ue002", "\ue001"
TOKEN = re.compile(f"[{SHOW}{BLOCK}](\\d+){END}")
OPENING = {"variable_begin": SHOW, "block_begin": BLOCK, "comment_begin": ""}
CLOSING = {"variable_end", "block_end", "comment_end"}


@dataclass(frozen=True, slots=True)
class Masked:
    """A source whose tags are tokens, and the lines it came from."""

    text: str
    tags: tuple[str, ...]
    offsets: tuple[int, ...]
    lines: tuple[int, ...]

    def restored(self, part: str) -> str:
        """A part of the text with its tags back in place."""
        return TOKEN.sub(lambda token: self.tags[int(token[1])], part)

    def line_at(self, offset: int) -> int:
        """The line of the author's source that this offset came from."""
        piece = bisect_right(self.offsets, offset) - 1
        return self.lines[piece] + self.text.count("\n", self.offsets[piece], offset)


def mask(source: str, environment: Environment) -> Masked:
    """Read a source's tags with Jinja2's own lexer."""
    if re.search(f"[{SHOW}-{BLOCK}]", source):
        raise TemplateFaultError(1, "a private-use character", "remove it")
    pieces: list[str] = []
    tags: list[str] = []
    starts: list[tuple[int, int]] = [(0, 1)]
    offset, opening, inside = 0, "", list[str]()
    for line, token, value in _lexed(source, environment):
        if token.startswith("raw_"):
            raise TemplateFaultError(
                line, "raw is not allowed in a template", "write the text without braces"
            )
        if token in OPENING:
            opening, inside = OPENING[token], []
        inside.append(value)
        if token in CLOSING and opening:
            piece = f"{opening}{len(tags)}{END}"
            tags.append("".join(inside))
        elif token == "data":  # noqa: S105  # a kind of token
            piece = value
        else:
            continue
        starts.append((offset, line))
        pieces.append(piece)
        offset += len(piece)
    offsets, lines = zip(*starts, strict=True)
    return Masked("".join(pieces), tuple(tags), offsets, lines)


def _lexed(source: str, environment: Environment) -> list[tuple[int, str, str]]:
    try:
        return list(environment.lex(source))
    except TemplateSyntaxError as error:
        raise TemplateFaultError(error.lineno, str(error.message), "mend the syntax") from None
