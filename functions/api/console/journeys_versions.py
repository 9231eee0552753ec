"""The versions of a journey: the text of one, and what it changed."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.journeys import here
from functions.api.console.rendering import render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter

AROUND = 3  # lines that stay the same, shown on either side of a change
MOST_SHOWN = 30  # versions in the list, the newest first
DRAFT = "draft"
LONGEST_NUMBER = 5  # digits

versions = Blueprint(__name__)


@page(versions, "/console/journeys/{name}/versions")
def show_versions(request: Request, session: Session, name: str) -> Response:
    """One version's text, and how it differs from the one before, or from another that is chosen."""
    journey = ask(session, "GET", at("/api/journeys/{name}", name=name)).body
    newest = journey["live"]["version"] if journey["live"] else 0
    known = [*([DRAFT] if journey["revision"] else []), *map(str, range(newest, 0, -1))][:MOST_SHOWN]
    asked = parameter(request, "version") or (str(newest) if newest else DRAFT)
    against = parameter(request, "against") or _before(asked, newest)
    texts = _known(journey)
    text = texts.get(asked) or _text(session, name, asked)
    other = (texts.get(against) or _text(session, name, against)) if against not in ("", asked) else None
    return render(
        session,
        "journeys/versions.html",
        journey=journey,
        here=here(name),
        known=known,
        asked=asked,
        against=against,
        text=text,
        words={each: _("Draft") if each == DRAFT else _("Version %(n)s") % {"n": each} for each in known},
        lines=None if other is None else list(differences(other, text)),
        newest=newest,
    )


def _before(asked: str, newest: int) -> str:
    """The draft is held against what is live, a version against the one before it."""
    if asked == DRAFT:
        return str(newest) if newest else ""
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_NUMBER
    return str(int(asked) - 1) if is_number and int(asked) > 1 else ""


def _known(journey: dict[str, Any]) -> dict[str, str]:
    """The texts that came with the journey itself."""
    live = journey["live"]
    drafted = {DRAFT: journey["source"]} if journey["revision"] else {}
    return drafted | ({str(live["version"]): live["source"]} if live else {})


def _text(session: Session, name: str, which: str) -> str:
    found = ask(session, "GET", at("/api/journeys/{name}/versions/{which}", name=name, which=which)).body
    return str(found["source"])


def differences(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Lines as (add | del | same | skip, text); nothing when the two are the same."""
    before, after = old.splitlines(), new.splitlines()
    groups = list(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND))
    for group, following in pairwise([*groups, []]):
        for kind, a, b, c, d in group:
            if kind == "equal":
                yield from (("same", line) for line in before[a:b])
                continue
            yield from (("del", line) for line in before[a:b])
            yield from (("add", line) for line in after[c:d])
        if following:
            yield "skip", "…"
