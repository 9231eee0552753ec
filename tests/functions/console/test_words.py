"""Every text of the console goes through its catalogue: none stands bare in a template."""

import gettext
import re
from html.parser import HTMLParser

import pytest
from jinja2.ext import extract_from_ast

from functions.api.console import words
from functions.api.console.formats import sentence
from functions.api.console.rendering import TEMPLATES, environment
from functions.api.console.words import _, language, ngettext, speak

FILES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
TOLD = ("title", "placeholder", "aria-label", "alt", "label")  # attributes that people read or hear
OWN_NAMES = {"Sojourn", "Ctrl K", "Esc"}
FILLED = "\x00"
ATTRIBUTE = re.compile(r"""[\w-]+="[^"]*"?""")  # a macro may write one by itself
TAGGED = re.compile(rf"(<\w+){FILLED}")  # attributes that a macro writes right behind the tag's name
LETTER = re.compile(r"[^\W\d_]{2,}")


class Bare(HTMLParser):
    """Keeps what people would read that came from no expression."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.found += [value for name, value in attrs if name in TOLD and value and LETTER.search(value)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        for text in data.split(FILLED):
            if not self.silent and LETTER.search(ATTRIBUTE.sub("", text)):
                self.found.append(text.strip())


def bare(source: str) -> list[str]:
    """The texts of a template that no catalogue can ever translate."""
    spoken: list[str] = []
    depth = 0
    for _line, kind, value in environment().lex(source):
        if kind in ("block_begin", "variable_begin", "comment_begin"):
            depth += 1
            spoken.append(FILLED if kind == "variable_begin" else "")
        elif kind in ("block_end", "variable_end", "comment_end"):
            depth -= 1
        elif not depth:
            spoken.append(value)
    reader = Bare()
    reader.feed(TAGGED.sub(r"\1 ", "".join(spoken)))
    return [text for text in reader.found if text.strip(" ·&;") not in OWN_NAMES]


@pytest.mark.parametrize("file", FILES)
def test_no_text_stands_bare_in_a_template(file: str):
    assert bare((TEMPLATES / file).read_text(encoding="utf-8")) == []


def test_a_bare_text_is_found():
    assert bare('<p title="Hello {{ x }}">{% if x %}Wide <b>open</b>{% endif %}{{ _("Fine") }} 3 · </p>') == [
        "Hello \x00",
        "Wide",
        "open",
    ]


@pytest.mark.parametrize("file", FILES)
def test_every_text_can_be_taken_out_and_has_sound_blanks(file: str):
    parsed = environment().parse((TEMPLATES / file).read_text(encoding="utf-8"))
    for _line, function, said in extract_from_ast(parsed, ("_", "gettext", "ngettext")):
        assert said, f"{file}: {function} is not given a text, but an expression"
        texts = [said] if isinstance(said, str) else [text for text in said if text]
        assert texts, f"{file}: {function}"
        for text in texts:
            text % dict.fromkeys(re.findall(r"%\((\w+)\)", text), 0)


def test_a_language_without_a_catalogue_is_english():
    speak("xx-YY,de;q=0.5")
    assert (_("Home"), language()) == ("Home", "en")
    assert ngettext("%(num)s person", "%(num)s people", 2) % {"num": 2} == "2 people"


def test_without_any_catalogue_texts_are_english():
    assert words.languages() == frozenset()
    assert isinstance(words._catalogue(""), gettext.NullTranslations)


def test_a_finding_is_a_sentence_and_what_stands_in_it_is_text():
    assert sentence("unknown key `iss`") == "Unknown key <code>iss</code>."
    assert sentence("did you mean `is`?") == "Did you mean <code>is</code>?"
    assert sentence("'<b>' is no name; `<i>` and ` alone") == (
        "&#39;&lt;b&gt;&#39; is no name; <code>&lt;i&gt;</code> and ` alone."
    )
