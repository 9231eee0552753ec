"""The pages behind the links in a message. They show nothing of the contact: mails get forwarded."""

import base64
import functools
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Page(StrEnum):
    """What a page is for."""

    ASK = "ask"
    DONE = "done"
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
    from jinja2 import Environment, StrictUndefined  # a redirect needs none of it

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    body = environment.from_string(file.read_text(encoding="utf-8")).render(page=page.value, sender=sender)
    return Shown(body, _headers(body))


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
