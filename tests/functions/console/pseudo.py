"""A language that nobody speaks: every text of the catalogue in ⟦brackets⟧. What stands outside them on a page is no
text of the catalogue's: what people wrote, a name in code, or English that nobody could translate.

with speaking(folder, catalogue()): … {"accept-language": "xx"}
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from functions.api.console import code_words, engine_words, words

NAME = "xx"
TOLD = ("title", "placeholder", "aria-label", "alt", "label")  # attributes that people read or hear
CODE = {"script", "style", "code", "pre", "textarea", "time"}
OPEN, CLOSED = "⟦", "⟧"
ALONE = {
    "br",
    "circle",
    "col",
    "ellipse",
    "hr",
    "img",
    "input",
    "line",
    "link",
    "meta",
    "path",
    "rect",
    "use",
}
UTC = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def marked(text: str) -> str:
    """As it stands in the language."""
    return f"{OPEN}{text}{CLOSED}"


def put(folder: Path, name: str, texts: Catalog) -> None:
    """A compiled catalogue among those of this folder; texts without a translation are marked."""
    made = Catalog(fuzzy=False)
    for each in texts:
        if each.id:
            plain = tuple(map(marked, each.id)) if isinstance(each.id, tuple) else marked(str(each.id))
            made.add(each.id, each.string if any(each.string or ()) else plain, context=each.context)
    place = folder / name / "LC_MESSAGES" / "console.mo"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        write_mo(file, made)


@contextmanager
def speaking(folder: Path) -> Iterator[None]:
    """The console has the languages of this folder, and afterwards its own again."""
    own = words.FOLDER
    words.FOLDER = folder
    _forget()
    try:
        yield
    finally:
        words.FOLDER = own
        _forget()


def _forget() -> None:
    words.speak("")
    for kept in (
        words.languages,
        words._catalogue,
        engine_words.known,
        engine_words.forms,
        engine_words._told,
        code_words._known,
    ):
        kept.cache_clear()


class Outside(HTMLParser):
    """The texts of a page that stand in no brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[str] = []
        self.depth = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in TOLD and value:
                self._keep(_unmarked(value))
        if tag not in ALONE:
            self.within.append("code" if ("class", "diff") in attrs else tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if CODE & set(self.within):
            return
        for piece in re.split(f"([{OPEN}{CLOSED}])", data):
            if piece in (OPEN, CLOSED):
                self.depth += 1 if piece == OPEN else -1
            elif not self.depth:
                self._keep(piece)

    def _keep(self, text: str) -> None:
        text = " ".join(text.split()).removesuffix(" · Sojourn").strip(" ·,.:")
        if LETTERS.search(text) and not UTC.fullmatch(text):
            self.found.append(text)


def outside(page: str) -> list[str]:
    """Those of this page, each once."""
    reader = Outside()
    reader.feed(page)
    assert not reader.depth
    return list(dict.fromkeys(reader.found))


def _unmarked(text: str) -> str:
    while OPEN in text:
        shorter = re.sub(f"{OPEN}[^{OPEN}{CLOSED}]*{CLOSED}", " ", text)
        if shorter == text:
            break
        text = shorter
    return text
