"""The links in messages: GET /o/* the open pixel, GET /c/* a click, /u/* the way out. Public, for people and mailboxes.

Runs twice: a second open within seconds is passed over, a second click is a second click, a second unsubscribe changes
nothing. Dies midway: the visitor tries again. GET, HEAD and OPTIONS on /u change nothing, whoever sends them.
"""

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from chalice.app import Chalice, Request, Response

from functions.track.world import gate, settings
from sojourn import telemetry
from sojourn.errors import Problem
from sojourn.http import is_head, lambda_handler
from sojourn.tracking.forms import Scope, said, scope_of
from sojourn.tracking.leaving import is_ours, unsubscribed
from sojourn.tracking.pages import Page, shown
from sojourn.tracking.visits import clicked, opened

PAGES = Path(__file__).parent / "page.html"
PAGE_OF_STATUS = {404: Page.NOT_FOUND, 405: Page.NOT_FOUND}
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
GIF_HEADERS = {
    "Content-Type": "image/gif",
    "Cache-Control": "no-store, no-cache, must-revalidate, private, max-age=0",
    "Pragma": "no-cache",
    "Expires": "0",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
REDIRECT_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
FORMS = [
    "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json",
    "application/octet-stream",
]  # fmt: skip

app = Chalice(app_name="track")


@app.route("/o/{token}", methods=["GET"])
def open_pixel(token: str) -> Response:
    """The same picture for every token, good or bad."""
    if not is_head(_request()):
        opened(token.removesuffix(".gif"), _request().headers, gate=gate())
    return Response(GIF, {**GIF_HEADERS})


@app.route("/c/{token}", methods=["GET"])
def follow_link(token: str) -> Response:
    """On to the target that was kept when the template was saved; nothing in the address can name another."""
    request = _request()
    target = clicked(token, request.headers, gate=gate(), recorded=not is_head(request))
    if target is None:
        raise Problem(404, "not_found", "this link leads nowhere")
    return Response("", {**REDIRECT_HEADERS, "Location": target}, 302)


@app.route("/u/{token}", methods=["GET", "OPTIONS"])
def ask_before_unsubscribing(token: str) -> Response:
    """A page with a button; for a link that is not ours a friendly word."""
    return _page(Page.ASK if is_ours(token, gate=gate()) else Page.GONE)


@app.route("/u/{token}", methods=["POST"], content_types=FORMS)
def unsubscribe(token: str) -> Response:
    """The mailbox's one click or the page's button: 200 and no redirect, and so again for whoever repeats it."""
    request = _request()
    form = _as_bytes(request.raw_body), request.headers.get("content-type", "")
    by, scope = said(*form), scope_of(*form)
    ours = is_ours(token, gate=gate())
    if not by or not ours:
        return _page(Page.ASK if ours else Page.GONE)
    changed = unsubscribed(token, by=by, scope=scope, gate=gate())
    telemetry.note("unsubscribe answered", by=by, scope=scope.value, changed=changed)
    return _page(Page.LESS if scope is Scope.LESS else Page.DONE)


def _request() -> Request:
    return cast(Request, app.current_request)  # inside a view there is one


def _as_bytes(body: str | bytes) -> bytes:
    return body.encode("utf-8", "replace") if isinstance(body, str) else body


def _page(page: Page, status: int = 200) -> Response:
    made = shown(PAGES, page, settings().from_name)
    return Response(made.body, dict(made.headers), status)


answer_as_api = lambda_handler(app)


@telemetry.measured
def handler(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
    """People come here: what fails shows them a page, not a problem document."""
    answer = answer_as_api(event, context)
    status = int(answer["statusCode"])
    if status < 400:
        return answer
    kept = {name: value for name, value in answer["headers"].items() if name in {"Allow", "Retry-After"}}
    page = _page(PAGE_OF_STATUS.get(status, Page.BUSY), status).to_dict()
    body = "" if event["httpMethod"] == "HEAD" else page["body"]
    return {**page, "headers": {**page["headers"], **kept}, "body": body}
