"""What a workspace says besides its place and its messages: the topics that people choose from, and its brand."""

import re
from collections.abc import Mapping
from typing import Any

from sojourn.errors import Problem

TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_TOPICS, LONGEST_LABEL = 100, 100
# As `sojourn init` takes them: what is safe wherever it is put, YAML, HTML, a text.
BRAND: Mapping[str, tuple[re.Pattern[str], str]] = {
    "name": (re.compile(r"[\w .,!'-]{1,80}"), "a name of letters, digits and . , ! ' -"),
    "site": (re.compile(r"https://[\w.-]{1,253}"), "an address like https://shop.example"),
    "color": (re.compile(r"#[0-9a-fA-F]{6}"), "six hexadecimal digits, like #1d6b57"),
}


def topics_of(said: Any) -> dict[str, str]:
    """Topics with their labels; Problem 400 names the one that cannot be."""
    if not isinstance(said or {}, dict):
        raise _wrong("topics", '`topics` is an object of names and labels: {"news": "The monthly letter"}')
    if len(said or {}) > MOST_TOPICS:
        raise _wrong("topics", f"at most {MOST_TOPICS} topics: nobody reads more on one page")
    return {name: _label(name, label) for name, label in (said or {}).items()}


def brand_of(said: Any) -> dict[str, str]:
    """Name, site and colour, as far as they are said; Problem 400 names the part that cannot be."""
    if not isinstance(said or {}, dict):
        raise _wrong("brand", '`brand` is an object: {"name": …, "site": …, "color": …}')
    for part, value in (said or {}).items():
        if part not in BRAND:
            raise _wrong(f"brand.{part[:40]}", f"`{part[:40]}` is no part of a brand: name, site, color")
        pattern, words = BRAND[part]
        if value not in (None, "") and not (isinstance(value, str) and pattern.fullmatch(value)):
            raise _wrong(f"brand.{part}", f"`{part}` is {words}")
    return {part: said[part] for part in BRAND if (said or {}).get(part)}


def _label(name: str, label: Any) -> str:
    if not TOPIC.fullmatch(name):
        raise _wrong(
            "topics", f"`{name[:80]}` is no topic: small letters, digits and hyphens, like product-news"
        )
    if not isinstance(label, str) or not label.strip() or len(label) > LONGEST_LABEL:
        raise _wrong(f"topics.{name}", f"say of `{name}` what people read: 1 to {LONGEST_LABEL} characters")
    return label.strip()


def _wrong(field: str, problem: str) -> Problem:
    return Problem(400, "invalid_field", problem, field=field)
