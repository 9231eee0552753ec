"""Lists that come in pieces: a page shows whom it found at once, and its last row asks for the rest by itself.

piece = piece_of(request, session, 50)
told = ask(session, "GET", path, piece.query(parts=2, rest=3)).body
render(session, …, **piece.links(told, "/console/contacts", segment=name))       what pieces.html asks for
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request

from functions.api.console.session import Session
from functions.api.paging import parameter


@dataclass(frozen=True, slots=True)
class Piece:
    """So many rows at most, behind this place; `is_rest` when a page that is open asks for what it lacks."""

    whole: int
    limit: int
    cursor: str | None
    is_rest: bool

    def query(self, *, parts: int, rest: int) -> dict[str, Any]:
        """What the API is asked: of a page so many parts of the index, and so many each time it asks for the rest."""
        return {"limit": self.limit, "cursor": self.cursor, "parts": rest if self.is_rest else parts}

    def links(self, told: Mapping[str, Any], place: str, **query: str) -> dict[str, Any]:
        """Where the rest of this page is, or the page after it."""
        left = self.limit - len(told["items"])
        more = f"{place}?{urlencode({**query, 'cursor': told['next']})}" if told["next"] else ""
        return {
            "rest": f"{more}&left={left}" if more and left else "",
            "more": more,
            "next": "" if left else more,
            "first": "" if self.cursor is None else f"{place}?{urlencode(query)}".rstrip("?"),
            "is_rest": self.is_rest,
            "is_bare": self.is_rest and self.limit == self.whole and not told["items"],
        }


def piece_of(request: Request, session: Session, whole: int) -> Piece:
    """The piece of a list that is asked for; a page has `whole` rows."""
    said = parameter(request, "left") or ""
    left = int(said[:4]) if session.is_part and said.isascii() and said.isdigit() else whole
    return Piece(whole, min(max(left, 1), whole), parameter(request, "cursor"), session.is_part)
