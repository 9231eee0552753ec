"""Pages from templates: everything is escaped, and a name that a template misspells is an error, not a blank.

render(session, "journeys/list.html", journeys=…)   a page
part(session, "journeys/rows.html", rows=…)         a part of one, for htmx
redirect("/console/journeys", flash=_("Saved."))
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalice.app import Response
from markupsafe import Markup

from functions.api.console import formats
from functions.api.console.code_words import word
from functions.api.console.engine_words import told
from functions.api.console.navigation import navigation
from functions.api.console.session import Session
from functions.api.console.words import _, language, ngettext

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
HTML = "text/html; charset=utf-8"
_shown: ContextVar[Session] = ContextVar("shown")


def render(session: Session, template: str, status: int = 200, **context: Any) -> Response:
    """A page of this template."""
    return Response(text(session, template, **context), {"Content-Type": HTML}, status)


def part(session: Session, template: str, status: int = 200, **context: Any) -> Response:
    """A part of a page; browsers must not take it for the page when they go back."""
    return Response(text(session, template, **context), {"Content-Type": HTML, "Vary": "HX-Request"}, status)


class Redirect(Response):
    """An answer that sends the browser on; `flash` is said once on the page that it comes to."""

    flash: str = ""


def redirect(path: str, *, flash: str = "") -> Redirect:
    """To another of our pages, by GET; htmx is told to leave the page as well."""
    session = shown()
    place = {"HX-Redirect": session.prefix + path} if session.is_part else {"Location": session.prefix + path}
    made = Redirect("", {**place, "Content-Type": HTML}, 200 if session.is_part else 303)
    made.flash = flash
    return made


def shown() -> Session:
    """Whoever this request's pages are made for."""
    return _shown.get()


@contextmanager
def showing(session: Session) -> Iterator[None]:
    """Pages are made for this visitor."""
    token = _shown.set(session)
    try:
        yield
    finally:
        _shown.reset(token)


def text(session: Session, template: str, **context: Any) -> str:
    """What a template says to this visitor."""
    with showing(session):
        return environment().get_template(template).render(session=session, theme=session.theme, **context)


@functools.cache
def environment() -> "Environment":
    """Made with the first page: other requests pay nothing for it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(GLOBALS)
    made.filters.update(number=formats.number, money=formats.money, share=formats.share, time=time)
    made.filters.update(told=told, word=word, sentence=formats.sentence)
    return made


def url(path: str) -> str:
    """A path of ours as the browser must ask for it."""
    return _shown.get().prefix + path


def csrf() -> Markup:
    """The hidden field without which a form is refused."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(_shown.get().csrf)


def may(role: str) -> bool:
    """Whether who looks may do what this role may."""
    return _shown.get().may(role)


def time(moment: str | datetime | None, style: str = "minute") -> Markup:
    """A moment in the viewer's zone."""
    return formats.time(moment, _shown.get().zone, style)


def asset(name: str) -> str:
    """Where a built file of ours lies, by its name in the sources."""
    from functions.api.console.assets import asset_path

    return url(asset_path(name))


GLOBALS: dict[str, Any] = {
    "asset": asset,
    "csrf": csrf,
    "language": language,
    "may": may,
    "money": formats.money,
    "navigation": navigation,
    "number": formats.number,
    "share": formats.share,
    "time": time,
    "url": url,
}
