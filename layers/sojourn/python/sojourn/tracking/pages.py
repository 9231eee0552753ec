"""The pages behind the links in a message. They show nothing of the contact: mails get forwarded."""

import base64
import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template

LAYOUT = Path(__file__).parent / "layout.html"
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Page(StrEnum):
    """What a page is for."""

    ASK = "ask"
    DONE = "done"
    LESS = "less"
    GONE = "gone"
    NOT_FOUND = "not_found"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page and the headers it leaves with."""

    body: str
    headers: dict[str, str]


@functools.cache
def shown(file: Path, page: Page, sender: str) -> Shown:
    """A page of the template file; the same for everybody, so made once per container."""
    return filled(file, page, sender, {})


def filled(file: Path, page: StrEnum, sender: str, facts: Mapping[str, Any]) -> Shown:
    """A page with facts in it, all of them escaped."""
    body = _template(file).render({**facts, "page": page.value, "sender": sender})
    return Shown(body, _headers(body))


@functools.cache
def _template(file: Path) -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # a redirect needs none of it

    environment = Environment(
        loader=FileSystemLoader([file.parent, LAYOUT.parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(file.name)


def _headers(body: str) -> dict[str, str]:
    """Nothing may run, load, frame or leak; the style sheet is allowed by its hash."""
    styles = " ".join(f"'sha256-{_hash(style)}'" for style in STYLE.findall(body))
    policy = (
        f"default-src 'none'; style-src {styles}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }


def _hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
