"""One template and one contact's facts → the message as it leaves.

    rendered = render(template, {"firstName": "Ada"}, link=click_url, pixel_url=…, unsubscribe_url=…, postal_address=…)

Compiled once per container and template version, in a sandbox that costs no more than plain Jinja2 (see sandbox.py).
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from jinja2 import Template as Jinja
from jinja2 import TemplateError
from markupsafe import Markup

from sojourn.messages.faults import RenderError
from sojourn.messages.sandbox import compiled, encoded, html_environment, run, text_environment
from sojourn.messages.template import EMAIL, Template
from sojourn.messages.urls import OURS, UNSUBSCRIBE, compose, expressions

MAX_VALUE = 500  # characters of one value
MAX_SUBJECT = 200
MAX_LIST = 100
MAX_DEPTH = 8
NOWHERE: Mapping[str, str] = MappingProxyType({})
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
TURNS_TEXT = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PIXEL = Markup(
    '<img src="{}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">'
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message's parts, and the personal parts of its links, percent-encoded, by the link's number."""

    subject: str
    html: str
    text: str
    values: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template ready to run."""

    subject: Jinja
    html: Jinja | None
    text: Jinja
    fields: dict[int, list[Jinja]]
    static: dict[str, str]


def render(
    template: Template,
    facts: Mapping[str, Any],
    *,
    link: Callable[[int], str] | None = None,
    pixel_url: str = "",
    unsubscribe_url: str = "",
    doors: Mapping[str, str] = NOWHERE,
    postal_address: str = "",
) -> Rendered:
    """The message for these facts; RenderError says what this contact lacks.

    Without `link` the links lead straight to their targets, without `pixel_url` there is no pixel: for contacts
    who have not agreed to be measured. `doors` are our own pages under the names that templates give them.
    """
    ready = prepared(template)
    given = ((name, cleaned(value)) for name, value in facts.items() if name not in OURS)
    context = {name: kept for name, kept in given if kept is not None}
    try:
        values = {number: _encoded(parts, context) for number, parts in ready.fields.items()}
        context |= _addresses(template, ready, values, link)
        context |= {UNSUBSCRIBE: unsubscribe_url, "postal_address": postal_address}
        context |= doors
        context["_pixel"] = PIXEL.format(pixel_url) if pixel_url else ""
        return Rendered(
            subject=header_text(run(ready.subject, context)),
            html=run(ready.html, context) if ready.html else "",
            text=run(ready.text, context),
            values={str(number): parts for number, parts in values.items()},
        )
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise RenderError("unfit_field", type(error).__name__) from error


@functools.lru_cache(maxsize=128)
def prepared(template: Template) -> Compiled:
    """The template compiled: once per container."""
    text = text_environment()
    fields = {number: expressions(target) for number, target in enumerate(template.links)}
    return Compiled(
        subject=compiled(template.subject, text),
        html=compiled(template.html, html_environment()) if template.channel == EMAIL else None,
        text=compiled(template.text, text),
        fields={
            n: [compiled(f"{{{{{part}}}}}", text) for part in parts] for n, parts in fields.items() if parts
        },
        static={f"_plain{n}": template.links[n] for n, parts in fields.items() if not parts},
    )


def cleaned(value: Any, depth: int = 0) -> Any:
    """A fact as templates see it: blanks count as missing, long texts are cut, control characters go."""
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict) and depth < MAX_DEPTH:
        pairs = ((str(key), cleaned(item, depth + 1)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not None}
    if isinstance(value, list) and depth < MAX_DEPTH:
        items = (cleaned(item, depth + 1) for item in value[:MAX_LIST])
        return [item for item in items if item is not None]
    return value if isinstance(value, int | float) else None


def _clean_text(value: str) -> str | None:
    if len(value) > MAX_VALUE:
        value = value[: MAX_VALUE - 1] + "…"
    if not value.isprintable():
        value = CONTROL.sub("", value.replace("\r\n", "\n"))
    return value if value and not value.isspace() else None


def _encoded(parts: list[Jinja], context: dict[str, Any]) -> list[str]:
    return [encoded(run(part, context)) for part in parts]


def _addresses(
    template: Template, ready: Compiled, values: Mapping[int, list[str]], link: Callable[[int], str] | None
) -> dict[str, str]:
    """What each link's placeholder stands for."""
    plain = ready.static | {f"_plain{n}": compose(template.links[n], parts) for n, parts in values.items()}
    tracked = {f"_link{n}": link(n) if link else plain[f"_plain{n}"] for n in range(len(template.links))}
    return plain | tracked


def header_text(text: str) -> str:
    """A text fit for a header: one line, of bearable length, that nothing can turn round or break out of."""
    line = " ".join(TURNS_TEXT.sub("", CONTROL.sub(" ", text)).split())
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1] + "…"
