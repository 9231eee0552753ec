"""A journey that ships becomes one's own: under another name, with letters whose names follow it, and its segments.

Pure functions of texts; where those lie is told by whoever calls.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from sojourn.journeys.model import Journey

THEIRS = {  # in this order: the longest first
    "name": ("Fieldnotes &amp; Co.", "Fieldnotes & Co.", "Fieldnotes"),
    "site": ("https://fieldnotes.example.com",),
    "color": ("#8f3a1e",),
}
# What is safe wherever it is put: YAML, HTML, a text. Another stays theirs, for the author to put in by hand.
PLAIN = {"name": r"[\w .,!'-]+", "site": r"https://[\w.-]+", "color": r"#[0-9a-fA-F]{6}"}


def as_own(text: str, name: str, preset: Journey) -> str:
    """The text under another name; it sends letters of its own, for edits of them are its own."""
    for theirs, ours in letters_of(name, preset).items():
        text = re.sub(rf"(\btemplate: ){re.escape(theirs)}(?![\w-])", rf"\g<1>{ours}", text)
    return re.sub(r"^journey: .*$", f"journey: {name}", text, count=1, flags=re.MULTILINE)


def letters_of(name: str, preset: Journey) -> dict[str, str]:
    """What each letter is called, and what it would be called; in the order of the steps."""
    said = re.findall(r'"template": "([^"]+)"', json.dumps(preset.to_definition()))
    return {template: _own(name, preset.name, template) for template in dict.fromkeys(said)}


def segments_in(text: str, known: Iterable[str]) -> list[str]:
    """Those of the known segments that a journey's text names."""
    words = set(_words(yaml.safe_load(text)))
    return [name for name in known if name in words]


def branded(text: str, brand: Mapping[str, str]) -> str:
    """A letter with the name, site and colour of one's own."""
    for part, theirs in THEIRS.items():
        ours = brand.get(part, "")
        if re.fullmatch(PLAIN[part], ours):
            for each in theirs:
                text = text.replace(each, ours)
    return text


def _own(name: str, preset: str, template: str) -> str:
    """`welcome` of welcome becomes `hello`, `chapter` becomes `hello-chapter`."""
    rest = template.removeprefix(preset).strip("-")
    if name == preset:
        return template
    return f"{name}-{rest}" if rest else name


def _words(part: Any, key: str = "") -> Iterator[str]:
    """Every text under a key that tells of segments."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _words(value, str(name))
    elif isinstance(part, list):
        for value in part:
            yield from _words(value, key)
    elif "segment" in key:
        yield str(part)
