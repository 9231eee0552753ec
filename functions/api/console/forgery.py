"""Whether a form is ours: the browser says where it stands, and the form bears the session's mark."""

from chalice.app import Request

from functions.api.console.addresses import origin_of
from functions.api.console.forms import form
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn.errors import Problem

HEADER = "x-csrf-token"
OURS = {"same-origin", "none", ""}


def refuse_forged(request: Request, session: Session) -> None:
    """Problem 403, unless browser and form agree that it was sent from one of our pages."""
    brought = request.headers.get(HEADER, "") or form(request).raw("csrf")
    if not (_comes_from_here(request) and session.is_signed("form", brought)):
        message = _(
            "this form was not sent from a page of yours, or the page is too old: load it again, and repeat"
        )
        raise Problem(403, "forged", message)


def is_surely_ours(request: Request) -> bool:
    """Whether the browser itself says that a page of ours asked: a mark that is wrong is then an old one."""
    return request.headers.get("sec-fetch-site", "") == "same-origin" and _comes_from_here(request)


def _comes_from_here(request: Request) -> bool:
    """By headers that no page can make up; older browsers send neither, and bring the mark all the same."""
    origin = request.headers.get("origin", "")
    if origin and origin != origin_of(request):
        return False
    return request.headers.get("sec-fetch-site", "") in OURS
