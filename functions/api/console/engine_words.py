"""What the engine says, in the reader's language. The engine itself speaks English and knows of no catalogue.

Its sentences stand in the catalogue as its sources have them, `{name} has no version {version}`, so one that comes
from it is known again by what stands between its values, and each value is looked up the same way. [What stands in
brackets] may be missing, see sojourn/insight/reasons.py. Without a catalogue nothing is looked for.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from functions.api.console import words
from functions.api.console.code_words import lasting

CONTEXT = "engine"
LONGEST = 2_000  # characters; what is longer is nobody's sentence
SHORTEST = 6  # characters that stand fast: fewer would be found in what people wrote themselves
DEPTH = 4  # of sentences within sentences
MOST_PARTS = 12
MARGIN = " ,;"
SPAN = re.compile(r"(\d{1,9}) (second|minute|hour|day|week|month|year)s?")
JOINED = re.compile(r"([,;] )")
# Where the API's answers hold sentences, and where they hold what people wrote.
SENTENCES = frozenset({"because", "means", "problem", "remedy", "says", "way", "why"})
PEOPLES = frozenset({"data", "definition", "fields", "properties", "source", "traits"})
BLANK = re.compile(r"\{(\w+)\}")
OPTION = re.compile(r"(\[[^][]*\{\w+\}[^][]*\])")


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a text may be said: what stands fast in it, and the values between."""

    text: str
    fast: tuple[str, ...]
    names: tuple[str, ...]
    anchor: str  # the longest of what stands fast: most texts lack it, and need no closer look

    def values(self, said: str) -> dict[str, str] | None:
        """The values, when this is what was said. Leftmost, and so in one go however long the text is."""
        first, *rest = self.fast
        if not rest:
            return {} if said == first else None
        is_open = said.endswith(".") and not rest[-1]  # the full stop is of the sentence, not of its value
        if is_open or not said.startswith(first):
            return None
        found, at = [], len(first)
        for number, piece in enumerate(rest, 1):
            is_last = number == len(rest)
            end = len(said) - len(piece) if is_last else said.find(piece, at)
            if end < at or (is_last and not said.endswith(piece)):
                return None
            found.append(said[at:end])
            at = end + len(piece)
        return dict(zip(self.names, found, strict=True))


def told(said: str | None, depth: int = DEPTH) -> str:
    """The engine's text in the reader's language; as it is where nobody translated it."""
    text = said or ""
    return _told(words.code(), text, depth) if words.code() and depth and len(text) <= LONGEST else text


@functools.lru_cache(2_000)
def _told(language: str, text: str, depth: int) -> str:
    core = text.strip(MARGIN)
    before, _, after = text.partition(core) if core else (text, "", "")
    return f"{before}{_spoken(core, depth)}{after}"


def _spoken(core: str, depth: int) -> str:
    """As it is, as a sentence of its own of what stands elsewhere within one, or each part by itself."""
    plain = core.removesuffix(".")
    stop = core[len(plain) :]
    for each, end in ((core, ""), (plain, stop), (plain[:1].lower() + plain[1:], stop)):
        found = _found(each, depth)
        if found is not None:
            is_same = each[:1] == core[:1]
            return f"{found if is_same else found[:1].upper() + found[1:]}{end}"
    parts = JOINED.split(core, MOST_PARTS)
    return "".join(told(part, depth - 1) for part in parts) if len(parts) > 1 else core


def told_in(answer: Any) -> Any:
    """An answer of the API with its sentences in the reader's language, and all else as it is."""
    if isinstance(answer, list):
        return [told_in(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        key: told(value)
        if key in SENTENCES and isinstance(value, str)
        else value
        if key in PEOPLES
        else told_in(value)
        for key, value in answer.items()
    }


def _found(text: str, depth: int) -> str | None:
    whole = known(words.code()).get(text)
    if whole is not None:
        return words.in_context(CONTEXT, whole).strip(MARGIN)
    span = SPAN.fullmatch(text)
    if span:
        return lasting(int(span[1]), span[2])
    if " " not in text:  # a name or a number; sentences have several words
        return None
    for form in forms(words.code()):
        values = form.values(text) if form.anchor in text else None
        if values is not None:
            there = {name: told(value, depth - 1) for name, value in values.items()}
            return _filled(words.in_context(CONTEXT, form.text).strip(MARGIN), there)
    return None


def _filled(sentence: str, values: dict[str, str]) -> str:
    """Options go without the values that were not there."""

    def option(found: re.Match[str]) -> str:
        return found[1][1:-1] if set(BLANK.findall(found[1])) <= set(values) else ""

    return BLANK.sub(lambda blank: values.get(blank[1], blank[0]), OPTION.sub(option, sentence))


@functools.cache
def known(language: str) -> dict[str, str]:
    """What the catalogue has, by what stands between its margins."""
    return {text.strip(MARGIN): text for text in words.texts_of(CONTEXT, language)}


@functools.cache
def forms(language: str) -> tuple[Form, ...]:
    """Those with values, the most telling first."""
    there = [form for text in known(language).values() if BLANK.search(text) for form in _forms(text)]
    telling = [form for form in there if len("".join(form.fast)) >= SHORTEST]
    return tuple(sorted(telling, key=lambda form: -len("".join(form.fast))))


def _forms(text: str) -> Iterator[Form]:
    """With each of its options, and without it."""
    parts = OPTION.split(text.strip(MARGIN))
    ways = [(part,) if number % 2 == 0 else (part[1:-1], "") for number, part in enumerate(parts)]
    for way in product(*ways):
        pieces = BLANK.split("".join(way))
        yield Form(text, tuple(pieces[::2]), tuple(pieces[1::2]), max(pieces[::2], key=len))
