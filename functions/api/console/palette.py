"""⌘K: go to a contact, a journey, a segment, a template or a page, by a part of its name.

Names are read once and kept for half a minute: typing on costs the one read of the session.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.navigation import navigation
from functions.api.console.rendering import part, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from functions.api.world import world
from sojourn.errors import Problem

MOST, LONGEST = 12, 200
KEPT_FOR = timedelta(seconds=30)

palette = Blueprint(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A place to go to."""

    title: str
    kind: str
    url: str


@dataclass(slots=True)
class Names:
    """What there is to go to, as this container read it last."""

    known: dict[str, tuple[datetime, list[str]]] = field(default_factory=dict)

    def of(self, room: str, session: Session) -> list[str]:
        """The names of a room, half a minute old at most."""
        now = world().clock.wall()
        until, found = self.known.get(room, (now, []))
        if now >= until:
            found = ask(session, "GET", "/api/names", {"of": room}).body[room]
            self.known[room] = (now + KEPT_FOR, found)
        return found

    def forget(self) -> None:
        """Somebody has just made another."""
        self.known.clear()


names = Names()


@page(palette, "/console/palette")
def show_palette(request: Request, session: Session) -> Response:
    """What a few letters may mean; as a page of its own where no script runs."""
    query = (parameter(request, "q") or "").strip()[:LONGEST]
    items = list(_found(session, query))[:MOST]
    show, template = (part, "palette/found.html") if session.is_part else (render, "palette/palette.html")
    return show(session, template, items=items, query=query)


def _found(session: Session, query: str) -> Iterator[Found]:
    asked = query.casefold()
    yield from (Found(word, _("Page"), path) for path, word in navigation() if asked in word.casefold())
    if not asked:
        return
    if "@" in query:  # nothing else is called so
        yield from _contact(session, query)
        return
    kinds = {"journeys": _("Journey"), "segments": _("Segment"), "templates": _("Template")}
    for room, kind in kinds.items():
        matching = [name for name in names.of(room, session) if asked in name.casefold()]
        for name in sorted(matching, key=lambda each: (not each.casefold().startswith(asked), each)):
            yield Found(name, kind, at(f"/console/{room}/{{name}}", name=name))
    if " " not in query:
        yield from _contact(session, query)


def _contact(session: Session, query: str) -> Iterator[Found]:
    """By address, user id or our own id, exactly: people are many."""
    try:
        person = ask(session, "GET", at("/api/contacts/{contact}", contact=query)).body
    except Problem as problem:
        if problem.status not in (400, 404):
            raise
        return
    yield Found(query, _("Contact"), at("/console/contacts/{contact}", contact=person["id"]))
